import type { Migration } from './migration.ts';

/**
 * Which conversations came out of a file, and with which import, so that the same is not taken over twice and one import can be
 * taken back. `digest` is of what a conversation said when it came.
 */
export const importedConversations: Migration = {
  version: 190,
  name: 'imported-conversations',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE imports (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, file_name TEXT NOT NULL, at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE TABLE imported_conversations (
  conversation_id TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
  import_id TEXT NOT NULL REFERENCES imports (id), digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX imported_conversations_digest ON imported_conversations (digest);
CREATE INDEX imported_conversations_import ON imported_conversations (import_id);
`);
  },
};
