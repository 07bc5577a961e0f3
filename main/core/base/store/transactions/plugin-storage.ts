import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { TransactionTable, Writer } from '../handles.ts';

/** What plugins keep for themselves; each changes its own rows only, since the id comes from the core. */
export const pluginStorageTransactions = {
  /** Errors: `permission/denied` when the plugin would keep more than `quota` bytes; nothing changes then. */
  setPluginStorage(db: Writer, input: { pluginId: string; key: string; value: string; quota: number }): null {
    const bytes = Buffer.byteLength(input.key) + Buffer.byteLength(input.value);
    const others = db.get<{ sum: number }>('SELECT coalesce(sum(bytes), 0) AS sum FROM plugin_storage WHERE plugin_id = @pluginId AND key <> @key', { pluginId: input.pluginId, key: input.key })?.sum ?? 0;
    if (others + bytes > input.quota) {
      throw new AppError('permission/denied', `The plugin may keep ${input.quota} bytes and would keep ${others + bytes}. Delete something it stored first.`, { details: { permission: `storage:${input.quota}` } });
    }
    db.run(`INSERT INTO plugin_storage (plugin_id, key, value, bytes) VALUES (@pluginId, @key, @value, @bytes)
ON CONFLICT (plugin_id, key) DO UPDATE SET value = excluded.value, bytes = excluded.bytes`, { pluginId: input.pluginId, key: input.key, value: input.value, bytes });
    return null;
  },

  deletePluginStorage(db: Writer, input: { pluginId: string; key: string }): null {
    db.run('DELETE FROM plugin_storage WHERE plugin_id = @pluginId AND key = @key', input);
    return null;
  },
} satisfies TransactionTable;
