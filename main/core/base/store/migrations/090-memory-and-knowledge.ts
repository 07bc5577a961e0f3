import type { Migration } from './migration.ts';

/**
 * What agents keep in mind. `scope_id` is a conversation or a hire, empty for what is shared. `memory_words` has the words of
 * each row under its `seq`: a table of its own, since a compact copy may number rows without such a key anew. What was
 * forgotten lies under `forgotten_in` until it can no longer be taken back.
 *
 * Documents are kept as the passages that they were read into, in their order and without overlap: together these are the
 * text. `scope_id` is a hire, an agent of one's own or an agent of a plugin, empty for what is shared. `place` is JSON: page,
 * headings, lines or rows. A vector is of one passage by one model, packed as `packed` of queries/vectors.ts says.
 */
export const memoryAndKnowledge: Migration = {
  version: 90,
  name: 'memory-and-knowledge',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE memories (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, scope TEXT NOT NULL CHECK (scope IN ('conversation', 'agent', 'shared')), scope_id TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'fact', pinned INTEGER NOT NULL DEFAULT 0, author TEXT NOT NULL DEFAULT 'person', run_id TEXT, message_id TEXT,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, used_at INTEGER, forgotten_in TEXT, forgotten_at INTEGER
) STRICT;
CREATE INDEX memories_scope ON memories (scope, scope_id, forgotten_at);
CREATE INDEX memories_forgotten ON memories (forgotten_in) WHERE forgotten_in IS NOT NULL;
CREATE VIRTUAL TABLE memory_words USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2', detail = 'full');
INSERT INTO memory_words (memory_words, rank) VALUES ('secure-delete', 1);

CREATE TABLE knowledge_documents (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, scope_id TEXT NOT NULL DEFAULT '', name TEXT NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL,
  bytes INTEGER NOT NULL, characters INTEGER NOT NULL DEFAULT 0, notes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(notes)), added_at INTEGER NOT NULL, removed_at INTEGER
) STRICT;
CREATE INDEX knowledge_documents_scope ON knowledge_documents (scope, scope_id, removed_at);

CREATE TABLE knowledge_passages (
  seq INTEGER PRIMARY KEY, document_id TEXT NOT NULL REFERENCES knowledge_documents (id) ON DELETE CASCADE, position INTEGER NOT NULL, place TEXT NOT NULL CHECK (json_valid(place)), text TEXT NOT NULL,
  UNIQUE (document_id, position)
) STRICT;
CREATE VIRTUAL TABLE knowledge_words USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2', detail = 'full');
INSERT INTO knowledge_words (knowledge_words, rank) VALUES ('secure-delete', 1);

CREATE TABLE knowledge_vectors (
  passage_seq INTEGER NOT NULL REFERENCES knowledge_passages (seq) ON DELETE CASCADE, model TEXT NOT NULL, vector BLOB NOT NULL,
  PRIMARY KEY (passage_seq, model)
) STRICT, WITHOUT ROWID;
`);
  },
};
