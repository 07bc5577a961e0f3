import { satisfies } from 'semver';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { OperationKind } from '../../../../../contract/model/plugin.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { neededBy, previousOf } from '../queries/plugins.ts';
import { findData, forgetData, leaveData } from './kept-data.ts';
import { enable, keepPrevious, pluginChangeTransactions, statusOf, swapPrevious } from './plugin-changes.ts';
import { pluginGrantTransactions } from './plugin-grants.ts';
import { insertOperation, pluginOperationTransactions } from './plugin-operations.ts';

/** One plugin as an install makes it true. */
export interface NewInstallation {
  id: string; version: string; sha512: string; size: number; manifest: unknown;
  /** Null for what came from this machine, unsigned; `folder` is where it is developed. */
  registry: string | null; publisherId: string; publisherKey: string | null; folder: string | null;
  /** What its registry calls the publisher, and the root whose word that is; see `plugin_owners`. */
  publisher: string; root: string;
  reason: 'asked' | 'dependency';
  /** The version that the plan found here; null when none was. */
  replaces: string | null;
  dependencies: readonly { id: string; range: string }[];
  /** Keys of the permissions that the manifest asks for, and of those that the person granted. */
  asked: readonly string[];
  granted: readonly string[];
}

interface Current { version: string; sha512: string; publisherId: string; pinned: string | null; reason: 'asked' | 'dependency' }

const current = (db: Writer, id: string): Current | undefined =>
  db.get<Current>('SELECT version, sha512, publisher_id AS publisherId, pinned, reason FROM installations WHERE plugin_id = @id', { id });

const changedMeanwhile = (id: string, details: Record<string, unknown>): AppError =>
  new AppError('plugins/conflict', `${id} was changed by something else while this was under way. Try again.`, { details: { id, ...details }, retryable: true });

const pinnedTo = (id: string, pinned: string): AppError =>
  new AppError('plugins/pinned', `${id} is pinned to ${pinned}. Unpin it first, then try again.`, { details: { id, pinned } });

function writeInstallation(db: Writer, one: NewInstallation, at: number, operationId: string): void {
  const here = current(db, one.id);
  // Another operation may have brought the same version meanwhile; anything else was not planned for.
  if (here ? here.version !== one.replaces && here.sha512 !== one.sha512 : one.replaces !== null) throw changedMeanwhile(one.id, { planned: one.replaces, found: here?.version ?? null });
  // Pinned while a person thought about consent.
  if (here && here.pinned !== null && here.pinned !== one.version) throw pinnedTo(one.id, here.pinned);
  if (here && here.sha512 !== one.sha512) keepPrevious(db, one.id, operationId, at);
  // What was stored, picked and entered is of who published it. Others, and unsigned code, begin with nothing.
  const comes = here?.publisherId !== one.publisherId;
  if (here && comes) leaveData(db, one.id, here.publisherId);
  // What a person switched off stays off in its new version; what a registry did is about the old one alone.
  db.run(`INSERT INTO installations (plugin_id, version, sha512, size, registry, publisher_id, publisher_key, manifest, reason, side_loaded, folder, installed_at, updated_at)
    VALUES (@id, @version, @sha512, @size, @registry, @publisherId, @publisherKey, @manifest, @reason, @sideLoaded, @folder, @at, @at)
    ON CONFLICT (plugin_id) DO UPDATE SET version = excluded.version, sha512 = excluded.sha512, size = excluded.size, registry = excluded.registry, publisher_id = excluded.publisher_id,
      publisher_key = excluded.publisher_key, manifest = excluded.manifest, config = CASE WHEN installations.publisher_id = excluded.publisher_id THEN installations.config ELSE '{}' END, side_loaded = excluded.side_loaded, folder = excluded.folder, updated_at = excluded.updated_at,
      status = CASE WHEN installations.disabled_by = 'person' THEN installations.status ELSE 'active' END, disabled_by = CASE WHEN installations.disabled_by = 'person' THEN 'person' END,
      reason = CASE WHEN installations.reason = 'asked' THEN 'asked' ELSE excluded.reason END`, {
    id: one.id, version: one.version, sha512: one.sha512, size: one.size, registry: one.registry, publisherId: one.publisherId, publisherKey: one.publisherKey, manifest: JSON.stringify(one.manifest), reason: one.reason, sideLoaded: one.registry === null, folder: one.folder, at });
  if (comes) findData(db, one.id, one.publisherId);
  if (one.publisherId === one.publisher) db.run('INSERT OR IGNORE INTO plugin_owners (plugin_id, publisher_id, root) VALUES (@id, @publisher, @root)', { id: one.id, publisher: one.publisher, root: one.root });
  db.run('DELETE FROM installation_dependencies WHERE plugin_id = @id', { id: one.id });
  for (const { id: dependsOn, range } of one.dependencies) db.run('INSERT INTO installation_dependencies (plugin_id, depends_on, range) VALUES (@id, @dependsOn, @range)', { id: one.id, dependsOn, range });
  // What the new version does not ask for any more is not kept either; what is asked for and was granted before stays.
  db.run('DELETE FROM grants WHERE plugin_id = @id AND publisher_id = @publisherId AND permission NOT IN (SELECT value FROM json_each(@asked))', { id: one.id, publisherId: one.publisherId, asked: JSON.stringify(one.asked) });
  for (const permission of one.granted) db.run('INSERT INTO grants (plugin_id, publisher_id, permission, granted_at) VALUES (@id, @publisherId, @permission, @at) ON CONFLICT DO NOTHING', { id: one.id, publisherId: one.publisherId, permission, at });
}

