import type { Migration } from './migration.ts';

/**
 * Messages form a tree: `parent_id` is the message that one follows ('' for the first), and of messages with the same
 * parent the one with the highest `picked` is shown. `leaf_id` is the end of the path that is shown. The trigger keeps this
 * true for every message that comes, also one that the release before writes, which knows no parents: it follows the
 * newest before it. Also where a conversation stands in the list: pinned, in a folder.
 */
export const chatBranches: Migration = {
  version: 60,
  name: 'chat-branches',
  opensWith: 10,
  apply(db) {
    db.script(`
ALTER TABLE messages ADD COLUMN parent_id TEXT;
ALTER TABLE messages ADD COLUMN picked INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conversations ADD COLUMN leaf_id TEXT;
ALTER TABLE conversations ADD COLUMN pinned_at INTEGER;
ALTER TABLE conversations ADD COLUMN folder TEXT;
UPDATE messages SET parent_id = coalesce((SELECT p.id FROM messages p WHERE p.conversation_id = messages.conversation_id AND p.seq < messages.seq ORDER BY p.seq DESC LIMIT 1), '');
UPDATE conversations SET leaf_id = (SELECT m.id FROM messages m WHERE m.conversation_id = conversations.id ORDER BY m.seq DESC LIMIT 1);
CREATE INDEX messages_parent ON messages (conversation_id, parent_id);
CREATE TRIGGER messages_follow AFTER INSERT ON messages BEGIN
  UPDATE messages SET parent_id = coalesce((SELECT p.id FROM messages p WHERE p.conversation_id = NEW.conversation_id AND p.seq < NEW.seq ORDER BY p.seq DESC LIMIT 1), '') WHERE id = NEW.id AND parent_id IS NULL;
  UPDATE messages SET picked = 1 + (SELECT coalesce(max(s.picked), 0) FROM messages s WHERE s.conversation_id = NEW.conversation_id AND s.parent_id = messages.parent_id AND s.id <> NEW.id) WHERE id = NEW.id;
  UPDATE conversations SET leaf_id = NEW.id WHERE id = NEW.conversation_id;
END;
`);
  },
};
