import type { QueryTable, Reader } from '../handles.ts';

/** Named queries of the domain settings. */
export const settingsQueries = {
  /** Every stored setting as JSON text; what is absent has its default. */
  storedSettings: (db: Reader, _input: Record<string, never>): { key: string; value: string }[] =>
    db.all<{ key: string; value: string }>('SELECT key, value FROM settings ORDER BY key'),
} satisfies QueryTable;
