import { satisfies } from 'semver';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { neededBy } from '../queries/plugins.ts';
import { insertOperation, pluginOperationTransactions } from './plugin-operations.ts';

/** One plugin as an install makes it true. */
export interface NewInstallation {
  id: string; version: string; sha512: string; size: number; registry: string; publisherId: string; publisherKey: string; manifest: unknown;
  reason: 'asked' | 'dependency';
  /** The version that the plan found here; null when none was. */
  replaces: string | null;
  dependencies: readonly { id: string; range: string }[];
  /** Keys of the permissions that the manifest asks for, and of those that the person granted. */
  asked: readonly string[];
  granted: readonly string[];
}

const current = (db: Writer, id: string): { version: string; sha512: string; reason: string } | undefined =>
  db.get<{ version: string; sha512: string; reason: string }>('SELECT version, sha512, reason FROM installations WHERE plugin_id = @id', { id });

const changedMeanwhile = (id: string, details: Record<string, unknown>): AppError =>
  new AppError('plugins/conflict', `${id} was changed by something else while this was under way. Try again.`, { details: { id, ...details }, retryable: true });

function writeInstallation(db: Writer, one: NewInstallation, at: number): void {
  const here = current(db, one.id);
  // Another operation may have brought the same version meanwhile; anything else was not planned for.
  if (here ? here.version !== one.replaces && here.sha512 !== one.sha512 : one.replaces !== null) throw changedMeanwhile(one.id, { planned: one.replaces, found: here?.version ?? null });
  db.run(`INSERT INTO installations (plugin_id, version, sha512, size, registry, publisher_id, publisher_key, manifest, reason, installed_at, updated_at)
    VALUES (@id, @version, @sha512, @size, @registry, @publisherId, @publisherKey, @manifest, @reason, @at, @at)
    ON CONFLICT (plugin_id) DO UPDATE SET version = excluded.version, sha512 = excluded.sha512, size = excluded.size, registry = excluded.registry, publisher_id = excluded.publisher_id,
      publisher_key = excluded.publisher_key, manifest = excluded.manifest, updated_at = excluded.updated_at, status = 'active',
      reason = CASE WHEN installations.reason = 'asked' THEN 'asked' ELSE excluded.reason END`, {
    id: one.id, version: one.version, sha512: one.sha512, size: one.size, registry: one.registry, publisherId: one.publisherId, publisherKey: one.publisherKey, manifest: JSON.stringify(one.manifest), reason: one.reason, at });
  db.run('DELETE FROM installation_dependencies WHERE plugin_id = @id', { id: one.id });
  for (const { id: dependsOn, range } of one.dependencies) db.run('INSERT INTO installation_dependencies (plugin_id, depends_on, range) VALUES (@id, @dependsOn, @range)', { id: one.id, dependsOn, range });
  // What the new version does not ask for any more is not kept either; what is asked for and was granted before stays.
  db.run('DELETE FROM grants WHERE plugin_id = @id AND publisher_id = @publisherId AND permission NOT IN (SELECT value FROM json_each(@asked))', { id: one.id, publisherId: one.publisherId, asked: JSON.stringify(one.asked) });
  for (const permission of one.granted) db.run('INSERT INTO grants (plugin_id, publisher_id, permission, granted_at) VALUES (@id, @publisherId, @permission, @at) ON CONFLICT DO NOTHING', { id: one.id, publisherId: one.publisherId, permission, at });
}

/** Every range of everything installed holds; a plan made on an older state is refused here. */
function checkRanges(db: Writer): void {
  const rows = db.all<{ by: string; id: string; range: string; version: string | null }>(
    'SELECT needs.plugin_id AS by, depends_on AS id, range, target.version FROM installation_dependencies AS needs LEFT JOIN installations AS target ON target.plugin_id = depends_on');
  const broken = rows.find(({ range, version }) => version === null || !satisfies(version, range === '' ? '*' : range));
  if (broken) throw changedMeanwhile(broken.id, { wants: [{ by: broken.by, range: broken.range }], found: broken.version });
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
  if (!here || (range !== undefined && !satisfies(here.version, range))) return;
  throw new AppError('plugins/already-installed', `${id} ${here.version} is installed already. Use it, or ask for another version.`, { details: { id, version: here.version } });
}

/** Named transactions of the domain plugins; each is a plain function that runs in the writer thread. */
export const pluginsTransactions = {
  ...pluginOperationTransactions,

  /** Begins an operation when it makes sense. Throws `plugins/already-installed`, `plugins/not-installed`, `plugins/needed-by-others`. */
  startOperation(db: Writer, input: { id: string; kind: 'install' | 'uninstall'; pluginId: string; range?: string | undefined; input: unknown; at: number }): { operationId: string } {
    if (input.kind === 'install') checkInstallable(db, input.pluginId, input.range);
    else checkRemovable(db, input.pluginId);
    insertOperation(db, input);
    return { operationId: input.id };
  },

  /** The moment an install becomes true: rows, dependencies, grants and the log's word for it, all or nothing. */
  activatePlugins(db: Writer, input: { operationId: string; at: number; plugins: readonly NewInstallation[] }): void {
    for (const one of input.plugins) writeInstallation(db, one, input.at);
    checkRanges(db);
    db.run('UPDATE operations SET result = @result WHERE id = @id', { id: input.operationId, result: JSON.stringify(input.plugins.map(({ id }) => id)) });
  },

  /** Takes a plugin away with the dependencies that only it needed. Answers their ids. */
  removePlugins(db: Writer, input: { operationId: string; at: number; id: string; keepData: boolean }): string[] {
    checkRemovable(db, input.id);
    const ids = removable(db, input.id);
    for (const id of ids) {
      db.run('DELETE FROM installations WHERE plugin_id = @id', { id });
      if (input.keepData) continue;
      for (const table of ['grants', 'folder_grants', 'plugin_storage']) db.run(`DELETE FROM ${table} WHERE plugin_id = @id`, { id });
    }
    db.run('UPDATE operations SET result = @result WHERE id = @id', { id: input.operationId, result: JSON.stringify(ids) });
    return ids;
  },

  /** Versions that a registry withdrew run no more; the data stays. Answers the ids that were active until now. */
  disableVersions(db: Writer, { digests, at }: { digests: readonly string[]; at: number }): string[] {
    const values = { digests: JSON.stringify(digests) };
    const rows = db.all<{ id: string }>(`SELECT plugin_id AS id FROM installations WHERE status = 'active' AND sha512 IN (SELECT value FROM json_each(@digests))`, values);
    if (rows.length > 0) db.run(`UPDATE installations SET status = 'disabled', updated_at = @at WHERE sha512 IN (SELECT value FROM json_each(@digests))`, { ...values, at });
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
