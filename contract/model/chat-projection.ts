import * as z from 'zod/mini';
import { attachmentSchema } from './attachment.ts';
import type { ChatMessage, ToolCallView } from './chat.ts';
import { citationSchema } from './knowledge.ts';
import { usedMemorySchema } from './memory.ts';
import { addCost } from './price.ts';
import type { RunEvent } from './run.ts';

/** What the projection needs to know of a run. */
export interface ProjectedRun { readonly id: string; readonly conversationId: string | null }

/**
 * The messages of one chat turn, made from the run's log event by event. The core stores the result when the run ends;
 * the page shows it while the run goes on. Both use this one reducer, so that nothing jumps when the one takes over.
 */
export interface Projection {
  /** Takes the next events; those that were seen before (by `seq`) change nothing. The cost depends on these events only. */
  add(events: readonly RunEvent[]): void;
  /** The messages as far as they have come. A message that did not change since the last call is the same object. */
  messages(): readonly ChatMessage[];
}

type Block = ChatMessage['blocks'][number];
type Data = RunEvent['data'];

/** The id of the answer of a run: a run answers once. */
export const answerIdOf = (runId: string): string => `${runId}_a`;

/** The messages of a run whose events are at hand. Empty for a run outside a conversation. */
export function projectRun(run: ProjectedRun, events: readonly RunEvent[]): ChatMessage[] {
  const projection = createProjection(run);
  projection.add(events);
  return [...projection.messages()];
}

export function createProjection(run: ProjectedRun): Projection {
  const draft = new Draft(run.id, run.conversationId ?? '');
  let lastSeq = 0;
  return {
    add(events) {
      if (run.conversationId === null) return;
      for (const event of events) {
        if (event.seq <= lastSeq) continue;
        lastSeq = event.seq;
        REDUCERS[event.type]?.(draft, event.data, event);
      }
    },
    messages: () => draft.messages(),
  };
}

/** The state between events. Blocks are replaced, never changed, so that a reader may hold on to what it got. */
class Draft {
  user: ChatMessage | undefined;
  answer: ChatMessage | undefined;
  readonly runId: string;
  readonly conversationId: string;
  private readonly blocks: Block[] = [];
  private readonly toolAt = new Map<string, number>();
  /** The text block of the model call under way. */
  private textAt: number | undefined;
  private noticeAt: number | undefined;
  /** What the model says is shown when the guardrails let it pass. */
  held = false;
  private shown: readonly ChatMessage[] | undefined;

  constructor(runId: string, conversationId: string) {
    this.runId = runId;
    this.conversationId = conversationId;
  }

  /** `user` is what the person said; undefined when the answer goes on where an earlier one was cut off. */
  begin(user: ChatMessage | undefined, answer: Pick<ChatMessage, 'seq' | 'at' | 'parentId' | 'continues'>): void {
    this.user = user;
    this.answer = {
      id: answerIdOf(this.runId), conversationId: this.conversationId, runId: this.runId, role: 'assistant',
      status: 'streaming', blocks: [], model: null, usage: null, ...answer,
    };
    this.touch();
  }

  change(part: Partial<ChatMessage>): void {
    if (!this.answer) return;
    this.answer = { ...this.answer, ...part };
    this.touch();
  }

  /** What one model call took; `contextTokens` when it was the agent's own. */
  spend(usage: Data, contextTokens = this.answer?.usage?.contextTokens): void {
    const before = this.answer?.usage;
    this.change({ usage: {
      promptTokens: (before?.promptTokens ?? 0) + count(usage.promptTokens),
      completionTokens: (before?.completionTokens ?? 0) + count(usage.completionTokens),
      estimated: (before?.estimated ?? false) || usage.estimated === true,
      cost: addCost(before ? before.cost ?? null : undefined, typeof usage.cost === 'number' ? usage.cost : null),
      ...(contextTokens !== undefined && { contextTokens }),
    } });
  }

  /** A model call begins. What an earlier one streamed and never finished was read, and stays. */
  callStarted(): void { this.textAt = undefined; }

  addText(text: string): void {
    this.dropNotice();
    const block = this.textAt === undefined ? undefined : this.blocks[this.textAt];
    if (block?.type === 'text' && this.textAt !== undefined) this.blocks[this.textAt] = { type: 'text', text: block.text + text };
    else this.textAt = this.blocks.push({ type: 'text', text }) - 1;
    this.touch();
  }

