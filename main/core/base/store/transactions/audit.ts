/** The audit list grows here and nowhere else, always inside the transaction of what it tells. */
import type { Actor, AuditAction, Outcome } from '../../../../../contract/model/audit.ts';
import type { PluginCall } from '../../../../../contract/model/plugin.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { linkOf } from '../queries/audit-chain.ts';
import { auditState } from '../queries/audit.ts';

/** What was done to what. `details` are plain facts; a secret's value is never one of them. */
export interface AuditEntry { action: AuditAction; subject: string; pluginId?: string | null | undefined; outcome?: Outcome | undefined; details?: Readonly<Record<string, unknown>> | undefined; actor?: Actor | undefined; at?: number | undefined }

/** A call of a plugin's tool before it is stored. */
export type NewPluginCall = Omit<PluginCall, 'id'>;

const SUBJECT_CHARACTERS = 300;
const DETAILS_CHARACTERS = 4_000;
/** Calls kept for each plugin. */
const KEPT_CALLS = 100;

function detailsText(details: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(details);
  return text.length <= DETAILS_CHARACTERS ? text : JSON.stringify({ cut: true, begin: text.slice(0, DETAILS_CHARACTERS / 2) });
}

/** Adds rows at the end of the chain. */
export function appendAudit(db: Writer, actor: Actor, at: number, entries: readonly AuditEntry[]): void {
  if (entries.length === 0) return;
  let { headSeq: seq, headHash: hash } = auditState(db);
  for (const entry of entries) {
    const by = entry.actor ?? actor;
    const row = {
      seq: seq + 1, at: entry.at ?? at, actorKind: by.kind, actorId: by.id.slice(0, SUBJECT_CHARACTERS), action: entry.action, subject: entry.subject.slice(0, SUBJECT_CHARACTERS), pluginId: entry.pluginId ?? null,
      outcome: entry.outcome ?? 'done', details: detailsText(entry.details ?? {}), previous: hash,
    };
    seq = row.seq;
    hash = linkOf(row);
    db.run(`INSERT INTO audit (seq, at, actor_kind, actor_id, action, subject, plugin_id, outcome, details, previous, hash)
      VALUES (@seq, @at, @actorKind, @actorId, @action, @subject, @pluginId, @outcome, @details, @previous, @hash)`, { ...row, hash });
  }
  db.run('UPDATE audit_state SET head_seq = @seq, head_hash = @hash', { seq, hash });
}

/** Named transactions of the domain audit; each is a plain function that runs in the writer thread. */
export const auditTransactions = {
  /** For what has no transaction of its own in this database. */
  recordAudit(db: Writer, input: { actor: Actor; at: number; entries: readonly AuditEntry[] }): void {
    appendAudit(db, input.actor, input.at, input.entries);
  },

  /** That an effect begins; answers the id under which `recordActivity` takes it as told. */
  beginEffect: (db: Writer, input: { note: string; at: number }): number => Number(db.run('INSERT INTO begun_effects (note, at) VALUES (@note, @at)', input).lastInsertRowid),

  /** What plugins and agents did, already gathered: the rows, when each permission was used last, the calls of tools, and the begun effects that these tell of. */
  recordActivity(db: Writer, input: { actor: Actor; at: number; entries: readonly AuditEntry[]; used: readonly { pluginId: string; permission: string; at: number }[]; calls: readonly NewPluginCall[]; settled: readonly number[] }): void {
    db.run('DELETE FROM begun_effects WHERE id IN (SELECT value FROM json_each(@settled))', { settled: JSON.stringify(input.settled) });
    appendAudit(db, input.actor, input.at, input.entries);
    for (const { pluginId, permission, at } of input.used) db.run('UPDATE grants SET last_used_at = max(coalesce(last_used_at, 0), @at) WHERE plugin_id = @pluginId AND permission = @permission', { pluginId, permission, at });
    for (const call of input.calls) {
      db.run(`INSERT INTO plugin_calls (plugin_id, run_id, tool_id, at, duration_ms, cpu_ms, memory_bytes, host_calls, error_code, error_message, permission, logs, hosts)
        VALUES (@pluginId, @runId, @toolId, @at, @durationMs, @cpuMs, @memoryBytes, @hostCalls, @code, @message, @permission, @logs, @hosts)`, {
        pluginId: call.pluginId, runId: call.runId, toolId: call.toolId, at: call.at, durationMs: Math.round(call.durationMs), cpuMs: call.cpuMs, memoryBytes: call.memoryBytes, hostCalls: call.hostCalls,
        code: call.error?.code, message: call.error?.message, permission: call.error?.permission, logs: JSON.stringify(call.logs), hosts: JSON.stringify(call.hosts) });
    }
    for (const pluginId of new Set(input.calls.map((call) => call.pluginId))) {
      db.run('DELETE FROM plugin_calls WHERE plugin_id = @pluginId AND id NOT IN (SELECT id FROM plugin_calls WHERE plugin_id = @pluginId ORDER BY id DESC LIMIT @kept)', { pluginId, kept: KEPT_CALLS });
    }
  },

  /**
   * Takes away the oldest rows: all before the first one that is young enough. The last of them becomes the anchor, so
   * that the rest can still be followed, and a new row tells of it. Answers how many went.
   */
  cutAudit(db: Writer, input: { before: number; at: number }): number {
    const state = auditState(db);
    const first = db.get<{ seq: number | null }>('SELECT min(seq) AS seq FROM audit WHERE at >= @before', { before: input.before })?.seq ?? state.headSeq + 1;
    const last = db.get<{ seq: number; hash: string }>('SELECT seq, hash FROM audit WHERE seq < @first ORDER BY seq DESC LIMIT 1', { first });
    if (last === undefined) return 0;
    db.run('UPDATE audit_state SET anchor_seq = @seq, anchor_hash = @hash', { seq: last.seq, hash: last.hash });
    const { changes } = db.run('DELETE FROM audit WHERE seq <= @last', { last: last.seq });
    appendAudit(db, { kind: 'policy', id: 'retention' }, input.at, [{ action: 'audit_cut', subject: `${last.seq}`, details: { rows: changes } }]);
    return changes;
  },
} satisfies TransactionTable;
