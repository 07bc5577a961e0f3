import type { Migration } from './migration.ts';

/**
 * Agents of one's own. A draft is kept as it is written, right or wrong; a version is a document that was read and found
 * right, by the digest that its runs record. `preview` counts how often the talk beside the form was begun anew.
 */
export const ownAgents: Migration = {
  version: 70,
  name: 'own-agents',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE own_agents (
  id TEXT PRIMARY KEY, draft TEXT NOT NULL CHECK (json_valid(draft)), revision INTEGER NOT NULL DEFAULT 1, preview INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX own_agents_updated_at ON own_agents (updated_at);

CREATE TABLE own_agent_documents (digest TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE own_agent_versions (
  agent_id TEXT NOT NULL REFERENCES own_agents (id) ON DELETE CASCADE, version INTEGER NOT NULL, digest TEXT NOT NULL REFERENCES own_agent_documents (digest),
  at INTEGER NOT NULL, note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (agent_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_agent_versions_digest ON own_agent_versions (digest);
`);
  },
};
