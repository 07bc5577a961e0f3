import { AppError } from '../../../../../contract/errors/app-error.ts';
import { projectRun } from '../../../../../contract/model/chat-projection.ts';
import type { Run, RunEvent, TokenUsage } from '../../../../../contract/model/run.ts';
import type { TransactionTable, Writer } from '../handles.ts';
import { ACTIVE, eventsToProject, runById } from '../queries/runs.ts';
import { pluginStorageTransactions } from './plugin-storage.ts';

type NewEvent = Omit<RunEvent, 'run' | 'seq'>;
export type NewRun = Pick<Run, 'id' | 'pluginId' | 'executionType' | 'executionTarget' | 'parameters' | 'conversationId' | 'hireId' | 'parentRunId' | 'model' | 'createdAt'>;

const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

export function insertRun(db: Writer, run: NewRun): void {
  db.run(`INSERT INTO runs (id, plugin_id, execution_type, execution_target, parameters, status, conversation_id, hire_id, model, parent_run_id, created_at)
VALUES (@id, @pluginId, @executionType, @executionTarget, @parameters, 'pending', @conversationId, @hireId, @model, @parentRunId, @createdAt)`,
  { ...run, pluginId: run.pluginId ?? '', parameters: JSON.stringify(run.parameters ?? {}) });
}

/** Adds to the end of the log; the store gives each event its place. Answers the last place. */
export function insertEvents(db: Writer, runId: string, events: readonly NewEvent[]): number {
  let seq = db.get<{ last: number }>('SELECT last_seq AS last FROM runs WHERE id = @runId', { runId })?.last ?? 0;
  for (const event of events) {
    seq += 1;
    db.run('INSERT INTO run_events (run_id, seq, id, parent, at, type, channel, namespace, data) VALUES (@runId, @seq, @id, @parent, @at, @type, @channel, @namespace, @data)',
      { runId, seq, id: event.id, parent: event.parent, at: event.at, type: event.type, channel: event.channel, namespace: event.namespace.join('/'), data: JSON.stringify(event.data) });
  }
  db.run('UPDATE runs SET last_seq = @seq WHERE id = @runId', { runId, seq });
  return seq;
}

/** Stores the messages that the run's log amounts to now. */
export function storeMessages(db: Writer, runId: string): void {
  const run = runById(db, runId);
  if (!run?.conversationId) return;
  for (const message of projectRun(run, eventsToProject(db, runId))) {
    db.run(`INSERT INTO messages (id, conversation_id, run_id, seq, parent_id, role, content, at, status) VALUES (@id, @conversationId, @runId, @seq, @parentId, @role, @content, @at, @status)
ON CONFLICT (id) DO UPDATE SET run_id = excluded.run_id, content = excluded.content, status = excluded.status`,
    { id: message.id, conversationId: message.conversationId, runId, seq: message.seq, parentId: message.parentId ?? '', role: message.role, at: message.at, status: message.status,
      content: JSON.stringify({ blocks: message.blocks, model: message.model, usage: message.usage, continues: message.continues, attachments: message.attachments, memories: message.memories, citations: message.citations }) });
  }
}

const isActive = (db: Writer, runId: string): boolean => db.get(`SELECT 1 FROM runs WHERE id = @runId AND status IN ${ACTIVE}`, { runId }) !== undefined;

function mustExist(db: Writer, id: string): void {
  if (!db.get('SELECT 1 FROM runs WHERE id = @id', { id })) throw new AppError('run/not-found', `There is no run "${id}". It may have been deleted; open the list of runs.`);
}

