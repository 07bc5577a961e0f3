/** What a person allows and takes back after the installation: permissions of plugins, and answers that were to hold. */
import type { TransactionTable, Writer } from '../handles.ts';

/** A permission bound to plugin, publisher and the exact key. */
interface GrantKey { pluginId: string; publisherId: string; permission: string }

export const pluginGrantTransactions = {
  /** Answers whether it was not granted before. */
  grantPermission: (db: Writer, input: GrantKey & { at: number }): boolean =>
    db.run('INSERT INTO grants (plugin_id, publisher_id, permission, granted_at) VALUES (@pluginId, @publisherId, @permission, @at) ON CONFLICT DO NOTHING', { ...input }).changes > 0,

  /** Answers whether it was granted. Going back to the version before does not bring it back either. */
  revokePermission(db: Writer, { pluginId, publisherId, permission }: GrantKey): boolean {
    const { changes } = db.run('DELETE FROM grants WHERE plugin_id = @pluginId AND publisher_id = @publisherId AND permission = @permission', { pluginId, publisherId, permission });
    db.run(`UPDATE previous_installations SET grants = (SELECT coalesce(json_group_array(json(kept.value)), '[]') FROM json_each(previous_installations.grants) AS kept
        WHERE NOT (json_extract(kept.value, '$.publisherId') = @publisherId AND json_extract(kept.value, '$.permission') = @permission)) WHERE plugin_id = @pluginId`, { pluginId, publisherId, permission });
    return changes > 0;
  },

  /** An answer that was to hold no longer does: the tool asks again. Answers whether there was one. */
  revokeApproval: (db: Writer, input: { hireId: string; toolId: string; scope: string }): boolean =>
    db.run('DELETE FROM tool_approvals WHERE hire_id = @hireId AND tool_id = @toolId AND scope = @scope', input).changes > 0,
} satisfies TransactionTable;
