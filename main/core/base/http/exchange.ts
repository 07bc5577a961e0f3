import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';

/** Opens the connection for one request or, pooled, for several to the same host. */
export type Opener = (host: string, port: number) => Promise<Duplex>;

/** An agent whose sockets come from `open` alone; Node's own ways to connect and resolve are never used. */
export class OpeningAgent extends Agent {
  private readonly opener: Opener;

  constructor(secure: boolean, opener: Opener, keepAlive: boolean) {
    super({ keepAlive, keepAliveMsecs: 30_000, maxFreeSockets: 8, timeout: 0 });
    this.opener = opener;
    Object.assign(this, { protocol: secure ? 'https:' : 'http:', defaultPort: secure ? 443 : 80 });
  }

  override createConnection(options: { host?: string | null; port?: string | number | null }, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    // Node's type asks for a stream even beside an error; what it reads then is the error alone.
    const failed = (error: unknown): void => callback?.(error instanceof Error ? error : new Error(String(error)), undefined as unknown as Duplex);
    this.opener(options.host ?? '', Number(options.port)).then((socket) => callback?.(null, socket), failed);
    return undefined;
  }
}

export interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | undefined;
  readonly signal: AbortSignal | undefined;
  readonly agent: Agent;
}

/**
 * Sends one request and resolves with the head of the answer. No redirect is followed.
 * Errors: the signal's reason when aborted; `core/unreachable` with `details.reason` when there was no answer.
 */
export async function exchange(what: Exchange): Promise<IncomingMessage> {
  try {
    return await once(what);
  } catch (error) {
    // A kept connection that the other side closed meanwhile: a fresh one may carry what may be done twice.
    if (error instanceof StaleConnection && !what.signal?.aborted) return once(what).catch((again: unknown) => { throw again instanceof StaleConnection ? unreachable(what.url, again.cause) : again; });
    throw error;
  }
}

class StaleConnection extends Error {}
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

function once(what: Exchange): Promise<IncomingMessage> {
  const { url, signal } = what;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const headers = what.headers.flatMap(([name, value]) => [name, value]);
    const request = httpRequest({
      agent: what.agent, protocol: url.protocol, hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port || (url.protocol === 'https:' ? 443 : 80),
      path: `${url.pathname}${url.search}`, method: what.method, headers: ['host', url.host, ...headers, ...lengthHeader(what)], setDefaultHeaders: false,
    });
    const abort = (): void => { request.destroy(abortError(signal)); };
    signal?.addEventListener('abort', abort, { once: true });
    request.once('close', () => signal?.removeEventListener('abort', abort));
    request.once('response', (response) => {
      // A connection that breaks before the reader has taken the body over; the reader then finds the stream destroyed.
      response.once('error', () => undefined);
      resolve(response);
    });
    request.on('error', (error) => {
      if (signal?.aborted) reject(signal.reason);
      else if (request.reusedSocket && REPEATABLE.has(what.method) && /^(ECONNRESET|EPIPE)$/.test(String('code' in error ? error.code : ''))) reject(new StaleConnection('stale', { cause: error }));
      else reject(hasCode(error, 'core/unreachable') ? error : unreachable(url, error));
    });
    request.end(what.body);
  });
}

const abortError = (signal: AbortSignal | undefined): Error => (signal?.reason instanceof Error ? signal.reason : new DOMException('The request was aborted.', 'AbortError'));

function lengthHeader(what: Exchange): string[] {
  if (what.body !== undefined) return ['content-length', String(what.body.byteLength)];
  return ['POST', 'PUT', 'PATCH'].includes(what.method) ? ['content-length', '0'] : [];
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'the name is unknown', EAI_AGAIN: 'names cannot be looked up now', ETIMEDOUT: 'it did not answer in time',
  ECONNRESET: 'the connection was closed', EHOSTUNREACH: 'there is no way to it', ENETUNREACH: 'there is no network', EPIPE: 'the connection was closed',
  CERT_HAS_EXPIRED: 'its certificate has expired', DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed', SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted on this machine',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted on this machine', ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate belongs to another name', EPROTO: 'it does not speak TLS there',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks only versions of TLS that are too old', ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks only versions of TLS that are too old',
};

/** Says which host and why; never more of the address, since a query may hold a secret. */
export function unreachable(url: URL, cause: unknown): AppError {
  const reason = reasonOf(cause);
  return new AppError('core/unreachable', `${url.host} could not be reached: ${REASONS[reason] ?? 'the connection failed'}. Check the address and the network.`, { cause, details: { host: url.host, reason } });
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown';
}