/** Every range of everything installed holds; a plan made on an older state is refused here. */
function checkRanges(db: Writer): void {
  const broken = brokenRange(db);
  if (broken) throw changedMeanwhile(broken.id, { wants: [{ by: broken.by, range: broken.range }], found: broken.version });
}

function brokenRange(db: Writer): { by: string; id: string; range: string; version: string | null } | undefined {
  const rows = db.all<{ by: string; id: string; range: string; version: string | null }>(
    'SELECT needs.plugin_id AS by, depends_on AS id, range, target.version FROM installation_dependencies AS needs LEFT JOIN installations AS target ON target.plugin_id = depends_on');
  return rows.find(({ range, version }) => version === null || !satisfies(version, range === '' ? '*' : range));
}

/** The plugin and its dependencies that came with it and that nobody else needs, dependents first. */
function removable(db: Writer, id: string): string[] {
  const leaving = new Set([id]);
  for (const one of leaving) {
    for (const { next } of db.all<{ next: string }>(`SELECT depends_on AS next FROM installation_dependencies JOIN installations ON installations.plugin_id = depends_on WHERE installation_dependencies.plugin_id = @one AND reason = 'dependency'`, { one })) {
      if (neededBy(db, next).every((by) => leaving.has(by))) leaving.add(next);
    }
  }
  return [...leaving];
}

function checkRemovable(db: Writer, id: string): void {
  if (!current(db, id)) throw new AppError('plugins/not-installed', `${id} is not installed. The list of what is installed shows what can be removed.`, { details: { id } });
  const leaving = new Set(removable(db, id));
  const dependents = neededBy(db, id).filter((by) => !leaving.has(by));
  if (dependents.length > 0) throw new AppError('plugins/needed-by-others', `${id} is needed by ${dependents.join(', ')}. Uninstall ${dependents.length === 1 ? 'that' : 'those'} first.`, { details: { id, neededBy: dependents } });
}

function checkInstallable(db: Writer, id: string, range: string | undefined): void {
  const here = current(db, id);
  if (!here) return;
  if (range !== undefined && !satisfies(here.version, range)) { checkUpdatable(db, id, range); return; }
  // It came along for another, and is now asked for itself.
  if (here.reason === 'dependency') return;
  throw new AppError('plugins/already-installed', `${id} ${here.version} is installed already. Use it, or ask for another version.`, { details: { id, version: here.version } });
}

const notInstalled = (id: string): AppError => new AppError('plugins/not-installed', `${id} is not installed. The list of what is installed shows what there is.`, { details: { id } });

function checkUpdatable(db: Writer, id: string, range: string | undefined): void {
  const here = current(db, id);
  if (!here) throw notInstalled(id);
  if (here.pinned !== null && (range === undefined ? here.pinned === here.version : !satisfies(here.pinned, range))) {
    throw pinnedTo(id, here.pinned);
  }
  if (range === here.version) throw new AppError('plugins/already-installed', `${id} ${here.version} is installed already.`, { details: { id, version: here.version } });
}

function checkRollback(db: Writer, id: string): void {
  if (!current(db, id)) throw notInstalled(id);
  const previous = previousOf(db, id);
  if (previous.length === 0) throw new AppError('plugins/no-previous', `${id} has had no other version here, so there is nothing to go back to.`, { details: { id } });
  const pinned = previous.find((one) => one.pinned !== null && one.pinned !== one.version);
  if (pinned) throw pinnedTo(pinned.id, pinned.pinned ?? '');
}

