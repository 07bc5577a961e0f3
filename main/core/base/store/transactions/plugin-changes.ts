/** Changes to what is installed that bring no new code: switched on and off, pinned, and the version before kept and brought back. */
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { AutoUpdate, Channel } from '../../../../../contract/model/plugin.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { dependenciesOf, hiredFrom, neededBy } from '../queries/plugins.ts';
import { findData, leaveData } from './kept-data.ts';

/** What a version leaves behind besides its columns. */
interface KeptGrant { publisherId: string; permission: string; detail: string | null; grantedAt: number; lastUsedAt: number | null }

/** What changes in one plugin's configuration: values by key, and keys that go back to their defaults. */
export interface ConfigurationWrite { id: string; sha512: string; set: Readonly<Record<string, unknown>>; reset: readonly string[] }

const VERSION_COLUMNS = 'version, sha512, size, registry, publisher_id, publisher_key, manifest, config, side_loaded';

export const statusOf = (db: Writer, id: string): string | undefined => db.get<{ status: string }>('SELECT status FROM installations WHERE plugin_id = @id', { id })?.status;

const grantsOf = (db: Writer, id: string): KeptGrant[] => db.all<KeptGrant>(
  'SELECT publisher_id AS publisherId, permission, detail, granted_at AS grantedAt, last_used_at AS lastUsedAt FROM grants WHERE plugin_id = @id ORDER BY publisher_id, permission', { id });

/** Keeps what stands there now as the version before, in place of the one that was kept. */
export function keepPrevious(db: Writer, id: string, operationId: string, at: number): void {
  db.run(`INSERT OR REPLACE INTO previous_installations (plugin_id, operation_id, ${VERSION_COLUMNS}, dependencies, grants, replaced_at)
    SELECT plugin_id, @operationId, ${VERSION_COLUMNS}, @dependencies, @grants, @at FROM installations WHERE plugin_id = @id`, {
    id, operationId, at, dependencies: JSON.stringify(dependenciesOf(db, id)), grants: JSON.stringify(grantsOf(db, id)) });
}

/** Changes places with the version before: code, configuration and grants, so that a second rollback is the way forward again. */
export function swapPrevious(db: Writer, id: string, operationId: string, at: number): void {
  const before = db.get<{ dependencies: string; grants: string } & Record<string, string | number | null>>(`SELECT ${VERSION_COLUMNS}, dependencies, grants FROM previous_installations WHERE plugin_id = @id`, { id });
  if (!before) return;
  const { dependencies, grants, ...columns } = before;
  const publisherNow = db.get<{ publisherId: string }>('SELECT publisher_id AS publisherId FROM installations WHERE plugin_id = @id', { id })?.publisherId ?? '';
  // Before the other publisher's configuration takes its place.
  keepPrevious(db, id, operationId, at);
  if (publisherNow !== columns['publisher_id']) {
    leaveData(db, id, publisherNow);
    findData(db, id, String(columns['publisher_id']));
  }
  db.run(`UPDATE installations SET version = @version, sha512 = @sha512, size = @size, registry = @registry, publisher_id = @publisher_id, publisher_key = @publisher_key, manifest = @manifest, config = @config,
    side_loaded = @side_loaded, updated_at = @at, status = CASE WHEN disabled_by = 'person' THEN status ELSE 'active' END, disabled_by = CASE WHEN disabled_by = 'person' THEN 'person' END WHERE plugin_id = @id`, { ...columns, id, at });
  db.run('DELETE FROM installation_dependencies WHERE plugin_id = @id', { id });
  for (const { id: dependsOn, range } of JSON.parse(dependencies) as { id: string; range: string }[]) db.run('INSERT INTO installation_dependencies (plugin_id, depends_on, range) VALUES (@id, @dependsOn, @range)', { id, dependsOn, range });
  db.run('DELETE FROM grants WHERE plugin_id = @id', { id });
  for (const grant of JSON.parse(grants) as KeptGrant[]) db.run('INSERT INTO grants (plugin_id, publisher_id, permission, detail, granted_at, last_used_at) VALUES (@id, @publisherId, @permission, @detail, @grantedAt, @lastUsedAt)', { id, ...grant });
}

/** A plugin with all that it needs, itself first. */
function closureOf(db: Writer, id: string): string[] {
  const reached = new Set([id]);
  for (const one of reached) for (const { id: needed } of dependenciesOf(db, one)) reached.add(needed);
  return [...reached];
}

