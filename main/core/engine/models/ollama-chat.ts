/** Ollama's own way to be asked: over its compatible address nobody can say how much of a prompt it is to read. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { ModelInfo } from '../../../../contract/model/model-ref.ts';
import type { Message } from '../../../../contract/model/message.ts';
import type { ChatRequest } from './chat-model.ts';
import { refusalOf } from './discover.ts';
import { fileAsText } from './file-text.ts';
import { below, type ProviderAddress } from './provider-address.ts';
import { readLimited } from './read-limited.ts';
import { estimatePromptTokens } from './usage-estimate.ts';

const LEAST = 4_096;
/** What is kept free for an answer whose length nobody limited, in tokens. */
const ANSWER = 2_048;
/** The estimate may be that much too low. */
const CAREFUL = 1.3;
const MAX_LINE = 16 * 1024 * 1024;
const MAX_REFUSAL = 64 * 1024;

/** How much a model was last asked to read: a model that is told another length is loaded anew, which takes long. */
export interface AskedLength { get(): number; set(length: number): void }

/**
 * The `num_ctx` of one request: what it needs with its answer, doubled from 4,096 on, never less than the last time and
 * never more than the model's own length. Errors: `models/context-too-long` when that is not enough for the prompt alone.
 */
export function contextFor(request: ChatRequest, info: ModelInfo, last: number): number {
  const prompt = estimatePromptTokens(request);
  const most = info.contextLength ?? Infinity;
  if (prompt > most) throw new AppError('models/context-too-long', `This does not fit into ${info.label}: it is about ${prompt} tokens, and the model reads ${most} at once. Nothing was cut or sent. Choose a model that reads more, or shorten what is asked.`, { details: { provider: info.provider, model: info.model, needed: prompt, contextLength: most } });
  const needed = Math.ceil(prompt * CAREFUL) + (request.maxTokens ?? ANSWER);
  let length = Math.max(LEAST, last);
  while (length < needed) length *= 2;
  return Math.min(length, most);
}

/** Asks `/api/chat` and gives its lines in the form of the compatible API's chunks. What it throws has the form of the client's errors. */
export async function* askOllama(address: ProviderAddress, info: ModelInfo, request: ChatRequest, asked: AskedLength, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
  const length = contextFor(request, info, asked.get());
  asked.set(length);
  const response = await address.fetch(chatUrl(address.provider.baseUrl), {
    method: 'POST', headers: { 'accept': 'application/x-ndjson', 'content-type': 'application/json' }, signal, redirect: 'manual', body: JSON.stringify(bodyOf(info.model, request, length)),
  });
  if (!response.ok) throw Object.assign(new Error('refused'), refused(response.status, await readLimited(response, MAX_REFUSAL, () => new RangeError('too long')), response));
  let calls = 0;
  for await (const line of lines(response)) {
    const { error, message, done } = line;
    if (typeof error === 'string') throw Object.assign(new Error('refused'), { status: undefined, error: { message: error } });
    const said = typeof message === 'object' && message !== null ? message as Record<string, unknown> : {};
    const toolCalls = (Array.isArray(said['tool_calls']) ? said['tool_calls'] as Record<string, unknown>[] : []).map((call) => ({ ...call, index: calls++ }));
    yield {
      model: line['model'], choices: [{ delta: { content: said['content'], reasoning: said['thinking'], tool_calls: toolCalls }, finish_reason: done === true ? line['done_reason'] ?? 'stop' : null }],
      ...(done === true && { usage: { prompt_tokens: line['prompt_eval_count'], completion_tokens: line['eval_count'] } }),
    };
  }
}

/** The address beside the compatible one. */
const chatUrl = (baseUrl: string): string => {
  const url = new URL(baseUrl);
  url.pathname = url.pathname.replace(/\/v1\/?$/, '/');
  return below(url.href, 'api/chat');
};

const refused = (status: number, text: string, response: Response): object => {
  const { message, code } = refusalOf(text, response);
  return { status, error: { message, code }, headers: response.headers };
};

function bodyOf(model: string, request: ChatRequest, length: number): object {
  return {
    // An Ollama that knows `truncate` refuses what does not fit; an older one is never sent it, by the length.
    model, stream: true, truncate: false, messages: request.messages.flatMap(messagesOf),
    ...(request.tools.length > 0 && { tools: request.tools.map((tool) => ({ type: 'function', function: { name: tool.name, description: tool.description, parameters: tool.input } })) }),
    ...(request.responseSchema && { format: request.responseSchema.schema }),
    options: { num_ctx: length, ...(request.maxTokens !== undefined && { num_predict: request.maxTokens }), ...(request.temperature !== undefined && { temperature: request.temperature }), ...(request.seed !== undefined && { seed: request.seed }) },
  };
}

function messagesOf({ role, parts }: Message): object[] {
  if (role === 'tool') return parts.flatMap((part) => (part.type === 'tool_result' ? [{ role, tool_name: part.name, content: part.isError && !/^error\b/i.test(part.content) ? `Error: ${part.content}` : part.content }] : []));
  const content = parts.flatMap((part) => (part.type === 'text' ? [part.text] : part.type === 'file' ? [fileAsText(part) ?? `(The file "${part.name.replace(/["\r\n]/g, ' ')}" is none that this model can read.)`] : [])).join('\n');
  const images = parts.flatMap((part) => (part.type === 'image' ? [part.data] : []));
  const calls = parts.flatMap((part) => (part.type === 'tool_call' ? [{ function: { name: part.name, arguments: part.arguments ?? {} } }] : []));
  return [{ role, content, ...(images.length > 0 && { images }), ...(calls.length > 0 && { tool_calls: calls }) }];
}

/** One JSON object a line, however the pieces come. A line that is none is left to whoever reads what was cut. */
async function* lines(response: Response): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  const read = (line: string): Record<string, unknown>[] => (line.trim() === '' ? [] : [JSON.parse(line) as Record<string, unknown>]);
  for await (const piece of response.body ?? []) {
    rest += decoder.decode(piece as Uint8Array, { stream: true });
    if (rest.length > MAX_LINE) throw new SyntaxError('A line without an end.');
    const whole = rest.split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) yield* read(line);
  }
  yield* read(rest);
}
