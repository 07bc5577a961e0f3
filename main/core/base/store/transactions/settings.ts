import type { TransactionTable, Writer } from '../handles.ts';
import { settingsQueries } from '../queries/settings.ts';

/** Named transactions of the domain settings. Values are JSON text; each answers every setting stored after it. */
export const settingsTransactions = {
  putSettings: (db: Writer, input: { values: Readonly<Record<string, string>>; at: number }): { key: string; value: string }[] => {
    for (const [key, value] of Object.entries(input.values)) {
      db.run(`INSERT INTO settings (key, value, updated_at) VALUES (@key, @value, @at)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, { key, value, at: input.at });
    }
    return settingsQueries.storedSettings(db, {});
  },
  /** Forgets the given settings, so that their defaults hold again. */
  dropSettings: (db: Writer, input: { keys: readonly string[] }): { key: string; value: string }[] => {
    db.run('DELETE FROM settings WHERE key IN (SELECT value FROM json_each(@keys))', { keys: JSON.stringify(input.keys) });
    return settingsQueries.storedSettings(db, {});
  },
  /** A value of the home that is made once, such as the salt of plugins' ids: answers the stored one, else keeps the given one. */
  keepHomeValue: (db: Writer, input: { key: string; value: string }): string => {
    // The prefix keeps these values away from those that decide whether a release may open the database.
    const kept = { key: `home.${input.key}`, value: input.value };
    db.run('INSERT INTO meta (key, value) VALUES (@key, @value) ON CONFLICT (key) DO NOTHING', kept);
    return db.get<{ value: string }>('SELECT value FROM meta WHERE key = @key', { key: kept.key })?.value ?? input.value;
  },
} satisfies TransactionTable;
