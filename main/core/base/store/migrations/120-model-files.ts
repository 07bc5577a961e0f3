import type { Migration } from './migration.ts';

/** GGUF files that this machine runs by itself. `kept` holds what the file's head says, the last failure, and what a download is resumed by. */
export const modelFiles: Migration = {
  version: 120,
  name: 'model-files',
  opensWith: 10,
  apply(db) {
    db.script(`
CREATE TABLE model_files (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('ready', 'downloading', 'paused', 'failed')),
  path TEXT, linked INTEGER NOT NULL CHECK (linked IN (0, 1)), address TEXT, sha256 TEXT, bytes INTEGER,
  kept TEXT NOT NULL CHECK (json_valid(kept)), added_at INTEGER NOT NULL
) STRICT;
`);
  },
};
