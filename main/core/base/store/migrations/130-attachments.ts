import type { Migration } from './migration.ts';

/**
 * Files of messages, once for the same bytes (`id` is their SHA-256). They lie in the database and not beside it, so that
 * they are encrypted with it, are in every backup, and come and go with their message in one transaction.
 */
export const attachments: Migration = {
  version: 130,
  name: 'attachments',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE attachments (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('text', 'image')), media_type TEXT NOT NULL, bytes INTEGER NOT NULL,
  width INTEGER, height INTEGER, added_at INTEGER NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE TABLE message_attachments (
  message_id TEXT NOT NULL, position INTEGER NOT NULL, attachment_id TEXT NOT NULL REFERENCES attachments (id), name TEXT NOT NULL,
  PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_attachments_of ON message_attachments (attachment_id);
`);
  },
};
