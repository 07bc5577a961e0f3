import type { QueryTable, Reader } from '../handles.ts';

const MAX_KEYS = 10_000;

/** What plugins keep for themselves; each sees its own rows only, since the id comes from the core. */
export const pluginStorageQueries = {
  pluginStorageGet: (db: Reader, input: { pluginId: string; key: string }): string | undefined =>
    db.get<{ value: string }>('SELECT value FROM plugin_storage WHERE plugin_id = @pluginId AND key = @key', input)?.value,

  /** Sorted, at most 10,000. */
  pluginStorageKeys: (db: Reader, input: { pluginId: string; prefix: string }): string[] => db.all<{ key: string }>(
    'SELECT key FROM plugin_storage WHERE plugin_id = @pluginId AND substr(key, 1, length(@prefix)) = @prefix ORDER BY key LIMIT @limit', { ...input, limit: MAX_KEYS }).map((row) => row.key),
} satisfies QueryTable;
