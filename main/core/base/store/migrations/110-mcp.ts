import type { Migration } from './migration.ts';

/**
 * Servers of the Model Context Protocol and what their tools say of themselves. `pinned` is what agents use, `seen` what the
 * server said last. A removed server keeps its row: its short name is never given to another one.
 */
export const mcp: Migration = {
  version: 110,
  name: 'mcp',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE mcp_servers (
  id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, transport TEXT NOT NULL CHECK (json_valid(transport)), enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  folders TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(folders)), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;

CREATE TABLE mcp_tools (
  server_id TEXT NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE, name TEXT NOT NULL, pinned TEXT CHECK (pinned IS NULL OR json_valid(pinned)), seen TEXT CHECK (seen IS NULL OR json_valid(seen)),
  effect TEXT NOT NULL DEFAULT 'write' CHECK (effect IN ('read', 'write', 'destructive')),
  PRIMARY KEY (server_id, name)
) STRICT, WITHOUT ROWID;
`);
  },
};
