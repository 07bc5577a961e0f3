import type { Migration } from './migration.ts';

/**
 * What a provider, a conversation and a hired agent may take: requests a minute, and micro-units of the currency in all; null is no
 * limit. Vectors of memories, like those of passages: of one model, gone when their text changes.
 */
export const limitsAndVectors: Migration = {
  version: 150,
  name: 'limits-and-vectors',
  opensWith: 10,
  apply(db) {
    db.script(`
ALTER TABLE providers ADD COLUMN requests_per_minute INTEGER;
ALTER TABLE conversations ADD COLUMN cost_limit INTEGER;
ALTER TABLE hires ADD COLUMN cost_limit INTEGER;

CREATE TABLE memory_vectors (
  memory_seq INTEGER NOT NULL REFERENCES memories (seq) ON DELETE CASCADE, model TEXT NOT NULL, vector BLOB NOT NULL,
  PRIMARY KEY (memory_seq, model)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER memories_changed AFTER UPDATE OF text ON memories WHEN OLD.text IS NOT NEW.text BEGIN DELETE FROM memory_vectors WHERE memory_seq = OLD.seq; END;
`);
  },
};
