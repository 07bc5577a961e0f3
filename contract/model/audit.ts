import * as z from 'zod/mini';
import { instantSchema } from './ids.ts';

/** Who did it. `id`: `page` or `cli` for a person, a hire's id for an agent, a plugin's id, the rule's name for a policy. */
export const actorSchema = z.object({ kind: z.enum(['person', 'agent', 'plugin', 'schedule', 'policy']), id: z.string() });
export type Actor = z.infer<typeof actorSchema>;

export const outcomeSchema = z.enum(['done', 'failed', 'refused']);
export type Outcome = z.infer<typeof outcomeSchema>;

/** Everything that a row may say was done: noun_verb. */
export const AUDIT_ACTIONS = [
  'plugin_installed', 'plugin_updated', 'plugin_rolled_back', 'plugin_uninstalled', 'plugin_enabled', 'plugin_disabled', 'plugin_pinned', 'plugin_unpinned', 'plugin_configured', 'plugin_changed',
  'permission_granted', 'permission_revoked', 'permission_denied', 'folder_granted', 'folder_revoked',
  'approval_answered', 'approval_revoked', 'secret_changed', 'secret_removed',
  'agent_hired', 'agent_changed', 'agent_paused', 'agent_resumed', 'agent_dismissed', 'agent_restored', 'memory_forgotten',
  'connection_added', 'connection_changed', 'connection_removed', 'connection_given', 'connection_taken',
  'setting_changed', 'setting_reset', 'provider_added', 'provider_changed', 'provider_removed', 'model_chosen', 'registries_changed',
  'mcp_server_added', 'mcp_server_changed', 'mcp_server_enabled', 'mcp_server_disabled', 'mcp_server_removed', 'mcp_server_restored', 'mcp_tool_accepted', 'mcp_tool_changed', 'mcp_effect_chosen',
  'home_opened', 'home_recovered', 'key_rotated', 'data_rekeyed', 'passphrase_changed', 'recovery_code_made', 'recovery_code_confirmed', 'backup_made', 'backup_restored', 'audit_cut',
  'host_reached', 'file_read', 'file_written', 'tool_called', 'model_called', 'secret_used', 'storage_read', 'storage_written',
] as const;
export type AuditAction = typeof AUDIT_ACTIONS[number];

/**
 * One row of the audit list. `hash` is the SHA-256, in hex, of the JSON text of
 * `[seq, at, actor.kind, actor.id, action, subject, pluginId, outcome, details as text, previous]`, where `previous` is the
 * hash of the row before. What a plugin does often stands in one row: `details` then has `count`, `first` and `last`.
 */
export const auditRowSchema = z.object({
  seq: z.number(), at: instantSchema, actor: actorSchema, action: z.string(), subject: z.string(), pluginId: z.nullable(z.string()), outcome: outcomeSchema,
  details: z.record(z.string(), z.unknown()), previous: z.string(), hash: z.string(),
});
export type AuditRow = z.infer<typeof auditRowSchema>;

/** What is looked for; everything given has to fit. `words` is found in subject, action, actor or details. */
export const auditFilterSchema = z.object({
  words: z.optional(z.string().check(z.maxLength(200))), actor: z.optional(z.string().check(z.maxLength(200))), action: z.optional(z.string().check(z.maxLength(64))),
  pluginId: z.optional(z.string().check(z.maxLength(128))), outcome: z.optional(outcomeSchema), since: z.optional(instantSchema), until: z.optional(instantSchema),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

/** Where the chain breaks. `removed`: rows before `seq` are missing; `moved`: another row stands where `seq` belongs. */
export const auditProblemSchema = z.object({ kind: z.enum(['changed', 'removed', 'moved', 'added']), seq: z.number(), message: z.string() });
export type AuditProblem = z.infer<typeof auditProblemSchema>;

/** `rows` were compared, the newest of which is `head`. `cutAt` is the last row that retention took away, 0 when none was. */
export const auditVerdictSchema = z.object({ rows: z.number(), head: z.object({ seq: z.number(), hash: z.string() }), cutAt: z.number(), problem: z.nullable(auditProblemSchema) });
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