/** Named transactions of the domain plugins; each is a plain function that runs in the writer thread. */
export const pluginsTransactions = {
  ...pluginOperationTransactions,
  ...pluginChangeTransactions,
  ...pluginGrantTransactions,

  /** Begins an operation when it makes sense. Throws `plugins/already-installed`, `plugins/not-installed`, `plugins/needed-by-others`, `plugins/pinned`, `plugins/no-previous`. */
  startOperation(db: Writer, input: { id: string; kind: OperationKind; pluginId: string; range?: string | undefined; input: unknown; at: number }): { operationId: string } {
    if (input.kind === 'install') checkInstallable(db, input.pluginId, input.range);
    else if (input.kind === 'uninstall') checkRemovable(db, input.pluginId);
    else if (input.kind === 'update') checkUpdatable(db, input.pluginId, input.range);
    else checkRollback(db, input.pluginId);
    insertOperation(db, input);
    return { operationId: input.id };
  },

  /** The moment an install becomes true: rows, dependencies, grants and the log's word for it, all or nothing. */
  activatePlugins(db: Writer, input: { operationId: string; at: number; plugins: readonly NewInstallation[] }): void {
    for (const one of input.plugins) writeInstallation(db, one, input.at, input.operationId);
    // What is switched on has what it needs switched on.
    for (const { id } of input.plugins) if (statusOf(db, id) === 'active') enable(db, id, input.at);
    checkRanges(db);
    db.run('UPDATE operations SET result = @result WHERE id = @id', { id: input.operationId, result: JSON.stringify(input.plugins.map(({ id }) => id)) });
  },

  /** The moment a rollback becomes true: code, configuration and grants of the version before, for everything that one operation replaced. */
  rollBackPlugins(db: Writer, input: { operationId: string; at: number; id: string; expected: readonly { id: string; sha512: string }[] }): void {
    checkRollback(db, input.id);
    const previous = previousOf(db, input.id);
    if (JSON.stringify(previous.map(({ id, sha512 }) => ({ id, sha512 }))) !== JSON.stringify(input.expected)) throw changedMeanwhile(input.id, {});
    for (const { id } of previous) swapPrevious(db, id, input.operationId, input.at);
    const broken = brokenRange(db);
    if (broken) throw new AppError('plugins/conflict', `The version before cannot come back: ${broken.by} needs ${broken.id} ${broken.range}, and ${broken.version === null ? 'it is not installed any more' : `that would be ${broken.version}`}. Update or uninstall one of them first.`, { details: { id: broken.id, wants: [{ by: broken.by, range: broken.range }], found: broken.version } });
    for (const { id } of previous) if (statusOf(db, id) === 'active') enable(db, id, input.at);
    db.run('UPDATE operations SET result = @result WHERE id = @id', { id: input.operationId, result: JSON.stringify(previous.map(({ id }) => id)) });
  },

  /** Takes a plugin away with the dependencies that only it needed. Answers their ids. */
  removePlugins(db: Writer, input: { operationId: string; at: number; id: string; keepData: boolean }): string[] {
    checkRemovable(db, input.id);
    const ids = removable(db, input.id);
    for (const id of ids) {
      if (input.keepData) leaveData(db, id, current(db, id)?.publisherId ?? '');
      db.run('DELETE FROM installations WHERE plugin_id = @id', { id });
      if (input.keepData) continue;
      forgetData(db, id);
      db.run('DELETE FROM grants WHERE plugin_id = @id', { id });
      db.run('DELETE FROM plugin_owners WHERE plugin_id = @id', { id });
    }
    db.run('UPDATE operations SET result = @result WHERE id = @id', { id: input.operationId, result: JSON.stringify(ids) });
    return ids;
  },

  /** Versions that a registry withdrew run no more; the data stays. Answers the ids that were active until now. */
  disableVersions(db: Writer, { digests, at }: { digests: readonly string[]; at: number }): string[] {
    const values = { digests: JSON.stringify(digests) };
    const rows = db.all<{ id: string }>(`SELECT plugin_id AS id FROM installations WHERE status = 'active' AND sha512 IN (SELECT value FROM json_each(@digests))`, values);
    if (rows.length > 0) db.run(`UPDATE installations SET status = 'disabled', disabled_by = 'registry', updated_at = @at WHERE sha512 IN (SELECT value FROM json_each(@digests))`, { ...values, at });
    return rows.map(({ id }) => id);
  },

  /** One folder a key: the last one picked. */
  grantFolder(db: Writer, input: { pluginId: string; key: string; path: string; access: 'read' | 'write'; at: number }): void {
    db.run('DELETE FROM folder_grants WHERE plugin_id = @pluginId AND key = @key', { pluginId: input.pluginId, key: input.key });
    db.run('INSERT INTO folder_grants (plugin_id, key, path, access, granted_at) VALUES (@pluginId, @key, @path, @access, @at)', input);
  },

  revokeFolder(db: Writer, input: { pluginId: string; key: string }): Record<string, never> {
    db.run('DELETE FROM folder_grants WHERE plugin_id = @pluginId AND key = @key', input);
    return {};
  },
} satisfies TransactionTable;
