import type { Writer } from './handles.ts';

/**
 * The schema of catalog.db. The file is derived from what registries publish: it is never migrated but deleted and made
 * anew when `version` differs, so raise `version` with every change.
 */
export const catalogSchema = {
  /** At least 1: SQLite's own number of a new file is 0. */
  version: 1,
  create(_db: Writer): void {
    // No tables yet: the catalog room fills this.
  },
};
