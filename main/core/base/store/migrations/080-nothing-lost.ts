import type { Migration } from './migration.ts';

/** Configurations that a person kept of uninstalled plugins, by publisher as their data is; and effects of plugins that were begun and are not yet in the audit list. */
export const nothingLost: Migration = {
  version: 80,
  name: 'nothing-lost',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE kept_configurations (
  plugin_id TEXT NOT NULL, publisher_id TEXT NOT NULL, config TEXT NOT NULL CHECK (json_valid(config)),
  PRIMARY KEY (plugin_id, publisher_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE begun_effects (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL CHECK (json_valid(note)), at INTEGER NOT NULL) STRICT;
`);
  },
};
