/** What a plugin's data becomes when its place is left or taken. `plugin_storage` and `folder_grants` hold what is of the installed publisher alone. */
import type { Writer } from '../handles.ts';

const TABLES = [
  { live: 'plugin_storage', kept: 'kept_plugin_storage', columns: 'key, value, bytes' },
  { live: 'folder_grants', kept: 'kept_folder_grants', columns: 'key, path, access, granted_at' },
] as const;

/** Puts what is there aside for the publisher who leaves, in place of what was put aside for it before. */
export function leaveData(db: Writer, id: string, publisherId: string): void {
  for (const { live, kept, columns } of TABLES) {
    db.run(`DELETE FROM ${kept} WHERE plugin_id = @id AND publisher_id = @publisherId`, { id, publisherId });
    db.run(`INSERT INTO ${kept} (plugin_id, publisher_id, ${columns}) SELECT plugin_id, @publisherId, ${columns} FROM ${live} WHERE plugin_id = @id`, { id, publisherId });
    db.run(`DELETE FROM ${live} WHERE plugin_id = @id`, { id });
  }
}

/** Gives a publisher who comes back what was put aside for it, and nobody else's. */
export function findData(db: Writer, id: string, publisherId: string): void {
  for (const { live, kept, columns } of TABLES) {
    // A release that knew of no publishers may have left some here.
    db.run(`DELETE FROM ${live} WHERE plugin_id = @id`, { id });
    db.run(`INSERT INTO ${live} (plugin_id, ${columns}) SELECT plugin_id, ${columns} FROM ${kept} WHERE plugin_id = @id AND publisher_id = @publisherId`, { id, publisherId });
    db.run(`DELETE FROM ${kept} WHERE plugin_id = @id AND publisher_id = @publisherId`, { id, publisherId });
  }
}

/** Removes everything that was stored under an id, by whomever. */
export function forgetData(db: Writer, id: string): void {
  for (const table of TABLES.flatMap(({ live, kept }) => [live, kept])) db.run(`DELETE FROM ${table} WHERE plugin_id = @id`, { id });
}
