import { AppError } from '../../../../../contract/errors/app-error.ts';
import { textOf, type Message } from '../../../../../contract/model/message.ts';
import type { ModelInfo } from '../../../../../contract/model/model-ref.ts';
import type { AnsweredToolCall, ChatAnswer, ChatDelta, ChatModel, ChatRequest, Clock, Sleep } from '../chat-model.ts';
import { cancelled } from '../errors.ts';
import { estimateUsage } from '../usage-estimate.ts';
import { wordsOfFile } from '../file-text.ts';
import { helpText, noArgumentsText, resultText, type Given, type Outcome } from './answer.ts';
import { planSteps, type Step } from './choose.ts';
import { asSchema } from './conforms.ts';
import { gather } from './evidence.ts';
import { fill } from './fill.ts';
import { wordsOf } from './words.ts';

export const PRACTICE_PROVIDER = 'practice';

export const PRACTICE_INFO: ModelInfo = {
  provider: PRACTICE_PROVIDER, model: 'practice', label: 'Practice model', contextLength: null,
  capabilities: { tools: true, parallelTools: true, jsonSchema: true, vision: false, reasoning: false, usageInStream: true }, local: true, practice: true,
};

const WORD_DELAY_MS = 15;

/**
 * A model of rules: no weights, no network, the same answer for the same messages. It reads the tools and schemas of
 * the request, picks tools by the words of the last user message, takes arguments from it, and quotes what came back.
 * It exists for previews, tests and the first minutes, and says what it is.
 */
export function createPracticeModel(deps: { clock: Clock; sleep: Sleep; wordDelayMs?: number }): ChatModel {
  const wordDelayMs = deps.wordDelayMs ?? WORD_DELAY_MS;
  return {
    info: PRACTICE_INFO,
    async chat(request, onDelta) {
      const startedAt = deps.clock.now();
      let firstTokenMs: number | null = null;
      const emit = (delta: ChatDelta): void => {
        firstTokenMs ??= deps.clock.now() - startedAt;
        onDelta(delta);
      };
      const reply = decide(request, startedAt);
      await stream(reply, request.signal, emit, (ms) => (ms > 0 ? deps.sleep(ms, request.signal) : Promise.resolve()), wordDelayMs);
      return {
        ...reply, usage: estimateUsage(request, reply.text, reply.toolCalls), finish: reply.toolCalls.length > 0 ? 'tool_calls' : 'stop',
        model: PRACTICE_INFO.model, provider: PRACTICE_PROVIDER, requestMs: deps.clock.now() - startedAt, firstTokenMs,
      } satisfies ChatAnswer;
    },
  };
}

interface Reply { readonly text: string; readonly toolCalls: readonly AnsweredToolCall[] }

function decide(request: ChatRequest, now: number): Reply {
  const { asked, files, outcomes, before, made } = readConversation(request.messages);
  const steps = planSteps(asked, request.tools);
  // A step that failed ends the plan: what follows was meant to build on it.
  const failed = outcomes.some((outcome) => outcome.isError);
  const next = failed ? [] : nextSteps(steps, outcomes.length);
  const previous = outcomes.at(-1)?.content ?? before;
  const calls = next.flatMap((step, index) => callOf(step, previous, now, `call_${made + index + 1}`));
  if (calls.length > 0) return { text: '', toolCalls: calls };
  if (request.responseSchema) return { text: structured(request, asked, previous, now), toolCalls: [] };
  if (outcomes.length > 0) return { text: resultText(outcomes), toolCalls: [] };
  return { text: next[0] ? noArgumentsText(next[0]) : helpText(asked, request.tools, files), toolCalls: [] };
}

/** The steps to take now: the next one, and those after it that need no result of it. */
function nextSteps(steps: readonly Step[], done: number): Step[] {
  const rest = steps.slice(done);
  const stop = rest.findIndex((step, index) => index > 0 && step.alone);
  return stop < 0 ? rest : rest.slice(0, stop);
}

function callOf(step: Step, previous: string | undefined, now: number, id: string): AnsweredToolCall[] {
  const evidence = gather(withoutName(step.clause, step.tool.name), [...wordsOf(step.tool.name), ...wordsOf(step.tool.description)], previous, now);
  const input = step.tool.input;
  // Arguments are always an object, said or not.
  const args = fill(input['type'] === undefined ? { ...input, type: 'object' } : input, '', evidence);
  return args === undefined ? [] : [{ id, name: step.tool.name, arguments: args, rawArguments: JSON.stringify(args) }];
}

/** A name like `tool-2` must not be read as a number or a file; a name that is a plain word is left, since it may be part of a text. */
const withoutName = (clause: string, name: string): string => (/[^a-zA-Z]/.test(name) ? clause.replace(name, () => ' '.repeat(name.length)) : clause);

function structured(request: ChatRequest, asked: string, previous: string | undefined, now: number): string {
  const schema = asSchema(request.responseSchema?.schema) ?? {};
  const value = fill(schema, '', gather(asked, [], previous, now));
  if (value === undefined) throw new AppError('models/bad-answer', 'The practice model found no value that the wanted schema accepts. Check the schema, or use another model.');
  return JSON.stringify(value);
}

/** What the user asked last, what the tools answered since, the text that stood before, and how many calls there ever were. */
function readConversation(messages: readonly Message[]): { asked: string; files: Given[]; outcomes: Outcome[]; before: string | undefined; made: number } {
  const at = messages.findLastIndex((message) => message.role === 'user');
  const asked = at < 0 ? '' : textOf(messages[at] as Message);
  const outcomes = messages.slice(at + 1).flatMap((message) => message.parts.flatMap((part) => (part.type === 'tool_result' ? [part] : [])));
  const made = messages.flatMap((message) => message.parts).filter((part) => part.type === 'tool_call').length;
  const earlier = messages.slice(0, Math.max(at, 0));
  const results = earlier.flatMap((message) => message.parts.flatMap((part) => (part.type === 'tool_result' && !part.isError ? [part.content] : [])));
  const said = earlier.filter((message) => message.role === 'assistant').map(textOf).filter((text) => text !== '');
  const files = (at < 0 ? [] : messages[at]?.parts ?? []).flatMap((part): Given[] => (part.type === 'file' ? [{ name: part.name, words: wordsOfFile(part) ?? '' }] : []));
  return { asked, files, outcomes, before: results.at(-1) ?? said.at(-1), made };
}

async function stream(reply: Reply, signal: AbortSignal, emit: (delta: ChatDelta) => void, pause: (ms: number) => Promise<void>, wordDelayMs: number): Promise<void> {
  try {
    signal.throwIfAborted();
    for (const [index, call] of reply.toolCalls.entries()) {
      emit({ type: 'tool_call', index, id: call.id, name: call.name });
      await pause(wordDelayMs);
      emit({ type: 'tool_call', index, argumentsDelta: call.rawArguments });
    }
    for (const word of reply.text.match(/\s*\S+\s*$|\s*\S+/g) ?? []) {
      signal.throwIfAborted();
      emit({ type: 'text', text: word });
      await pause(wordDelayMs);
    }
    signal.throwIfAborted();
  } catch (error) {
    if (signal.aborted) throw cancelled();
    throw error;
  }
}
