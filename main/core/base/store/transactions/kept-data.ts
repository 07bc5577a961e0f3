/** What a plugin's data becomes when its place is left or taken. `plugin_storage`, `folder_grants` and `installations.config` hold what is of the installed publisher alone. */
import type { Writer } from '../handles.ts';

const TABLES = [
  { live: 'plugin_storage', kept: 'kept_plugin_storage', columns: 'key, value, bytes' },
  { live: 'folder_grants', kept: 'kept_folder_grants', columns: 'key, path, access, granted_at' },
] as const;

/** Puts what is there aside for the publisher who leaves, in place of what was put aside for it before. Its row still has to be there. */
export function leaveData(db: Writer, id: string, publisherId: string): void {
  for (const { live, kept, columns } of TABLES) {
    db.run(`DELETE FROM ${kept} WHERE plugin_id = @id AND publisher_id = @publisherId`, { id, publisherId });
    db.run(`INSERT INTO ${kept} (plugin_id, publisher_id, ${columns}) SELECT plugin_id, @publisherId, ${columns} FROM ${live} WHERE plugin_id = @id`, { id, publisherId });
    db.run(`DELETE FROM ${live} WHERE plugin_id = @id`, { id });
  }
  db.run('INSERT OR REPLACE INTO kept_configurations (plugin_id, publisher_id, config) SELECT plugin_id, @publisherId, config FROM installations WHERE plugin_id = @id', { id, publisherId });
}

/** Gives a publisher who has come back what was put aside for it, and nobody else's. Its row has to be there already. */
export function findData(db: Writer, id: string, publisherId: string): void {
  for (const { live, kept, columns } of TABLES) {
    // A release that knew of no publishers may have left some here.
    db.run(`DELETE FROM ${live} WHERE plugin_id = @id`, { id });
    db.run(`INSERT INTO ${live} (plugin_id, ${columns}) SELECT plugin_id, ${columns} FROM ${kept} WHERE plugin_id = @id AND publisher_id = @publisherId`, { id, publisherId });
    db.run(`DELETE FROM ${kept} WHERE plugin_id = @id AND publisher_id = @publisherId`, { id, publisherId });
  }
  db.run('UPDATE installations SET config = coalesce((SELECT config FROM kept_configurations WHERE plugin_id = @id AND publisher_id = @publisherId), config) WHERE plugin_id = @id', { id, publisherId });
  db.run('DELETE FROM kept_configurations WHERE plugin_id = @id AND publisher_id = @publisherId', { id, publisherId });
}

/** Removes everything that was stored under an id, by whomever. */
export function forgetData(db: Writer, id: string): void {
  for (const table of [...TABLES.flatMap(({ live, kept }) => [live, kept]), 'kept_configurations']) db.run(`DELETE FROM ${table} WHERE plugin_id = @id`, { id });
}