/** Named transactions of the domain runs; each is a plain function that runs in the writer thread. */
export const runsTransactions = {
  ...pluginStorageTransactions,

  startRun(db: Writer, input: { run: NewRun; events: readonly NewEvent[] }): { runId: string } {
    insertRun(db, input.run);
    insertEvents(db, input.run.id, input.events);
    return { runId: input.run.id };
  },

  /** One step of a run. A run that has ended takes nothing more: what comes late is dropped and the answer is false. */
  appendRunEvents(db: Writer, input: { runId: string; events: readonly NewEvent[]; status?: 'running' | 'waiting' | undefined; at: number }): boolean {
    if (!isActive(db, input.runId)) return false;
    insertEvents(db, input.runId, input.events);
    if (input.status) db.run('UPDATE runs SET status = @status, started_at = coalesce(started_at, @at) WHERE id = @runId', { status: input.status, at: input.at, runId: input.runId });
    return true;
  },

  /** The last step: its events, the run's result and the messages of its conversation become true together. A second end changes nothing. */
  finishRun(db: Writer, input: { runId: string; events: readonly NewEvent[]; status: 'completed' | 'failed' | 'cancelled' | 'interrupted'; result: unknown; error: Run['error']; tokenUsage: TokenUsage | null; at: number }): boolean {
    if (!isActive(db, input.runId)) return false;
    insertEvents(db, input.runId, input.events);
    db.run('UPDATE runs SET status = @status, completed_at = @at, result = @result, error = @error, token_usage = @usage WHERE id = @runId',
      { runId: input.runId, status: input.status, at: input.at, result: json(input.result), error: json(input.error), usage: json(input.tokenUsage) });
    storeMessages(db, input.runId);
    db.run('UPDATE conversations SET updated_at = @at WHERE id = (SELECT conversation_id FROM runs WHERE id = @runId)', { at: input.at, runId: input.runId });
    return true;
  },

  /** Answers the newest question about one tool call. Errors: `run/not-found` when none is open, `run/question-replaced` when it is not the one that was answered. */
  answerRunApproval(db: Writer, input: { runId: string; callId: string; questionId: string; decision: 'allow' | 'deny'; scope: 'once' | 'conversation' | 'always'; event: NewEvent; at: number }): Record<string, never> {
    const steps = db.all<{ id: string; type: string; data: string }>("SELECT id, type, data FROM run_events WHERE run_id = @runId AND type IN ('tool_approval_requested', 'tool_approval_answered', 'tool_approval_withdrawn') ORDER BY seq", { runId: input.runId });
    const open = new Map<string, { id: string; toolId: string; hash: string }>();
    for (const step of steps) {
      const data = JSON.parse(step.data) as { callId: string; toolId: string; hash: string };
      if (step.type === 'tool_approval_requested') open.set(data.callId, { ...data, id: step.id });
      else open.delete(data.callId);
    }
    const asked = open.get(input.callId);
    if (!asked || !isActive(db, input.runId)) throw new AppError('run/not-found', 'This question is no longer open: it was answered, or the run has ended. Reload to see where it stands.');
    if (asked.id !== input.questionId) throw new AppError('run/question-replaced', 'Another question about this call took the place of the one that was answered, so nothing was allowed or denied. Read the new question and answer that one.');
    insertEvents(db, input.runId, [input.event]);
    db.run('UPDATE runs SET status = @status WHERE id = @runId', { status: open.size > 1 ? 'waiting' : 'running', runId: input.runId });
    const run = runById(db, input.runId);
    if (run?.hireId && input.scope !== 'once') {
      db.run(`INSERT INTO tool_approvals (hire_id, tool_id, tool_hash, decision, scope, at) VALUES (@hireId, @toolId, @hash, @decision, @scope, @at)
ON CONFLICT (hire_id, tool_id, scope) DO UPDATE SET tool_hash = excluded.tool_hash, decision = excluded.decision, at = excluded.at`,
      { hireId: run.hireId, toolId: asked.toolId, hash: asked.hash, decision: input.decision, at: input.at, scope: input.scope === 'always' ? 'always' : `conversation:${run.conversationId ?? run.id}` });
    }
    return {};
  },

  /** Notes the wish, so that it holds even when the core dies before it is done. Errors: `run/not-found`. */
  requestRunCancel(db: Writer, input: { runId: string; event: NewEvent }): Record<string, never> {
    mustExist(db, input.runId);
    if (isActive(db, input.runId)) insertEvents(db, input.runId, [input.event]);
    return {};
  },
} satisfies TransactionTable;
