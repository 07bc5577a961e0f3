/** What the models room needs around it, in memory, and a raw server for answers that must be exact. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { textMessage } from '../../../contract/model/message.ts';
import type { ModelRef } from '../../../contract/model/model-ref.ts';
import { createHttp, type Http } from '../../../main/core/base/http/index.ts';
import { createModels, type ChatDelta, type ChatModel, type ChatRequest, type LocalPort, type Models, type ModelSecrets, type ModelsStore, type StoredModel, type StoredProvider, type ToolSpec } from '../../../main/core/engine/models/index.ts';

export function memoryStore(): ModelsStore & { readonly kept: { providers: StoredProvider[]; models: StoredModel[]; chosen: ModelRef | null } } {
  const kept = { providers: [] as StoredProvider[], models: [] as StoredModel[], chosen: null as ModelRef | null };
  return {
    kept,
    providers: async () => [...kept.providers],
    saveProvider: async (provider) => { kept.providers = [...kept.providers.filter((entry) => entry.id !== provider.id), provider]; },
    deleteProvider: async (id) => {
      kept.providers = kept.providers.filter((entry) => entry.id !== id);
      kept.models = kept.models.filter((entry) => entry.provider !== id);
      if (kept.chosen?.provider === id) kept.chosen = null;
    },
    models: async () => [...kept.models],
    replaceModels: async (provider, models) => { kept.models = [...kept.models.filter((entry) => entry.provider !== provider), ...models]; },
    defaultModel: async () => kept.chosen,
    saveDefaultModel: async (ref) => { kept.chosen = ref; },
  };
}

export function memorySecrets(): ModelSecrets & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    withSecret: async (id, use) => {
      const value = values.get(id);
      if (value === undefined) throw new Error(`no secret ${id}`);
      return use(value);
    },
    set: async (_label, value) => {
      const id = `secret-${values.size + 1}`;
      values.set(id, value);
      return id;
    },
    remove: async (id) => { values.delete(id); },
  };
}

export interface World { readonly models: Models; readonly http: Http; readonly store: ReturnType<typeof memoryStore>; readonly secrets: ReturnType<typeof memorySecrets>; readonly slept: number[]; readonly warnings: string[]; now: number }

/** A models room whose clock stands still and whose waits take no time. */
export function world(options: { random?: () => number; offline?: () => boolean; firstPieceMs?: number; idleMs?: number; localPorts?: readonly LocalPort[]; sleep?: (ms: number, signal: AbortSignal) => Promise<void>; network?: Partial<Parameters<typeof createHttp>[0]> } = {}): World {
  const store = memoryStore();
  const secrets = memorySecrets();
  const slept: number[] = [];
  const warnings: string[] = [];
  const http = createHttp({ offline: options.offline ?? (() => false), environment: {}, ...options.network });
  let count = 0;
  const result = { store, secrets, slept, warnings, http, now: 1_700_000_000_000 };
  const models = createModels({
    http, store, secrets, clock: { now: () => result.now }, random: options.random ?? (() => 0.5), ids: { next: () => `id${(count += 1)}` },
    sleep: async (ms, signal) => {
      slept.push(ms);
      if (options.sleep) await options.sleep(ms, signal);
      signal.throwIfAborted();
    },
    log: { warn: (_fields, message) => { warnings.push(message); } }, limits: { firstPieceMs: options.firstPieceMs ?? 5_000, idleMs: options.idleMs ?? 5_000 }, practiceWordDelayMs: 0, localPorts: options.localPorts ?? [],
  });
  return Object.assign(result, { models });
}

export interface Raw { readonly url: string; readonly server: Server; readonly requests: { path: string; headers: IncomingMessage['headers']; body: Record<string, unknown> }[]; close(): Promise<void> }
export type Answer = (response: ServerResponse, body: Record<string, unknown>, request: IncomingMessage, number: number) => void;

/** Answers `GET …/models` with one model named `m`, and every chat request with the next answer given (the last one again and again). */
export async function rawProvider(...answers: Answer[]): Promise<Raw> {
  const requests: Raw['requests'] = [];
  let chats = 0;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => { text += String(chunk); });
    request.on('end', () => {
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      if (request.method === 'GET') {
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model', context_length: 8192 }] }));
        return;
      }
      answers[Math.min(chats, answers.length - 1)]?.(response, body, request, chats += 1);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, server, requests,
    close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }),
  };
}

export const sse = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });
export const chunk = (delta: object, finish: string | null = null, more: object = {}): string => `data: ${JSON.stringify({ id: 'c', model: 'm-served', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
export const DONE = 'data: [DONE]\n\n';
/** A whole streamed answer of one text. */
export const says = (text: string): Answer => (response) => { sse(response).end(chunk({ role: 'assistant', content: text }) + chunk({}, 'stop') + DONE); };
/** A refusal with a body in the usual shape. */
export const refuses = (status: number, error: object, headers: Record<string, string> = {}): Answer => (response) => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error })); };

export const ask = (text: string, more: Partial<ChatRequest> = {}): ChatRequest => ({ messages: [textMessage('user', text)], tools: [], signal: new AbortController().signal, ...more });

/** Asks and keeps every delta. */
export async function run(model: ChatModel, request: ChatRequest): Promise<{ answer: Awaited<ReturnType<ChatModel['chat']>>; deltas: ChatDelta[] }> {
  const deltas: ChatDelta[] = [];
  return { answer: await model.chat(request, (delta) => { deltas.push(delta); }), deltas };
}

export const tool = (name: string, description: string, properties: Record<string, unknown>, required = Object.keys(properties)): ToolSpec => ({ name, description, input: { type: 'object', properties, required, additionalProperties: false } });

/** The error that a promise rejects with, as plain data. */
export async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string; details: Record<string, unknown>; retryable: boolean }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string; details: Record<string, unknown>; retryable: boolean };
  }
  throw new Error('expected a rejection, and it resolved');
}