  callFinished(text: string): void {
    this.dropNotice();
    if (this.textAt !== undefined && text !== '') this.blocks[this.textAt] = { type: 'text', text };
    else if (this.textAt !== undefined) this.removeBlock(this.textAt);
    else if (text !== '') this.blocks.push({ type: 'text', text });
    this.textAt = undefined;
    this.touch();
  }

  tool(callId: string): ToolCallView | undefined {
    const block = this.blocks[this.toolAt.get(callId) ?? -1];
    return block?.type === 'tool' ? block.call : undefined;
  }

  tools(): ToolCallView[] {
    return this.blocks.flatMap((block) => (block.type === 'tool' ? [block.call] : []));
  }

  putTool(call: ToolCallView): void {
    const at = this.toolAt.get(call.callId);
    if (at === undefined) this.toolAt.set(call.callId, this.blocks.push({ type: 'tool', call }) - 1);
    else this.blocks[at] = { type: 'tool', call };
    this.touch();
  }

  addNotice(code: string, message: string): void {
    this.blocks.push({ type: 'notice', code, message });
    this.touch();
  }

  addSummary(summary: Extract<Block, { type: 'summary' }>): void {
    this.dropNotice();
    if (summary.text !== '') this.blocks.push(summary);
    this.touch();
  }

  /** A notice that goes away when the answer goes on. */
  waitNotice(code: string, message: string): void {
    this.dropNotice();
    this.noticeAt = this.blocks.push({ type: 'notice', code, message }) - 1;
    this.touch();
  }

  dropNotice(): void {
    if (this.noticeAt === undefined) return;
    this.removeBlock(this.noticeAt);
    this.noticeAt = undefined;
  }

  messages(): readonly ChatMessage[] {
    if (!this.shown) {
      if (this.answer) this.answer = { ...this.answer, blocks: [...this.blocks] };
      this.shown = [this.user, this.answer].filter((message) => message !== undefined);
    }
    return this.shown;
  }

  private removeBlock(at: number): void {
    this.blocks.splice(at, 1);
    for (const [callId, index] of this.toolAt) if (index > at) this.toolAt.set(callId, index - 1);
    if (this.noticeAt !== undefined && this.noticeAt > at) this.noticeAt -= 1;
    if (this.textAt !== undefined && this.textAt > at) this.textAt -= 1;
    this.touch();
  }

