import { AppError } from '../../../../contract/errors/app-error.ts';
import type { ModelInfo } from '../../../../contract/model/model-ref.ts';
import type { Message, ToolResultPart } from '../../../../contract/model/message.ts';
import { estimatePromptTokens, type ChatRequest } from '../models/index.ts';

/** What is left of a result that had to make room, in characters. */
const LEAST_KEPT = 400;
const CHARACTERS_A_TOKEN = 4;
/** Tokens are estimated, so that a result which is cut to measure is cut a little shorter. */
const CAREFUL = 0.9;

export interface Fitted {
  readonly messages: Message[];
  /** The results that were shortened, by the id under which the model knows their call, and how many characters were kept. */
  readonly shortened: readonly { readonly callId: string; readonly kept: number }[];
}

/**
 * Shortens what tools gave in this run until the messages take `room` tokens, or cannot be made shorter: older results first and
 * to their beginnings, those of the last round last and only as far as needed. Each says how much is missing and how to get at it.
 */
export function fitResults(messages: readonly Message[], room: number, tokensOf: (messages: readonly Message[]) => number): Fitted {
  const fitted = [...messages];
  const kept = new Map<string, number>();
  const cut = (at: number, to: number): void => {
    const message = fitted[at];
    const before = messages[at]?.parts[0];
    if (message === undefined || before?.type !== 'tool_result' || before.content.length <= to) return;
    fitted[at] = { ...message, parts: [{ ...before, content: shortened(before.content, to) }] };
    kept.set(before.callId, to);
  };
  const results = messages.flatMap((message, at) => (message.parts[0]?.type === 'tool_result' ? [at] : []));
  const lastRound = messages.findLastIndex(({ role }) => role === 'assistant');
  for (const at of results.filter((one) => one < lastRound)) {
    if (tokensOf(fitted) <= room) break;
    cut(at, LEAST_KEPT);
  }
  const newest = results.filter((at) => at > lastRound);
  const over = tokensOf(fitted) - room;
  if (over > 0) {
    const lengths = newest.map((at) => (messages[at]?.parts[0] as ToolResultPart).content.length);
    const share = (lengths.reduce((sum, length) => sum + length, 0) - over * CHARACTERS_A_TOKEN) * CAREFUL / Math.max(1, newest.length);
    for (const at of newest) cut(at, Math.max(LEAST_KEPT, Math.floor(share)));
  }
  for (const at of newest) if (tokensOf(fitted) > room) cut(at, LEAST_KEPT);
  return { messages: fitted, shortened: [...kept].map(([callId, length]) => ({ callId, kept: length })) };
}

const shortened = (content: string, to: number): string =>
  `${content.slice(0, to)}\n[Shortened by Troupe, since the model cannot read all of it at once: the first ${to} of ${content.length} characters stand here. For the rest, call the tool again and ask for less at once: a later part, or narrower arguments.]`;

/**
 * Refuses a request that a model of this length could not read whole, with what takes how much. Servers on this machine cut such
 * requests without a word, and the estimate may be off by a quarter; others refuse them by themselves.
 * Errors: `models/context-too-long`.
 */
export function mustFit(request: Pick<ChatRequest, 'messages' | 'tools' | 'responseSchema'>, info: ModelInfo): void {
  if (info.contextLength === null) return;
  const most = Math.floor(info.contextLength * (info.local ? 0.75 : 0.95));
  const needed = estimatePromptTokens(request);
  if (needed <= most) return;
  const system = estimatePromptTokens({ messages: request.messages.slice(0, 1), tools: [] });
  const tools = estimatePromptTokens({ messages: [], tools: request.tools, responseSchema: request.responseSchema });
  const number = (tokens: number): string => tokens.toLocaleString('en-US');
  throw new AppError('models/context-too-long', `This does not fit into ${info.label}: of about ${number(needed)} tokens, ${number(system)} are the agent's instructions, ${number(tools)} its tools and ${number(needed - system - tools)} what was said and found. The model reads ${number(info.contextLength)} at once, of which ${number(most)} are for the request. Nothing was cut or sent. Choose a model that reads more, give the agent fewer tools, or ask for less at once.`, {
    details: { provider: info.provider, model: info.model, needed, system, tools, most, contextLength: info.contextLength },
  });
}
