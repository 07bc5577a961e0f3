import { isDeepStrictEqual } from 'node:util';
import type { Message, Part } from '../../../../contract/model/message.ts';
import { textMessage } from '../../../../contract/model/message.ts';
import type { EventData, LoggedToolCall } from '../runs/index.ts';

type Finished = EventData['llm_call_finished'];
type Result = EventData['tool_usage_finished'];
export type TranscriptEvent = { readonly type: string; readonly data: unknown };

/** One answer of the model and what its tool calls gave. */
interface Turn { readonly answer: Finished; readonly results: Map<string, Result> }

/**
 * The messages of a run, made from its log and from nothing else: a run that is resumed or played again puts the very
 * same request to the model.
 */
export interface Transcript {
  add(event: TranscriptEvent): void;
  messages(): Message[];
  /** Tool calls of the last answer that have no result yet, in their order. */
  open(): readonly LoggedToolCall[];
  /** Model calls that were finished. */
  calls(): number;
  /** Tokens of all finished calls together, those of judges and summaries included. */
  tokens(): number;
  /** The last answer when it asked for no tool, else undefined. */
  answer(): Finished | undefined;
  /** Why the engine put a text to the model since the last answer, or undefined. */
  prompted(): string | undefined;
}

/** `attached`: the files that came with what the person said. */
export function createTranscript(events: readonly TranscriptEvent[] = [], attached: readonly Part[] = []): Transcript {
  const items: (Message | Turn)[] = [];
  let last: Turn | undefined;
  let calls = 0;
  let tokens = 0;
  let prompted: string | undefined;
  const transcript: Transcript = {
    add({ type, data }) {
      if (type === 'user_message_added') items.push({ role: 'user', parts: [{ type: 'text', text: (data as { text: string }).text }, ...attached] });
      if (type === 'answer_continued') items.push(textMessage('user', (data as { text: string }).text));
      if (type === 'prompt_added') {
        const { text, reason } = data as EventData['prompt_added'];
        items.push(textMessage('user', text));
        prompted = reason;
      }
      if (type === 'llm_call_finished') {
        last = { answer: data as Finished, results: new Map() };
        items.push(last);
        calls += 1;
        tokens += last.answer.usage.totalTokens;
        prompted = undefined;
      }
      if (type === 'guardrail_finished' || type === 'history_summarised') tokens += (data as EventData['guardrail_finished' | 'history_summarised']).usage?.totalTokens ?? 0;
      if (type === 'tool_usage_finished') {
        const result = data as Result;
        // Calls between tools are not the model's: it never asked for them.
        if (last?.answer.toolCalls.some((call) => call.callId === result.callId)) last.results.set(result.callId, result);
      }
    },
    messages: () => items.flatMap((item) => ('answer' in item ? turnMessages(item) : [item])),
    open: () => last?.answer.toolCalls.filter((call) => !last?.results.has(call.callId)) ?? [],
    calls: () => calls,
    tokens: () => tokens,
    answer: () => (last && last.answer.toolCalls.length === 0 ? last.answer : undefined),
    prompted: () => prompted,
  };
  for (const event of events) transcript.add(event);
  return transcript;
}

/** The model must not believe that its own arguments were used. */
const changeOf = (call: LoggedToolCall, result: Result): string =>
  (call.arguments === undefined || result.arguments === undefined || isDeepStrictEqual(call.arguments, result.arguments) ? '' : `The user changed the arguments of this call before allowing it, to ${JSON.stringify(result.arguments)}. What follows is the result of that.\n`);

function turnMessages({ answer, results }: Turn): Message[] {
  const parts: Part[] = [];
  if (answer.reasoning) parts.push({ type: 'reasoning', text: answer.reasoning.text, provider: answer.provider, ...(answer.reasoning.data === undefined ? {} : { data: answer.reasoning.data }) });
  if (answer.text !== '') parts.push({ type: 'text', text: answer.text });
  for (const call of answer.toolCalls) parts.push({ type: 'tool_call', id: call.providerCallId, tool: call.toolId, name: call.name, arguments: call.arguments ?? {} });
  const answered = answer.toolCalls.flatMap((call): Message[] => {
    const result = results.get(call.callId);
    return result ? [{ role: 'tool', parts: [{ type: 'tool_result', callId: call.providerCallId, name: call.name, content: `${changeOf(call, result)}${result.content}`, isError: result.error !== null }] }] : [];
  });
  return [{ role: 'assistant', parts }, ...answered];
}
