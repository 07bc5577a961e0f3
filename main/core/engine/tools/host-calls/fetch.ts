import * as z from 'zod/mini';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { parseNetworkTarget } from '../../../../../contract/manifest/index.ts';
import type { FetchAnswer } from '../../../../../sandbox/host/index.ts';
import { coversUrl, MAX_BODY_BYTES } from '../../../base/http/index.ts';
import { granted, grantedHosts } from '../installed-code.ts';
import { denied, parse, type HostCall, type HostCallScope } from './scope.ts';
import { fillIn, keysIn, placeOfBody } from './secret-fill.ts';

/** A host that does not answer holds a tool up no longer than this. */
const FETCH_MS = 60_000;

const argumentsSchema = z.strictObject({
  url: z.string().check(z.maxLength(16_384)),
  method: z.string().check(z.regex(/^[A-Z]{1,20}$/)),
  headers: z.array(z.tuple([z.string().check(z.maxLength(256)), z.string().check(z.maxLength(16_384))])).check(z.maxLength(100)),
  redirect: z._default(z.enum(['follow', 'manual', 'error']), 'follow'),
  encoding: z.optional(z.enum(['utf8', 'base64'])),
  body: z.optional(z.string()),
});

const isPrivate = (host: string): boolean => {
  const target = parseNetworkTarget(host);
  return typeof target !== 'string' && target.private;
};

/** What asks and changes nothing, as far as HTTP goes. */
const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** `ctx.fetch`: to granted hosts only, secrets filled in on the way out. */
export const fetchCall: HostCall = async (scope, args) => {
  const asked = parse(argumentsSchema, args, 'fetch');
  if (asked.redirect === 'manual') throw new AppError('core/bad-input', "fetch follows redirects by itself; redirect: 'manual' is not offered. Leave it out.");
  const url = URL.parse(asked.url);
  if (!url) throw new AppError('core/bad-input', `fetch needs a whole http or https address, not "${asked.url.slice(0, 80)}".`);
  const hosts = grantedHosts(scope.code).map(({ host }) => host);
  const raw = asked.body === undefined ? undefined : asked.encoding === 'base64' ? Buffer.from(asked.body, 'base64') : asked.body;
  const keys = [...new Set([...keysIn(url.search), ...asked.headers.flatMap(([, value]) => keysIn(value)), ...(typeof raw === 'string' ? keysIn(raw) : [])])];
  if (scope.parts.guards.hosts) for (const key of keys) mayCarry(scope, key, url);
  const carriesInBody = typeof raw === 'string' && keysIn(raw).length > 0;
  const contentType = asked.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';

  const send = async (values: ReadonlyMap<string, string>): Promise<FetchAnswer> => {
    const target = new URL(url);
    if (keysIn(url.search).length > 0) target.search = fillIn(url.search, 'query', values);
    // A tool that only reads is refused it below.
    if (!isSafe(asked.method) && !scope.readOnly) await scope.begin();
    const response = await scope.parts.guardedFetch({
      url: target.href, method: asked.method, headers: asked.headers.map(([name, value]) => [name, fillIn(value, 'header', values)] as const),
      body: raw === undefined ? undefined : typeof raw === 'string' ? Buffer.from(fillIn(raw, placeOfBody(contentType), values), 'utf8') : raw,
    }, { hosts, allowPrivate: hosts.filter(isPrivate), readOnly: scope.readOnly, signal: AbortSignal.any([scope.signal, AbortSignal.timeout(FETCH_MS)]), maxBytes: MAX_BODY_BYTES, onBytes: scope.onBytes,
      ...(scope.parts.guards.redirects && { follow: (next: URL, withBody: boolean) => { mayFollow(scope, keys, next, withBody && carriesInBody); } }) });
    const redirected = response.url !== target.href;
    if (redirected && asked.redirect === 'error') throw new AppError('core/unreachable', `${url.host} redirects, and fetch was told not to follow.`);
    // Hosts repeat what they were sent, in errors most of all: no secret goes back to the plugin.
    const { mask } = scope;
    return {
      url: redirected ? mask.text(response.url) : url.href, status: response.status, statusText: mask.text(response.statusText), headers: response.headers.map(([name, value]) => [mask.text(name), mask.text(value)] as [string, string]), redirected,
      ...bodyOf(await mask.bytes(response.body)),
    };
  };
  try {
    return await withValues(scope, keys, send);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') throw new AppError('core/timeout', `${url.host} did not answer within ${FETCH_MS / 1000} seconds. Try again later.`, { cause: error });
    throw error;
  }
};

/** A secret goes to the hosts that it was granted for, and nowhere else. */
function mayCarry(scope: HostCallScope, key: string, url: URL): void {
  const hosts = granted(scope.code, `secret:${key}@`);
  if (!hosts.some((host) => coversUrl(host, url))) throw denied(`secret:${key}@${url.host}`, `The secret "${key}" was not granted for ${url.host}.`);
}

/** Holds all values only while the request is under way. */
function withValues<T>(scope: HostCallScope, keys: readonly string[], use: (values: ReadonlyMap<string, string>) => Promise<T>): Promise<T> {
  const next = (index: number, values: ReadonlyMap<string, string>): Promise<T> => {
    const key = keys[index];
    if (key === undefined) return use(values);
    return scope.parts.secrets.withSecret(scope.code, key, (value) => next(index + 1, new Map([...values, [key, value]])));
  };
  return next(0, new Map());
}

/** Where a host sends the request on to: a body with secrets, or an address into which it wrote one, goes to hosts of those secrets alone. */
function mayFollow(scope: HostCallScope, keys: readonly string[], next: URL, withBody: boolean): void {
  const inAddress = keysIn(scope.mask.text(next.href));
  for (const key of new Set([...inAddress, ...(withBody ? keys : [])])) mayCarry(scope, key, next);
}

/** Text as text: the guest is an interpreter, to which decoding base64 is dear. */
function bodyOf(bytes: Uint8Array): Pick<FetchAnswer, 'encoding' | 'body'> {
  try {
    return { encoding: 'utf8', body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    // Not text.
    return { encoding: 'base64', body: Buffer.from(bytes).toString('base64') };
  }
}
