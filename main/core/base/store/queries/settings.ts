import type { QueryTable, Reader } from '../handles.ts';

/** Named queries of the domain settings. */
export const settingsQueries = {
  /** Every stored setting as JSON text; what is absent has its default. */
  storedSettings: (db: Reader, _input: Record<string, never>): { key: string; value: string }[] =>
    db.all<{ key: string; value: string }>('SELECT key, value FROM settings ORDER BY key'),
} satisfies QueryTable;

/** Of either database. */
export const healthQueries = {
  /** The first problems that SQLite's quick check finds (none: an empty list), the size in bytes, and the newest migration (0 without any). */
  databaseHealth: (db: Reader, _input: Record<string, never>): { problems: string[]; bytes: number; schema: number } => {
    const problems = db.all<{ quick_check: string }>('PRAGMA quick_check(5)').map((row) => row.quick_check).filter((text) => text !== 'ok');
    const bytes = db.get<{ bytes: number }>('SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()')?.bytes ?? 0;
    const versioned = db.get<{ n: number }>("SELECT count(*) AS n FROM sqlite_master WHERE name = 'migrations'")?.n === 1;
    return { problems, bytes, schema: versioned ? db.get<{ version: number }>('SELECT max(version) AS version FROM migrations')?.version ?? 0 : 0 };
  },
} satisfies QueryTable;
