import type { Migration } from './migration.ts';

/**
 * Whose word it is that a plugin is of a publisher: the first root of the registry that it came from. What was kept of
 * plugins that are gone does not say where they came from: it stays with the registry that the app brings.
 */
export const pluginOwners: Migration = {
  version: 210,
  name: 'plugin-owners',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE plugin_owners (
  plugin_id TEXT NOT NULL, publisher_id TEXT NOT NULL, root TEXT NOT NULL,
  PRIMARY KEY (plugin_id, publisher_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO plugin_owners SELECT plugin_id, publisher_id, coalesce(registry, '') FROM installations;
INSERT OR IGNORE INTO plugin_owners SELECT plugin_id, publisher_id, coalesce(registry, '') FROM previous_installations;
INSERT OR IGNORE INTO plugin_owners SELECT DISTINCT plugin_id, publisher_id, CASE publisher_id WHEN 'side-loaded' THEN '' ELSE 'embedded' END FROM (
  SELECT plugin_id, publisher_id FROM grants UNION SELECT plugin_id, publisher_id FROM kept_plugin_storage UNION SELECT plugin_id, publisher_id FROM kept_folder_grants UNION SELECT plugin_id, publisher_id FROM kept_configurations
);
`);
  },
};