  private touch(): void { this.shown = undefined; }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const object = (value: unknown): Data => (typeof value === 'object' && value !== null ? (value as Data) : {});

const viewOf = (data: Data): ToolCallView => ({
  callId: text(data.callId), toolId: text(data.toolId), name: text(data.name),
  effect: data.effect === 'read' || data.effect === 'destructive' ? data.effect : 'write',
  arguments: data.arguments, state: 'running', result: null, error: null, logs: [], durationMs: null, ...(data.unsigned === true && { unsigned: true as const }),
});

const failureOf = (data: Data): { code: string; message: string } => {
  const error = object(data.error);
  return { code: text(error.code) || 'core/internal', message: text(error.message) || 'The answer ended with an error.' };
};

/** A tool that was under way when the run ended has no result and never will. */
function end(draft: Draft, status: ChatMessage['status']): void {
  draft.dropNotice();
  for (const call of draft.tools()) {
    if (call.state === 'running' || call.state === 'waiting_for_approval') draft.putTool({ ...call, state: 'failed', error: 'The answer ended before this was done.' });
  }
  draft.change({ status });
}

type Reducer = (draft: Draft, data: Data, event: RunEvent) => void;

const REDUCERS: Readonly<Record<string, Reducer | undefined>> = {
  user_message_added: (draft, data, event) => {
    const [id, seq, at] = [text(data.messageId), count(data.seq), count(data.at) || event.at];
    const attached = z.array(attachmentSchema).safeParse(data.attachments);
    draft.begin({
      id, conversationId: draft.conversationId, runId: draft.runId, seq, parentId: text(data.parentId) || null, role: 'user', at,
      status: 'done', blocks: [{ type: 'text', text: text(data.text) }], model: null, usage: null,
      ...(attached.success && attached.data.length > 0 && { attachments: attached.data }),
    }, { seq: count(data.answerSeq) || seq + 1, parentId: id, at });
  },
  answer_continued: (draft, data, event) => { draft.begin(undefined, { seq: count(data.seq), parentId: text(data.messageId) || null, at: event.at, continues: true }); },
  llm_call_started: (draft, data) => {
    draft.callStarted();
    draft.held = data.held === true;
    if (draft.held) draft.waitNotice('guardrail/held', 'The answer is shown when it has been checked.');
    draft.change({ model: text(data.model) || null });
  },
  history_summary_started: (draft) => { draft.waitNotice('history/summing-up', 'The conversation is longer than the model can read at once. Its beginning is being summed up.'); },
  history_summarised: (draft, data) => {
    if (data.usage != null) draft.spend(object(data.usage));
    draft.addSummary({ type: 'summary', text: text(data.text), through: text(data.through), messages: count(data.messages) });
  },
  guardrail_started: (draft, data) => { if (data.on === 'output') draft.waitNotice('guardrail/checking', 'The answer is being checked.'); },
  guardrail_finished: (draft, data) => {
    draft.dropNotice();
    if (data.usage != null) draft.spend(object(data.usage));
    const reason = text(data.reason);
    if (reason !== '') draft.addNotice(`guardrail/${text(data.verdict)}`, reason);
  },
  tool_model_call_finished: (draft, data) => { draft.spend(object(data.usage)); },
  assistant_message_finished: (draft, data) => {
    if (draft.held) draft.callFinished(text(data.text));
    draft.held = false;
  },
  llm_stream_chunk: (draft, data) => { if (typeof data.text === 'string' && data.text !== '') draft.addText(data.text); },
  llm_call_retried: (draft, data) => { draft.waitNotice(text(data.code), `The model did not answer. Trying again in ${Math.max(1, Math.round(count(data.delayMs) / 1000))} s.`); },
  llm_call_delayed: (draft, data) => { draft.waitNotice('models/waiting', `Waiting for the rate limit of ${text(data.name)}, ${Math.max(1, Math.ceil(count(data.delayMs) / 1000))} s.`); },
  llm_call_admitted: (draft) => { draft.dropNotice(); },
  llm_call_finished: (draft, data) => {
    draft.callFinished(draft.held ? '' : text(data.text));
    const usage = object(data.usage);
    draft.spend(usage, count(usage.promptTokens) + count(usage.completionTokens));
  },
  tool_approval_requested: (draft, data, event) => { draft.putTool({ ...draft.tool(text(data.callId)), ...viewOf(data), state: 'waiting_for_approval', questionId: event.id }); },
  tool_approval_answered: (draft, data) => {
    const call = draft.tool(text(data.callId));
    if (call) draft.putTool({ ...call, state: data.decision === 'allow' ? 'running' : 'denied', ...(data.arguments !== undefined && { arguments: data.arguments }) });
  },
  tool_approval_withdrawn: (draft, data) => {
    const call = draft.tool(text(data.callId));
    if (call?.state === 'waiting_for_approval') draft.putTool({ ...call, state: 'failed', error: text(data.message) });
  },
  tool_usage_started: (draft, data) => { draft.putTool({ ...draft.tool(text(data.callId)), ...viewOf(data), state: 'running' }); },
  tool_usage_finished: (draft, data) => {
    const call = draft.tool(text(data.callId)) ?? viewOf(data);
    const error = data.error == null ? null : failureOf(data).message;
    draft.putTool({
      ...call, state: error === null ? 'done' : data.denied === true ? 'denied' : 'failed', error, result: typeof data.content === 'string' ? data.content : null,
      logs: Array.isArray(data.logs) ? data.logs.filter((line) => typeof line === 'string') : [], durationMs: typeof data.durationMs === 'number' ? data.durationMs : null,
    });
  },
  memory_recalled: (draft, data) => {
    const memories = z.array(usedMemorySchema).safeParse(data.memories);
    if (memories.success && memories.data.length > 0) draft.change({ memories: memories.data });
  },
  knowledge_found: (draft, data) => {
    const passages = z.array(citationSchema).safeParse(data.passages);
    if (passages.success && passages.data.length > 0) draft.change({ citations: [...draft.answer?.citations ?? [], ...passages.data] });
  },
  notice_added: (draft, data) => { draft.addNotice(text(data.code), text(data.message)); },
  run_finished: (draft) => { end(draft, 'done'); },
  run_failed: (draft, data) => { end(draft, 'failed'); const { code, message } = failureOf(data); draft.addNotice(code, message); },
  run_cancelled: (draft) => { end(draft, 'cancelled'); },
  run_interrupted: (draft, data) => { end(draft, 'interrupted'); const { code, message } = failureOf(data); draft.addNotice(code, message); },
};
