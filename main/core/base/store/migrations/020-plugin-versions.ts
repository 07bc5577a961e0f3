import type { Migration } from './migration.ts';

/**
 * What an update needs to be held back and taken back: the pinned version, who switched a plugin off, and the version that
 * stood there before with its configuration and grants. `grants` is a list of grant rows, `dependencies` of id and range.
 */
export const pluginVersions: Migration = {
  version: 20,
  name: 'plugin-versions',
  opensWith: 10,
  apply(db) {
    db.script(`
ALTER TABLE installations ADD COLUMN pinned TEXT;
ALTER TABLE installations ADD COLUMN disabled_by TEXT CHECK (disabled_by IN ('person', 'registry'));

CREATE TABLE previous_installations (
  plugin_id TEXT PRIMARY KEY REFERENCES installations (plugin_id) ON DELETE CASCADE ON UPDATE CASCADE,
  operation_id TEXT NOT NULL, version TEXT NOT NULL, sha512 TEXT NOT NULL, size INTEGER NOT NULL,
  registry TEXT, publisher_id TEXT NOT NULL, publisher_key TEXT,
  manifest TEXT NOT NULL CHECK (json_valid(manifest)), config TEXT NOT NULL CHECK (json_valid(config)),
  side_loaded INTEGER NOT NULL CHECK (side_loaded IN (0, 1)),
  dependencies TEXT NOT NULL CHECK (json_valid(dependencies)), grants TEXT NOT NULL CHECK (json_valid(grants)),
  replaced_at INTEGER NOT NULL
) STRICT;
CREATE INDEX previous_installations_operation ON previous_installations (operation_id);
`);
  },
};
