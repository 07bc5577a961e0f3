import type { Migration } from './migration.ts';

/** What built-in tools are connected to, and which agents (hires, own agents) may use it. Secrets lie in the credentials room. */
export const toolConnections: Migration = {
  version: 100,
  name: 'tool-connections',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE tool_connections (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL UNIQUE COLLATE NOCASE, configuration TEXT NOT NULL CHECK (json_valid(configuration)), folder TEXT,
  revision INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tool_grants (
  connection_id TEXT NOT NULL REFERENCES tool_connections (id) ON DELETE CASCADE, agent_id TEXT NOT NULL, granted_at INTEGER NOT NULL,
  PRIMARY KEY (connection_id, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_grants_agent_id ON tool_grants (agent_id);
`);
  },
};
