import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { bareHost, isPublicAddress } from './address.ts';
import { ACCEPTED_ENCODINGS, decoded } from './body.ts';
import type { Connect } from './connect.ts';
import { exchange, OpeningAgent, unreachable } from './exchange.ts';
import { coversUrl, permissionFor } from './host-pattern.ts';

export interface GuardedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
}

export interface GuardPolicy {
  /** Network permissions that were granted, as the manifest writes them: exact hosts or one leading wildcard. */
  readonly hosts: readonly string[];
  /** Any host of the public internet besides those; never one on this machine or a private network. */
  readonly anyPublic?: boolean;
  /** Those of them that may lead to private, link-local or loopback addresses. */
  readonly allowPrivate: readonly string[];
  /** The call may only read: GET and HEAD alone. */
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
  /** Judges another address that a host redirects to, besides the grants; throws to refuse. `withBody`: the request's body would go along. */
  readonly follow?: (next: URL, withBody: boolean) => void;
  /** Limit of the answer's body, counted decoded; at most 10 MiB counts. */
  readonly maxBytes: number;
  /** Told of the body's decoded bytes as they come; what it throws ends the request. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

export interface GuardedResponse {
  readonly status: number;
  readonly statusText: string;
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly headers: [string, string][];
  readonly body: Uint8Array;
}

export interface GuardParts {
  readonly allow: (url: URL) => void;
  readonly lookup: (host: string) => Promise<readonly string[]>;
  readonly connect: Connect;
  readonly userAgent: string;
}

export const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Headers that belong to the connection, which is ours. */
const OURS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect', 'keep-alive', 'accept-encoding', 'proxy-authorization', 'proxy-connection', 'http2-settings']);
/** What may go along to another origin; any other header may be a credential. */
const HARMLESS = new Set(['accept', 'accept-language', 'content-language', 'content-type', 'user-agent', 'range', 'if-none-match', 'if-modified-since', 'cache-control']);

/**
 * Makes a request for code that is not trusted. Every hop is held against the grants, its name is resolved once, the
 * addresses are judged, and the connection goes to exactly those.
 * Errors: `permission/denied` (`details.permission` names `network:<host>`), `core/bad-input`, `core/offline`,
 * `core/unreachable`, `sandbox/result-too-large`, `sandbox/busy` (of `onBytes`); the signal's reason when aborted.
 */
export async function guardedFetch(request: GuardedRequest, policy: GuardPolicy, parts: GuardParts): Promise<GuardedResponse> {
  let url = parseUrl(request.url);
  let method = request.method.toUpperCase();
  let { body } = request;
  let headers = cleanHeaders(request.headers);
  for (let hop = 0; ; hop += 1) {
    policy.signal.throwIfAborted();
    checkMethod(url, method, policy);
    const agent = await admitted(url, policy, parts);
    const sent: (readonly [string, string])[] = [...headers, ['accept-encoding', ACCEPTED_ENCODINGS]];
    if (!headers.some(([name]) => name === 'user-agent')) sent.push(['user-agent', parts.userAgent]);
    const response = await exchange({ url, method, headers: [...sent, ['connection', 'close']], body, signal: policy.signal, agent });
    const status = response.statusCode ?? 0;
    const location = response.headers.location;
    if (!REDIRECTS.has(status) || location === undefined) {
      const bytes = await readAll(decoded(response), Math.min(policy.maxBytes, MAX_BODY_BYTES), url, policy);
      return { status, statusText: response.statusMessage ?? '', url: url.href, headers: pairs(response.rawHeaders), body: bytes };
    }
    response.destroy();
    if (hop >= MAX_REDIRECTS) throw new AppError('core/unreachable', `${url.host} redirects more than ${MAX_REDIRECTS} times. Use the final address.`, { details: { host: url.host, reason: 'redirect' } });
    const next = parseUrl(URL.parse(location, url)?.href ?? '');
    if (status === 303 || (method === 'POST' && (status === 301 || status === 302))) {
      method = method === 'HEAD' ? 'HEAD' : 'GET';
      body = undefined;
      headers = headers.filter(([name]) => !name.startsWith('content-'));
    }
    if (next.origin !== url.origin) {
      // A header or a body may carry a secret that was granted for the first host alone.
      headers = headers.filter(([name]) => HARMLESS.has(name));
      if (body !== undefined && bareHost(next.hostname) !== bareHost(url.hostname)) throw denied(next, `${url.host} redirects a request with a body to ${next.host}, which was not asked for. Send it to the final address.`);
    }
    policy.follow?.(next, body !== undefined);
    url = next;
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new AppError('core/bad-input', `Expected an http or https address, got "${text.slice(0, 80)}". Check how it is written.`);
  if (url.username !== '' || url.password !== '') throw new AppError('core/bad-input', 'An address must not hold a user name or a password. Use a header.');
  return url;
}

const denied = (url: URL, message: string): AppError => new AppError('permission/denied', message, { details: { permission: permissionFor(url), host: url.host } });

function checkMethod(url: URL, method: string, policy: GuardPolicy): void {
  if (!TOKEN.test(method) || method === 'CONNECT' || method === 'TRACE') throw new AppError('core/bad-input', `The method "${method.slice(0, 20)}" cannot be used. Use GET, HEAD, POST, PUT, PATCH or DELETE.`);
  if (policy.readOnly && method !== 'GET' && method !== 'HEAD') throw denied(url, `A tool that only reads may send GET and HEAD, not ${method}, to ${url.host}. Declare the tool's effect as write.`);
}

/** Holds one hop against the grants; answers an agent that connects to the judged addresses and nowhere else. */
async function admitted(url: URL, policy: GuardPolicy, parts: GuardParts): Promise<OpeningAgent> {
  if (policy.anyPublic !== true && !policy.hosts.some((entry) => coversUrl(entry, url))) throw denied(url, `The permission ${permissionFor(url)} is needed to reach ${url.host} and was not granted.`);
  const mayBePrivate = policy.allowPrivate.some((entry) => coversUrl(entry, url));
  parts.allow(url);
  const addresses = await resolvedOnce(url, parts);
  const hidden = mayBePrivate ? undefined : addresses.find((address) => !isPublicAddress(address));
  if (hidden !== undefined) throw denied(url, `${url.host} leads to ${hidden}, an address on this machine or a private network. The permission ${permissionFor(url)} does not cover that unless it was granted for private addresses.`);
  const secure = url.protocol === 'https:';
  return new OpeningAgent(secure, (host, port) => parts.connect({ host, port, secure, addresses, proxy: undefined }), false);
}

/** The addresses of a host, asked for once: the connection goes to these. */
export async function resolvedOnce(url: URL, parts: Pick<GuardParts, 'lookup'>): Promise<readonly string[]> {
  const host = bareHost(url.hostname);
  if (isIP(host) !== 0) return [host];
  const addresses = await parts.lookup(host).catch((cause: unknown) => { throw unreachable(url, cause); });
  if (addresses.length === 0) throw unreachable(url, Object.assign(new Error('no address'), { code: 'ENOTFOUND' }));
  return addresses;
}

function cleanHeaders(headers: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return headers.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name, value]) => {
    if (!TOKEN.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new AppError('core/bad-input', `The header "${name.slice(0, 60)}" holds characters that a header cannot hold. Encode its value.`);
    return !OURS.has(name);
  });
}

const pairs = (raw: readonly string[]): [string, string][] => Array.from({ length: Math.floor(raw.length / 2) }, (_, index) => [(raw[index * 2] ?? '').toLowerCase(), raw[index * 2 + 1] ?? '']);

async function readAll(source: Readable, limit: number, url: URL, { signal, onBytes }: Pick<GuardPolicy, 'signal' | 'onBytes'>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > limit) throw new AppError('sandbox/result-too-large', `${url.host} answered more than the ${limit} bytes that may come. Ask for less.`, { details: { host: url.host, limit } });
      onBytes?.(chunk.byteLength);
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw hasCode(error, 'sandbox/result-too-large', 'sandbox/busy') ? error : unreachable(url, error);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
