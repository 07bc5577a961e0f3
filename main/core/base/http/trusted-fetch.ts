import type { Agent, IncomingMessage } from 'node:http';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { ACCEPTED_ENCODINGS, decoded, toWebStream } from './body.ts';
import { exchange, unreachable } from './exchange.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const NULL_BODY = new Set([101, 103, 204, 205, 304]);

export interface TrustedParts {
  /** Throws `core/offline` when the host may not be asked now. */
  readonly allow: (url: URL) => void;
  readonly agentFor: (url: URL) => Promise<Agent>;
  readonly userAgent: string;
}

/** The shape of `fetch` for addresses that the user or Troupe itself chose. Follows redirects; credentials stay with the origin they were meant for. */
export async function trustedFetch(input: string | URL | Request, init: RequestInit | undefined, parts: TrustedParts): Promise<Response> {
  const request = await readRequest(input, init);
  const { signal, redirect } = request;
  let { url, method, body } = request;
  const headers = request.headers;
  for (let hop = 0; ; hop += 1) {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new AppError('core/bad-input', `Expected an http or https address, got ${url.protocol.slice(0, 20)}. Check the address.`);
    parts.allow(url);
    if (!headers.has('accept-encoding')) headers.set('accept-encoding', ACCEPTED_ENCODINGS);
    if (!headers.has('user-agent')) headers.set('user-agent', parts.userAgent);
    const response = await exchange({ url, method, headers: [...headers], body, signal, agent: await parts.agentFor(url) });
    const location = response.headers.location;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined || redirect === 'manual') return toResponse(response, url, signal);
    response.destroy();
    const next = URL.parse(location, url);
    if (!next || redirect === 'error' || hop >= MAX_REDIRECTS) throw new AppError('core/unreachable', `${url.host} redirects ${hop >= MAX_REDIRECTS ? 'too often' : 'where we do not follow'}. Use the final address.`, { details: { host: url.host, reason: 'redirect' } });
    if (response.statusCode === 303 || (method === 'POST' && (response.statusCode === 301 || response.statusCode === 302))) {
      method = method === 'HEAD' ? 'HEAD' : 'GET';
      body = undefined;
      headers.delete('content-type');
    }
    if (next.origin !== url.origin) for (const name of ['authorization', 'cookie', 'proxy-authorization', 'api-key', 'x-api-key']) headers.delete(name);
    url = next;
  }
}

interface ReadRequest { url: URL; method: string; headers: Headers; body: Uint8Array | undefined; signal: AbortSignal | undefined; redirect: string }

async function readRequest(input: string | URL | Request, init: RequestInit | undefined): Promise<ReadRequest> {
  const from = input instanceof Request ? input : undefined;
  const url = URL.parse(from ? from.url : String(input));
  if (!url) throw new AppError('core/bad-input', 'Expected a web address. Check how it is written.');
  if (url.username !== '' || url.password !== '') throw new AppError('core/bad-input', 'An address must not hold a user name or a password. Give the key in its own field.');
  const method = (init?.method ?? from?.method ?? 'GET').toUpperCase();
  const headers = new Headers(init?.headers ?? from?.headers);
  for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) headers.delete(name);
  const body = await readBody(init?.body ?? (from && from.body !== null ? await from.arrayBuffer() : null), headers);
  return { url, method, headers, body, signal: init?.signal ?? from?.signal ?? undefined, redirect: init?.redirect ?? 'follow' };
}

async function readBody(body: NonNullable<RequestInit['body']> | ArrayBuffer | null, headers: Headers): Promise<Uint8Array | undefined> {
  if (body === null) return undefined;
  if (body instanceof Uint8Array) return body;
  // Response knows every kind of body there is, and its content type.
  const response = new Response(body);
  const type = response.headers.get('content-type');
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
  return new Uint8Array(await response.arrayBuffer());
}

function toResponse(message: IncomingMessage, url: URL, signal: AbortSignal | undefined): Response {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) {
    message.destroy();
    throw unreachable(url, new Error(`status ${status}`));
  }
  const headers = new Headers();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) headers.append(message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '');
  const failure = (error: unknown): unknown => (signal?.aborted ? signal.reason : unreachable(url, error ?? Object.assign(new Error('closed early'), { code: 'ECONNRESET' })));
  const none = NULL_BODY.has(status);
  if (none) message.resume();
  const response = new Response(none ? null : toWebStream(decoded(message), message, failure), { status, statusText: /^[\t\x20-\x7e]*$/.test(message.statusMessage ?? '') ? message.statusMessage ?? '' : '', headers });
  Object.defineProperty(response, 'url', { value: url.href });
  return response;
}