/** Switches a plugin on, with all that it needs. Answers the ids that were off. */
export function enable(db: Writer, id: string, at: number): string[] {
  const off = closureOf(db, id).filter((one) => statusOf(db, one) === 'disabled');
  for (const one of off) db.run("UPDATE installations SET status = 'active', disabled_by = NULL, updated_at = @at WHERE plugin_id = @one", { one, at });
  return off;
}

function disable(db: Writer, id: string, at: number, hiredAs: readonly string[]): string[] {
  if (statusOf(db, id) === 'disabled') return [];
  const dependents = neededBy(db, id).filter((by) => statusOf(db, by) === 'active');
  if (dependents.length > 0) {
    throw new AppError('plugins/needed-by-others', `${id} is needed by ${dependents.join(', ')}. Switch ${dependents.length === 1 ? 'that' : 'those'} off first.`, { details: { id, neededBy: dependents, hiredAs } });
  }
  db.run("UPDATE installations SET status = 'disabled', disabled_by = 'person', updated_at = @at WHERE plugin_id = @id", { id, at });
  return [id];
}

function installedHere(db: Writer, id: string): void {
  if (statusOf(db, id) === undefined) throw new AppError('plugins/not-installed', `${id} is not installed. Install it from the marketplace first.`, { details: { id } });
}

export const pluginChangeTransactions = {
  /** Switches a plugin on or off. Answers what changed, and the agents of the team that come from it. Throws `plugins/not-installed`, `plugins/needed-by-others`. */
  setPluginEnabled(db: Writer, { id, enabled, at }: { id: string; enabled: boolean; at: number }): { changed: string[]; hiredAs: string[] } {
    installedHere(db, id);
    const hiredAs = hiredFrom(db, id);
    return { changed: enabled ? enable(db, id, at) : disable(db, id, at, hiredAs), hiredAs };
  },

  /** Throws `plugins/not-installed`. */
  setPluginUpdatePolicy(db: Writer, { id, autoUpdate, channel }: { id: string; autoUpdate: AutoUpdate | null; channel: Channel }): { autoUpdate: AutoUpdate | null; channel: Channel } {
    installedHere(db, id);
    db.run('UPDATE installations SET auto_update = @autoUpdate, channel = @channel WHERE plugin_id = @id', { id, autoUpdate, channel });
    return { autoUpdate, channel };
  },

  /** What came along for another is wanted for itself from now on: it is not taken away with the other. */
  askForPlugin(db: Writer, { operationId, id }: { operationId: string; id: string }): void {
    installedHere(db, id);
    db.run("UPDATE installations SET reason = 'asked' WHERE plugin_id = @id", { id });
    db.run('UPDATE operations SET result = @result WHERE id = @operationId', { operationId, result: JSON.stringify([id]) });
  },

  /** Holds a plugin at a version, or lets it go. Throws `plugins/not-installed`. */
  setPluginPin(db: Writer, { id, version }: { id: string; version: string | null }): { pinned: string | null } {
    installedHere(db, id);
    db.run('UPDATE installations SET pinned = @version WHERE plugin_id = @id', { id, version });
    return { pinned: version };
  },

  /** Changes configurations, all or none. `sha512` is the version whose manifest the values were checked against. Throws `plugins/not-installed`, `plugins/conflict`. */
  changeConfigurations(db: Writer, { changes, at }: { changes: readonly ConfigurationWrite[]; at: number }): Record<string, never> {
    for (const { id, sha512, set, reset } of changes) {
      installedHere(db, id);
      const row = db.get<{ sha512: string; config: string }>('SELECT sha512, config FROM installations WHERE plugin_id = @id', { id });
      if (row?.sha512 !== sha512) throw new AppError('plugins/conflict', `${id} was changed by something else while this was under way. Try again.`, { details: { id }, retryable: true });
      const config = Object.entries({ ...JSON.parse(row.config) as Record<string, unknown>, ...set }).filter(([key]) => !reset.includes(key));
      db.run('UPDATE installations SET config = @config, updated_at = @at WHERE plugin_id = @id', { id, config: JSON.stringify(Object.fromEntries(config)), at });
    }
    return {};
  },
} satisfies TransactionTable;
