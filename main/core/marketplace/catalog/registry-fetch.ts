/** How a hosted registry is asked: by the core's own http, encrypted outside this machine, and never for longer than it deserves. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { CatalogFetch } from '../../../../packaging/index.ts';
import { isLoopbackHost, type Http } from '../../base/http/index.ts';

/** Milliseconds until the head, and between two pieces; after `graceMs` at least so many bytes a second on average. */
export interface FetchLimits { headMs: number; idleMs: number; graceMs: number; bytesPerSecond: number }

const LIMITS: FetchLimits = { headMs: 30_000, idleMs: 20_000, graceMs: 30_000, bytesPerSecond: 2_048 };
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const refused = (message: string, details: Record<string, unknown>): AppError => new AppError('catalog/unavailable', message, { details, retryable: false });

/** @throws AppError `catalog/unavailable` for an address that is neither https nor on this machine */
export function checkTransport(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) return;
  throw refused(`${url.host} was not asked: outside this machine a registry is read over https alone. Use its https address.`, { host: url.host });
}

/** A fetch for registries. A redirect is followed to the same origin or the same host's https; to another host's https only for what is known by its digest. */
export function registryFetch(http: Pick<Http, 'fetch'>, limits: FetchLimits = LIMITS): CatalogFetch {
  return async (address, options) => {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
    const slow = (host: string): AppError => new AppError('catalog/unavailable', `${host} answers too slowly; the request was given up. Try again later.`, { details: { host } });
    let url = new URL(address);
    const head = setTimeout(() => { stop.abort(slow(url.host)); }, limits.headMs);
    try {
      for (let hop = 0; ; hop += 1) {
        checkTransport(url);
        // Digests are those of the bytes as they lie there.
        const response = await http.fetch(url, { headers: { ...options.headers, 'accept-encoding': 'identity' }, redirect: 'manual', signal });
        const location = response.headers.get('location');
        if (!REDIRECTS.has(response.status) || location === null) return { status: response.status, headers: response.headers, body: response.body && steady(response.body, limits, (why) => { stop.abort(why); }, () => slow(url.host)) };
        await response.body?.cancel();
        const next = URL.parse(location, url);
        if (!next || hop >= MAX_REDIRECTS || !mayLead(url, next, options.elsewhere === true)) throw refused(`${url.host} leads to an address that is not followed.`, { host: url.host });
        url = next;
      }
    } finally {
      clearTimeout(head);
    }
  };
}

const mayLead = (from: URL, to: URL, elsewhere: boolean): boolean => to.origin === from.origin || (to.protocol === 'https:' && (elsewhere || to.hostname === from.hostname));

/** Gives up on a body that pauses too long or drips: a server must not hold a sync open at its pleasure. */
async function* steady(body: AsyncIterable<Uint8Array>, limits: FetchLimits, abort: (why: AppError) => void, slow: () => AppError): AsyncGenerator<Uint8Array> {
  const started = performance.now();
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => { abort(slow()); }, limits.idleMs);
  };
  try {
    wait();
    for await (const chunk of body) {
      bytes += chunk.length;
      const passed = performance.now() - started;
      if (passed > limits.graceMs && bytes < (passed / 1000) * limits.bytesPerSecond) throw slow();
      // The reader's own time does not count.
      clearTimeout(timer);
      yield chunk;
      wait();
    }
  } finally {
    clearTimeout(timer);
    abort(slow());
  }
}
