import { hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import { textMessage, type Message } from '../../../../contract/model/message.ts';
import { failpoint } from '../../base/observe/index.ts';
import { estimatePromptTokens, type ChatAnswer, type ResponseSchema, type ToolSpec } from '../models/index.ts';
import type { EventData, LoggedToolCall, RunContext } from '../runs/index.ts';
import { canonicalJson, sha256 } from '../tools/index.ts';
import type { ModelInUse } from './failover.ts';
import { maySumUp, sumUp, withSummary, type ReadHistory } from './compaction.ts';
import { fitResults, mustFit, type Fitted } from './context-fit.ts';
import { withoutOldest, type HistoryEntry } from './history.ts';
import type { Transcript } from './transcript.ts';

export interface ModelCallParts {
  readonly context: RunContext;
  readonly transcript: Transcript;
  readonly model: ModelInUse;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  /** Ids of the tools that are put to the model with what stands in the transcript; without it all of them are. */
  readonly handed?: ((messages: readonly Message[]) => ReadonlySet<string>) | undefined;
  /** The tool's id by the name that the model uses. */
  readonly toolIds: ReadonlyMap<string, string>;
  readonly responseSchema?: ResponseSchema | undefined;
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  /** The text is shown by `assistant_message_finished` alone, after it was checked. */
  readonly held?: boolean | undefined;
}

/** What of the model's context the request may fill; the rest is kept free for the answer. */
const REQUEST_SHARE = 0.75;
/** What of that the run's own messages may take where there is a history as well, before their results are shortened for it. */
const OWN_SHARE = 0.7;
/** After summing up there is room for more turns, so that not each of them sums up again. */
const SUMMED_SHARE = 0.4;

/**
 * One call of the model, measured first, streamed and recorded. What does not fit of this run's own results is shortened for the
 * model; what does not fit of the history is summed up from its oldest end, where the person can read it; when no summary can be
 * had it is left out. The person is told so, once for each time. What still does not fit is refused.
 * @returns the answer as it stands in the log, and the history that is left
 */
export async function callModel(parts: ModelCallParts, given: ReadHistory, withTools: boolean): Promise<{ answer: EventData['llm_call_finished']; history: ReadHistory }> {
  const { context, transcript } = parts;
  const chosen = parts.handed?.(transcript.messages());
  const tools = withTools ? parts.tools.filter(({ name }) => chosen?.has(parts.toolIds.get(name) ?? '') ?? true) : [];
  let own: Fitted = { messages: transcript.messages(), shortened: [] };
  const requestFor = (some: ReadHistory): { messages: Message[]; tools: readonly ToolSpec[]; responseSchema: ResponseSchema | undefined } => ({
    messages: seen([textMessage('system', withSummary(parts.system, some)), ...some.entries.flatMap((entry) => entry.messages), ...own.messages], parts.model.current().info.capabilities.vision),
    tools, responseSchema: parts.responseSchema,
  });
  const fit = (some: ReadHistory, share = REQUEST_SHARE): readonly HistoryEntry[] => fitting(some.entries, parts.model.current().info.contextLength, share, (fewer) => estimatePromptTokens(requestFor({ ...some, entries: fewer })));
  let history = given;
  const measured = (): number => estimatePromptTokens(requestFor(history));
  const fitOwn = (room: number): void => {
    const alone = (messages: readonly Message[]): number => estimatePromptTokens({ messages: [textMessage('system', withSummary(parts.system, history)), ...messages], tools, responseSchema: parts.responseSchema });
    own = fitResults(transcript.messages(), room, alone);
    if (own.shortened.length > 0) tellShortened(context, parts);
  };
  const shorten = async (): Promise<void> => {
    own = { messages: transcript.messages(), shortened: [] };
    const room = (parts.model.current().info.contextLength ?? Infinity) * REQUEST_SHARE;
    if (measured() > room) fitOwn(history.entries.length > 0 ? room * OWN_SHARE : room);
    if (fit(history).length === history.entries.length) return;
    if (maySumUp(history)) history = await sumUp(context, transcript, parts.model.current(), history, fit(history, SUMMED_SHARE));
    const entries = fit(history);
    if (entries.length < history.entries.length) tellLeftOut(context, history.entries.length - entries.length);
    history = { ...history, entries };
  };
  await shorten();
  for (;;) {
    const model = parts.model.current();
    const request = requestFor(history);
    mustFit(request, model.info);
    const llmCallId = context.ids.next();
    const started = context.emit('llm_call_started', {
      ...(parts.held && { held: true as const }), ...(chosen && { tools: tools.map(({ name }) => name) }), ...(own.shortened.length > 0 && { shortened: own.shortened }), llmCallId, iteration: transcript.calls() + 1, model: `${model.info.provider}/${model.info.model}`, withTools, history: history.entries.map((entry) => entry.id), summary: history.summary?.of ?? null,
      messages: request.messages.length, sha256: sha256(canonicalJson({ ...request, messages: request.messages.map(digested) })),
      parameters: { maxTokens: parts.maxTokens ?? null, temperature: parts.temperature ?? null, seed: null, responseSchema: parts.responseSchema?.schema ?? null },
    });
    let shown = false;
    try {
      const answer = await model.chat({ ...request, maxTokens: parts.maxTokens, temperature: parts.temperature, signal: context.signal }, (delta) => {
        if (delta.type === 'text' && !parts.held) context.stream(delta.text);
        if (delta.type === 'retry') context.emit('llm_call_retried', { attempt: delta.attempt, delayMs: delta.delayMs, code: delta.code }, started);
        const first = !shown && !parts.held && delta.type !== 'retry';
        if (first) shown = true;
        if (first && delta.type === 'text') failpoint('run.after-first-chunk');
      });
      context.signal.throwIfAborted();
      const data = logged(answer, llmCallId, transcript, parts.toolIds);
      context.emit('llm_call_finished', data, started);
      transcript.add({ type: 'llm_call_finished', data });
      failpoint('run.after-model');
      return { answer: data, history };
    } catch (error) {
      if (context.signal.aborted) throw context.signal.reason;
      const { code, message } = toWire(error);
      context.emit('llm_call_failed', { llmCallId, error: { code, message } }, started);
      const instead = shown ? undefined : await parts.model.failOver(error);
      if (instead) {
        context.emit('notice_added', instead);
        await shorten();
        continue;
      }
      // The estimate was too low, or the model's length is not known: half as much is tried as long as there is any.
      const { entries } = history;
      if (shown || !hasCode(error, 'models/context-too-long')) throw error;
      if (entries.length === 0) {
        const [before, tokens] = [JSON.stringify(own.shortened), measured()];
        fitOwn(tokens / 2);
        if (JSON.stringify(own.shortened) === before) throw error;
        continue;
      }
      const fewer = withoutOldest(entries, Math.ceil(entries.length / 2));
      if (maySumUp(history)) history = await sumUp(context, transcript, model, history, fewer);
      if (history.entries === entries) {
        tellLeftOut(context, entries.length - fewer.length);
        history = { ...history, entries: fewer };
      }
    }
  }
}

/** Files by their digest: megabytes made into JSON once more would hold everything else up. */
const digested = (message: Message): Message => (message.parts.some((part) => part.type === 'image' || part.type === 'file')
  ? { ...message, parts: message.parts.map((part) => (part.type === 'image' || part.type === 'file' ? { ...part, data: sha256(part.data) } : part)) } : message);

/** A model that cannot see is told of an image instead of being sent it; one of which that is not known is sent it. */
const seen = (messages: Message[], vision: boolean | null): Message[] => (vision !== false ? messages : messages.map((message) => (message.parts.some(({ type }) => type === 'image')
  ? { ...message, parts: message.parts.map((part) => (part.type === 'image' ? { type: 'file' as const, name: part.name ?? 'image', mediaType: 'text/plain', data: UNSEEN } : part)) } : message)));
const UNSEEN = Buffer.from('(An image, which this model cannot see.)').toString('base64');

function fitting(history: readonly HistoryEntry[], contextLength: number | null, share: number, tokensOf: (left: readonly HistoryEntry[]) => number): readonly HistoryEntry[] {
  if (contextLength === null) return history;
  const room = contextLength * share;
  let left = history;
  while (left.length > 0 && tokensOf(left) > room) left = withoutOldest(left, Math.max(1, Math.floor(left.length / 8)));
  return left;
}

const SHORTENED = 'models/results-shortened';

function tellShortened({ past, emit }: RunContext, told: object): void {
  if (TOLD.has(told) || past.some((event) => event.type === 'notice_added' && event.data.code === SHORTENED)) return;
  TOLD.add(told);
  emit('notice_added', { code: SHORTENED, message: 'What the tools gave is longer than the model can read at once: long results were shortened for it. Here they stand whole.' });
}
/** Runs that were told of it; a run's parts live as long as it does. */
const TOLD = new WeakSet();

function tellLeftOut(context: RunContext, count: number): void {
  // A resumed run measures again and comes to the same.
  if (context.past.some((event) => event.type === 'notice_added' && event.data.code === 'models/context-too-long')) return;
  context.emit('notice_added', { code: 'models/context-too-long', message: `The conversation is longer than the model can read at once: its oldest ${count} messages were left out of this answer.` });
}

/** Gives each call an id that is unique in the run; a provider's own is kept where it can be. */
function logged(answer: ChatAnswer, llmCallId: string, transcript: Transcript, toolIds: ReadonlyMap<string, string>): EventData['llm_call_finished'] {
  const taken = new Set(transcript.messages().flatMap((message) => message.parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : []))));
  const round = transcript.calls() + 1;
  const toolCalls = answer.toolCalls.map((call, index): LoggedToolCall => {
    const callId = `c${round}-${index + 1}`;
    const providerCallId = call.id === '' || taken.has(call.id) ? `call${String(round).padStart(3, '0')}${String(index + 1).padStart(2, '0')}` : call.id;
    taken.add(providerCallId);
    return { callId, providerCallId, toolId: toolIds.get(call.name) ?? '', name: call.name, ...(call.arguments === undefined ? {} : { arguments: call.arguments }), rawArguments: call.arguments === undefined ? call.rawArguments : '' };
  });
  return {
    llmCallId, text: answer.text, toolCalls, reasoning: answer.reasoning ? { text: answer.reasoning.text, ...(answer.reasoning.data === undefined ? {} : { data: answer.reasoning.data }) } : null,
    usage: answer.usage, finish: answer.finish, model: answer.model, provider: answer.provider, requestMs: answer.requestMs, firstTokenMs: answer.firstTokenMs,
  };
}
