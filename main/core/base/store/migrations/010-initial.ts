import type { Migration } from './migration.ts';

/**
 * The first schema. Instants are integer milliseconds UTC, money is micro-units, JSON is text.
 * Foreign keys stand only where the parent always exists: a plugin's grants and data outlive its installation.
 */
export const initial: Migration = {
  version: 10,
  name: 'initial',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE requests (
  request_id TEXT PRIMARY KEY, procedure TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_at ON requests (at);

CREATE TABLE settings (
  key TEXT PRIMARY KEY, value TEXT NOT NULL CHECK (json_valid(value)), updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE secrets (
  id TEXT PRIMARY KEY, label TEXT NOT NULL, nonce BLOB NOT NULL, ciphertext BLOB NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE installations (
  plugin_id TEXT PRIMARY KEY, version TEXT NOT NULL, sha512 TEXT NOT NULL, size INTEGER NOT NULL,
  registry TEXT, publisher_id TEXT NOT NULL, publisher_key TEXT,
  manifest TEXT NOT NULL CHECK (json_valid(manifest)),
  config TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(config)),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  reason TEXT NOT NULL DEFAULT 'asked' CHECK (reason IN ('asked', 'dependency')),
  side_loaded INTEGER NOT NULL DEFAULT 0 CHECK (side_loaded IN (0, 1)),
  installed_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX installations_status ON installations (status);
CREATE INDEX installations_installed_at ON installations (installed_at);

CREATE TABLE installation_dependencies (
  plugin_id TEXT NOT NULL REFERENCES installations (plugin_id) ON DELETE CASCADE ON UPDATE CASCADE,
  depends_on TEXT NOT NULL, range TEXT NOT NULL,
  PRIMARY KEY (plugin_id, depends_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX installation_dependencies_depends_on ON installation_dependencies (depends_on);

CREATE TABLE grants (
  plugin_id TEXT NOT NULL, publisher_id TEXT NOT NULL, permission TEXT NOT NULL, detail TEXT,
  granted_at INTEGER NOT NULL, last_used_at INTEGER,
  PRIMARY KEY (plugin_id, publisher_id, permission)
) STRICT, WITHOUT ROWID;

CREATE TABLE folder_grants (
  plugin_id TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, access TEXT NOT NULL CHECK (access IN ('read', 'write')),
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (plugin_id, key, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_storage (
  plugin_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (plugin_id, key)
) STRICT;

CREATE TABLE operations (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, plugin_id TEXT, state TEXT NOT NULL,
  input TEXT NOT NULL, result TEXT, error TEXT, created_at INTEGER NOT NULL, finished_at INTEGER
) STRICT;
CREATE INDEX operations_state ON operations (state);
CREATE INDEX operations_plugin ON operations (plugin_id);
CREATE INDEX operations_created_at ON operations (created_at);

CREATE TABLE operation_events (
  operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (operation_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE hires (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, plugin_id TEXT NOT NULL, agent_id TEXT NOT NULL,
  avatar TEXT, config TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(config)), model TEXT,
  status TEXT NOT NULL DEFAULT 'ready', created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX hires_plugin ON hires (plugin_id);
CREATE INDEX hires_created_at ON hires (created_at);

CREATE TABLE conversations (
  id TEXT PRIMARY KEY, hire_id TEXT NOT NULL REFERENCES hires (id),
  title TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, archived_at INTEGER
) STRICT;
CREATE INDEX conversations_hire ON conversations (hire_id, updated_at);
CREATE INDEX conversations_updated_at ON conversations (updated_at);

CREATE TABLE messages (
  id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  run_id TEXT, seq INTEGER NOT NULL, role TEXT NOT NULL, content TEXT NOT NULL, at INTEGER NOT NULL, status TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX messages_order ON messages (conversation_id, seq);
CREATE INDEX messages_run ON messages (run_id);

CREATE TABLE runs (
  id TEXT PRIMARY KEY, plugin_id TEXT,
  execution_type TEXT NOT NULL CHECK (execution_type IN ('agent', 'crew', 'flow', 'tool')),
  execution_target TEXT NOT NULL, parameters TEXT NOT NULL DEFAULT '{}', status TEXT NOT NULL DEFAULT 'pending',
  conversation_id TEXT, hire_id TEXT, model TEXT, parent_run_id TEXT,
  created_at INTEGER NOT NULL, started_at INTEGER, completed_at INTEGER,
  result TEXT, error TEXT, logs TEXT, token_usage TEXT, cost_micros INTEGER, last_seq INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_status ON runs (status);
CREATE INDEX runs_created_at ON runs (created_at);
CREATE INDEX runs_plugin ON runs (plugin_id, created_at);
CREATE INDEX runs_conversation ON runs (conversation_id, created_at);
CREATE INDEX runs_hire ON runs (hire_id, created_at);
CREATE INDEX runs_parent ON runs (parent_run_id);

CREATE TABLE run_events (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL, id TEXT NOT NULL, parent TEXT, at INTEGER NOT NULL, type TEXT NOT NULL,
  channel TEXT NOT NULL, namespace TEXT NOT NULL DEFAULT '[]', data TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_approvals (
  hire_id TEXT NOT NULL REFERENCES hires (id) ON DELETE CASCADE, tool_id TEXT NOT NULL, tool_hash TEXT NOT NULL,
  decision TEXT NOT NULL, scope TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (hire_id, tool_id, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE providers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, preset TEXT NOT NULL, base_url TEXT, secret_id TEXT,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1))
) STRICT;
CREATE INDEX providers_secret ON providers (secret_id);

CREATE TABLE models (
  provider_id TEXT NOT NULL REFERENCES providers (id) ON DELETE CASCADE, model_id TEXT NOT NULL,
  capabilities TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(capabilities)), context_length INTEGER, probed_at INTEGER,
  PRIMARY KEY (provider_id, model_id)
) STRICT, WITHOUT ROWID;
`);
  },
};
