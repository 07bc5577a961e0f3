import type { Run, RunEvent } from '../../../../../contract/model/run.ts';
import type { QueryTable, Reader } from '../handles.ts';
import { pluginStorageQueries } from './plugin-storage.ts';

interface RunRow {
  id: string; plugin_id: string; execution_type: Run['executionType']; execution_target: string; parameters: string; status: Run['status'];
  conversation_id: string | null; hire_id: string | null; model: string | null; parent_run_id: string | null; created_at: number; started_at: number | null;
  completed_at: number | null; result: string | null; error: string | null; token_usage: string | null; last_seq: number;
}
interface EventRow { run_id: string; seq: number; id: string; parent: string | null; at: number; type: string; channel: RunEvent['channel']; namespace: string; data: string }

/** A page of a log stops at the first event that goes beyond this many characters. */
const PAGE_CHARACTERS = 1_000_000;

const parsed = (json: string | null): unknown => (json === null ? null : JSON.parse(json));

const runOf = (row: RunRow): Run => ({
  id: row.id, pluginId: row.plugin_id === '' ? null : row.plugin_id, executionType: row.execution_type, executionTarget: row.execution_target,
  parameters: parsed(row.parameters), status: row.status, conversationId: row.conversation_id, hireId: row.hire_id, parentRunId: row.parent_run_id,
  model: row.model, createdAt: row.created_at, startedAt: row.started_at, completedAt: row.completed_at, result: parsed(row.result),
  error: parsed(row.error) as Run['error'], tokenUsage: parsed(row.token_usage) as Run['tokenUsage'], lastSeq: row.last_seq,
});

const eventOf = (row: EventRow): RunEvent => ({
  run: row.run_id, seq: row.seq, id: row.id, parent: row.parent, at: row.at, type: row.type, channel: row.channel,
  namespace: row.namespace === '' ? [] : row.namespace.split('/'), data: JSON.parse(row.data) as RunEvent['data'],
});

export const ACTIVE = "('pending', 'running', 'waiting')";

/** One run, or undefined. */
export const runById = (db: Reader, id: string): Run | undefined => {
  const row = db.get<RunRow>('SELECT * FROM runs WHERE id = @id', { id });
  return row && runOf(row);
};

/**
 * What is needed to rebuild messages: everything except streamed pieces of model calls that a later event replaced.
 * Reading a long answer's pieces again would cost the writer more than the answer itself.
 */
export const eventsToProject = (db: Reader, runId: string): RunEvent[] => db.all<EventRow>(
  `SELECT * FROM run_events WHERE run_id = @runId AND (type <> 'llm_stream_chunk' OR seq >
     (SELECT coalesce(max(seq), 0) FROM run_events WHERE run_id = @runId AND type IN ('llm_call_started', 'llm_call_finished'))) ORDER BY seq`, { runId }).map(eventOf);

/** Named queries of the domain runs; each is a plain function that runs in a reader thread. */
export const runsQueries = {
  ...pluginStorageQueries,

  runById: (db: Reader, input: { id: string }) => runById(db, input.id),

  /** Newest first. */
  runList: (db: Reader, input: { limit: number; active: boolean }): Run[] => db.all<RunRow>(
    `SELECT * FROM runs ${input.active ? `WHERE status IN ${ACTIVE}` : ''} ORDER BY created_at DESC, id DESC LIMIT @limit`, { limit: input.limit }).map(runOf),

  /** Runs that no earlier life of the core brought to an end, oldest first. */
  unfinishedRuns: (db: Reader): Run[] => db.all<RunRow>(`SELECT * FROM runs WHERE status IN ${ACTIVE} ORDER BY created_at, id`).map(runOf),

  /** A page of the log after `after`; `ended` when nothing will follow what is stored now. Undefined when there is no such run. */
  runEventsAfter: (db: Reader, input: { runId: string; after: number; limit: number }): { events: RunEvent[]; ended: boolean } | undefined => {
    // The status first: when it says ended, every event was there already.
    const run = db.get<{ active: number }>(`SELECT status IN ${ACTIVE} AS active FROM runs WHERE id = @id`, { id: input.runId });
    if (!run) return undefined;
    const events: RunEvent[] = [];
    let characters = 0;
    for (const row of db.each<EventRow>('SELECT * FROM run_events WHERE run_id = @runId AND seq > @after ORDER BY seq LIMIT @limit', input)) {
      events.push(eventOf(row));
      characters += row.data.length;
      if (characters > PAGE_CHARACTERS) break;
    }
    return { events, ended: run.active === 0 };
  },

  /** The log of a run without streamed pieces that were replaced by what followed. */
  runLog: (db: Reader, input: { runId: string }): RunEvent[] => eventsToProject(db, input.runId),

  /** Every kept answer, newest first; not those of agents that left the team. */
  keptApprovals: (db: Reader, _input: Record<string, never>): { hireId: string; hireName: string; toolId: string; decision: string; scope: string; at: number }[] => db.all(
    `SELECT hire_id AS hireId, hires.name AS hireName, tool_id AS toolId, decision, scope, at FROM tool_approvals JOIN hires ON hires.id = hire_id WHERE hires.status <> 'dismissed' ORDER BY at DESC, tool_id, scope`),

  /** A decision kept for this hire, for always or for this conversation; only for exactly this hash. `deny` wins. */
  keptApproval: (db: Reader, input: { hireId: string; conversationId: string | null; toolId: string; hash: string }): 'allow' | 'deny' | undefined => {
    const rows = db.all<{ decision: string }>(
      "SELECT decision FROM tool_approvals WHERE hire_id = @hireId AND tool_id = @toolId AND tool_hash = @hash AND scope IN ('always', @conversation)",
      { hireId: input.hireId, toolId: input.toolId, hash: input.hash, conversation: `conversation:${input.conversationId ?? ''}` });
    if (rows.length === 0) return undefined;
    return rows.some((row) => row.decision !== 'allow') ? 'deny' : 'allow';
  },
} satisfies QueryTable;
