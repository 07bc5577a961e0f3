import type { Migration } from './migration.ts';

/**
 * The audit list. `audit_state` holds one row: the row that retention took away last (the anchor that the rest hangs on)
 * and the newest one. Triggers keep rows as they are, so that no later statement can change one by mistake.
 * `plugin_calls` is what the plugin's page shows of its last calls.
 */
export const audit: Migration = {
  version: 40,
  name: 'audit',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'agent', 'plugin', 'schedule', 'policy')), actor_id TEXT NOT NULL,
  action TEXT NOT NULL, subject TEXT NOT NULL, plugin_id TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'refused')),
  details TEXT NOT NULL CHECK (json_valid(details)), previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_actor ON audit (actor_kind, seq);
CREATE INDEX audit_plugin ON audit (plugin_id, seq);

CREATE TABLE audit_state (
  id INTEGER PRIMARY KEY CHECK (id = 1), anchor_seq INTEGER NOT NULL, anchor_hash TEXT NOT NULL, head_seq INTEGER NOT NULL, head_hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_state VALUES (1, 0, '${'0'.repeat(64)}', 0, '${'0'.repeat(64)}');

CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'A row of the audit list never changes.'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit WHEN OLD.seq > (SELECT anchor_seq FROM audit_state) BEGIN SELECT RAISE(ABORT, 'Only retention takes rows from the audit list.'); END;

CREATE TABLE plugin_calls (
  id INTEGER PRIMARY KEY, plugin_id TEXT NOT NULL, run_id TEXT NOT NULL, tool_id TEXT NOT NULL, at INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
  cpu_ms REAL, memory_bytes INTEGER, host_calls INTEGER, error_code TEXT, error_message TEXT, permission TEXT,
  logs TEXT NOT NULL CHECK (json_valid(logs)), hosts TEXT NOT NULL CHECK (json_valid(hosts))
) STRICT;
CREATE INDEX plugin_calls_plugin ON plugin_calls (plugin_id, id);
`);
  },
};
