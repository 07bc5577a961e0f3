import type OpenAI from 'openai';
import type { FilePart, Message, Part, ReasoningPart } from '../../../../contract/model/message.ts';
import type { ChatRequest } from './chat-model.ts';
import { fileAsText } from './file-text.ts';

type WireMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;
type WireContent = OpenAI.Chat.Completions.ChatCompletionContentPart;
export type WireParams = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;

/** What is left out or written otherwise for one model, learned from its refusals. */
export interface Dialect {
  readonly usageInStream: boolean;
  readonly jsonSchema: boolean;
  readonly maxTokensName: 'max_tokens' | 'max_completion_tokens';
  readonly temperature: boolean;
  readonly seed: boolean;
}

export const PLAIN_DIALECT: Dialect = { usageInStream: true, jsonSchema: true, maxTokensName: 'max_tokens', temperature: true, seed: true };

/** Our request in the words of Chat Completions. */
export function toWire(model: string, provider: string, request: ChatRequest, dialect: Dialect): WireParams {
  const { responseSchema } = request;
  const messages = request.messages.flatMap((message) => wireMessages(message, provider));
  if (responseSchema && !dialect.jsonSchema) messages.push({ role: 'system', content: `Answer with JSON alone, no other words, of this JSON Schema:\n${JSON.stringify(responseSchema.schema)}` });
  return {
    model, messages, stream: true,
    ...(dialect.usageInStream ? { stream_options: { include_usage: true } } : {}),
    ...(request.tools.length > 0 ? { tools: request.tools.map((tool) => ({ type: 'function' as const, function: { name: tool.name, description: tool.description, parameters: { ...tool.input } } })) } : {}),
    ...(responseSchema && dialect.jsonSchema ? { response_format: { type: 'json_schema' as const, json_schema: { name: responseSchema.name, schema: { ...responseSchema.schema } } } } : {}),
    ...(request.maxTokens === undefined ? {} : { [dialect.maxTokensName]: request.maxTokens }),
    ...(request.temperature === undefined || !dialect.temperature ? {} : { temperature: request.temperature }),
    ...(request.seed === undefined || !dialect.seed ? {} : { seed: request.seed }),
  };
}

function wireMessages(message: Message, provider: string): WireMessage[] {
  if (message.role === 'tool') {
    return message.parts.flatMap((part): WireMessage[] => (part.type === 'tool_result'
      // Chat Completions has no field for failure: the words must say it.
      ? [{ role: 'tool', tool_call_id: part.callId, content: part.isError && !/^error\b/i.test(part.content) ? `Error: ${part.content}` : part.content }] : []));
  }
  if (message.role === 'assistant') return [wireAssistant(message.parts, provider)];
  const content = message.parts.flatMap(wireContent);
  if (message.role === 'system') return [{ role: 'system', content: texts(message.parts) }];
  return [{ role: 'user', content: content.every((part) => part.type === 'text') ? content.map(({ text }) => text).join('\n') : content }];
}

const texts = (parts: readonly Part[]): string => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');

function wireAssistant(parts: readonly Part[], provider: string): WireMessage {
  const calls = parts.flatMap((part) => (part.type === 'tool_call' ? [{ id: part.id, type: 'function' as const, function: { name: part.name, arguments: JSON.stringify(part.arguments ?? {}) } }] : []));
  const text = texts(parts);
  const reasoning = parts.findLast((part): part is ReasoningPart => part.type === 'reasoning' && part.provider === provider);
  return { role: 'assistant', content: text === '' && calls.length > 0 ? null : text, ...(calls.length > 0 ? { tool_calls: calls } : {}), ...reasoningFields(reasoning, calls.length > 0) };
}

/** Opaque fields go back as they came, only to the provider they came from, and only those that are asked for: some refuse reasoning outside of a tool loop. */
function reasoningFields(part: ReasoningPart | undefined, inToolLoop: boolean): object {
  if (typeof part?.data !== 'object' || part.data === null) return {};
  const allowed = inToolLoop ? ['reasoning_details', 'reasoning_content'] : ['reasoning_details'];
  return Object.fromEntries(Object.entries(part.data).filter(([name]) => allowed.includes(name)));
}

function wireContent(part: Part): WireContent[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }];
  if (part.type === 'image') return [...part.name === undefined ? [] : [{ type: 'text' as const, text: `Image "${part.name.replace(/["\r\n]/g, ' ')}":` }], { type: 'image_url', image_url: { url: `data:${part.mediaType};base64,${part.data}` } }];
  return part.type === 'file' ? [wireFile(part)] : [];
}

/** A text file is text for every model; other files need a provider that takes them. */
function wireFile(part: FilePart): WireContent {
  const text = fileAsText(part);
  if (text !== undefined) return { type: 'text', text };
  return { type: 'file', file: { filename: part.name, file_data: `data:${part.mediaType};base64,${part.data}` } };
}

/** The parameter to leave out or rename, when a refusal names one; undefined when it is about something else. */
export function adapted(dialect: Dialect, refusal: { status: number | undefined; message: string; code: string }, sent: WireParams): Dialect | undefined {
  if (refusal.status !== 400 && refusal.status !== 422 && refusal.status !== 501) return undefined;
  const said = `${refusal.code} ${refusal.message}`;
  if (sent.stream_options && /stream_options|include_usage/i.test(said)) return { ...dialect, usageInStream: false };
  if (sent.response_format && /response_format|json_schema|structured output/i.test(said)) return { ...dialect, jsonSchema: false };
  if (sent.max_tokens !== undefined && /max_completion_tokens|max_tokens.{0,40}(unsupported|not supported)|(unsupported|not supported).{0,40}max_tokens/i.test(said)) return { ...dialect, maxTokensName: 'max_completion_tokens' };
  if (sent.max_completion_tokens !== undefined && /max_completion_tokens/i.test(said)) return { ...dialect, maxTokensName: 'max_tokens' };
  if (sent.temperature !== undefined && /temperature/i.test(said)) return { ...dialect, temperature: false };
  if (sent.seed !== undefined && /\bseed\b/i.test(said)) return { ...dialect, seed: false };
  return undefined;
}
