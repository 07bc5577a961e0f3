import type { AuditFilter, AuditProblem } from '../../../../../contract/model/audit.ts';
import type { PluginCall } from '../../../../../contract/model/plugin.ts';
import type { QueryTable, Reader, Values } from '../handles.ts';
import { followChain, removed, type ChainEnd, type StoredAuditRow } from './audit-chain.ts';

interface CallRow extends Omit<PluginCall, 'error' | 'logs' | 'hosts'> { code: string | null; message: string | null; permission: string | null; logs: string; hosts: string }

export interface AuditState { anchorSeq: number; anchorHash: string; headSeq: number; headHash: string }

const COLUMNS = 'seq, at, actor_kind AS actorKind, actor_id AS actorId, action, subject, plugin_id AS pluginId, outcome, details, previous, hash';
/** Rows that one query follows, so that a reader is never held for long. */
const PIECE = 2_000;

/** The condition of a filter and what is bound in it. `%` and `_` in words are letters like any other. */
function conditionOf(filter: AuditFilter): { where: string; values: Values } {
  const { words, actor, action, pluginId, outcome, since, until } = filter;
  const parts: string[] = [];
  if (words !== undefined && words.trim() !== '') parts.push("(subject || ' ' || action || ' ' || actor_kind || ' ' || actor_id || ' ' || details) LIKE @words ESCAPE '\\'");
  if (actor !== undefined) parts.push('(actor_kind = @actor OR actor_id = @actor)');
  if (action !== undefined) parts.push('action = @action');
  if (pluginId !== undefined) parts.push('plugin_id = @pluginId');
  if (outcome !== undefined) parts.push('outcome = @outcome');
  if (since !== undefined) parts.push('at >= @since');
  if (until !== undefined) parts.push('at < @until');
  const like = `%${(words ?? '').trim().replaceAll(/[\\%_]/g, (found) => `\\${found}`)}%`;
  return { where: parts.length === 0 ? '1' : parts.join(' AND '), values: { words: like, actor, action, pluginId, outcome, since, until } };
}

/** Only what the SQL names may be bound. */
const bound = (sql: string, values: Values): Values => Object.fromEntries(Object.entries(values).filter(([name]) => sql.includes(`@${name}`)));

export const auditState = (db: Reader): AuditState => db.get<AuditState>('SELECT anchor_seq AS anchorSeq, anchor_hash AS anchorHash, head_seq AS headSeq, head_hash AS headHash FROM audit_state') as AuditState;

/** Named queries of the domain audit; each is a plain function that runs in a reader thread. */
export const auditQueries = {
  /** Effects that were begun and of which nothing has been told yet, oldest first. */
  begunEffects: (db: Reader, _input: Record<string, never>): { id: number; note: string; at: number }[] => db.all('SELECT id, note, at FROM begun_effects ORDER BY id'),

  /** Newest first, with the number of all rows that fit and what there is to filter by. */
  auditPage(db: Reader, input: { filter: AuditFilter; before: number | null; limit: number }): { rows: StoredAuditRow[]; total: number; actions: string[]; actors: string[] } {
    const { where, values } = conditionOf(input.filter);
    const page = `SELECT ${COLUMNS} FROM audit WHERE ${where} AND (@before IS NULL OR seq < @before) ORDER BY seq DESC LIMIT @limit`;
    const count = `SELECT count(*) AS n FROM audit WHERE ${where}`;
    return {
      rows: db.all<StoredAuditRow>(page, { ...bound(page, values), before: input.before, limit: input.limit }), total: db.get<{ n: number }>(count, bound(count, values))?.n ?? 0,
      actions: db.all<{ action: string }>('SELECT DISTINCT action FROM audit ORDER BY action').map(({ action }) => action),
      actors: db.all<{ kind: string }>('SELECT DISTINCT actor_kind AS kind FROM audit ORDER BY actor_kind').map(({ kind }) => kind),
    };
  },

  /** Oldest first, after a sequence number. */
  auditAfter(db: Reader, input: { filter: AuditFilter; after: number; limit: number }): StoredAuditRow[] {
    const { where, values } = conditionOf(input.filter);
    const sql = `SELECT ${COLUMNS} FROM audit WHERE ${where} AND seq > @after ORDER BY seq LIMIT @limit`;
    return db.all<StoredAuditRow>(sql, { ...bound(sql, values), after: input.after, limit: input.limit });
  },

  auditState: (db: Reader, _input: Record<string, never>): AuditState => auditState(db),

  /** Follows a piece of the chain. `done` when its last row was the newest one. */
  auditPiece(db: Reader, input: { from: ChainEnd }): { end: ChainEnd; rows: number; done: boolean } | { problem: AuditProblem } {
    const rows = db.all<StoredAuditRow>(`SELECT ${COLUMNS} FROM audit WHERE seq > @after ORDER BY seq LIMIT @limit`, { after: input.from.seq, limit: PIECE });
    const followed = followChain(rows, input.from, (previous) => db.all<StoredAuditRow>(`SELECT ${COLUMNS} FROM audit WHERE previous = @previous`, { previous }));
    if ('problem' in followed || rows.length === PIECE) return 'problem' in followed ? followed : { ...followed, done: false };
    const { headSeq, headHash } = auditState(db);
    const { end } = followed;
    if (end.seq < headSeq) return { problem: removed(end.seq + 1, headSeq) };
    if (end.seq > headSeq || end.hash !== headHash) return { problem: { kind: 'added', seq: end.seq, message: `Row ${end.seq} was added or replaced behind Troupe's back.` } };
    return { ...followed, done: true };
  },

  /** Newest first. */
  pluginCalls: (db: Reader, { pluginId }: { pluginId: string }): PluginCall[] => db.all<CallRow>(
    `SELECT id, plugin_id AS pluginId, run_id AS runId, tool_id AS toolId, at, duration_ms AS durationMs, cpu_ms AS cpuMs, memory_bytes AS memoryBytes, host_calls AS hostCalls, error_code AS code, error_message AS message, permission, logs, hosts
     FROM plugin_calls WHERE plugin_id = @pluginId ORDER BY id DESC`, { pluginId }).map(({ code, message, permission, logs, hosts, ...call }) => ({
    ...call, error: code === null ? null : { code, message: message ?? '', permission }, logs: JSON.parse(logs) as string[], hosts: JSON.parse(hosts) as { host: string; count: number }[] })),
} satisfies QueryTable;

