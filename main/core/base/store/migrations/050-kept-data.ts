import type { Migration } from './migration.ts';

/**
 * What a person kept of uninstalled plugins, by publisher, as grants are: no other publisher's plugin of the same id, and no unsigned
 * one, finds it. Of what was kept until now the publisher is the one that has grants; where that is none or several, nobody's.
 */
export const keptData: Migration = {
  version: 50,
  name: 'kept-data',
  opensWith: 10,
  apply(db) {
    const owner = (table: string): string => `coalesce((SELECT min(publisher_id) FROM grants WHERE grants.plugin_id = ${table}.plugin_id HAVING count(DISTINCT publisher_id) = 1), '')`;
    const gone = 'WHERE plugin_id NOT IN (SELECT plugin_id FROM installations)';
    db.script(`
CREATE TABLE kept_plugin_storage (
  plugin_id TEXT NOT NULL, publisher_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (plugin_id, publisher_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE kept_folder_grants (
  plugin_id TEXT NOT NULL, publisher_id TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, access TEXT NOT NULL CHECK (access IN ('read', 'write')),
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (plugin_id, publisher_id, key, path)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_plugin_storage SELECT plugin_id, ${owner('plugin_storage')}, key, value, bytes FROM plugin_storage ${gone};
INSERT INTO kept_folder_grants SELECT plugin_id, ${owner('folder_grants')}, key, path, access, granted_at FROM folder_grants ${gone};
DELETE FROM plugin_storage ${gone};
DELETE FROM folder_grants ${gone};
`);
  },
};
