/** Serves a published registry: whole files, parts of them, pages for people, and nothing that lies beside them. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { BlockList, isIP, type AddressInfo } from 'node:net';
import path from 'node:path';
import { AppError } from '../../contract/errors/app-error.ts';
import { pathOfTarget } from '../link/request-target.ts';
import { registrySite, type RegistrySite } from './registry-site/site.ts';

/** The only names that a published registry has. Half-written files and whatever else lies in the folder are none of them. */
const SERVED = /^\/(metadata\/(\d+\.(root|targets|catalog|snapshot)|timestamp)\.json|catalog\/[0-9a-f]{128}\.[a-z0-9-]+\.(jsonl\.br|json|json\.br)|blobs\/sha512\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{128})$/;

/** Everything is named by number or content and never changes, except the one file that says what is newest. */
const cacheOf = (name: string): string => (name === '/metadata/timestamp.json' ? 'no-cache' : 'public, max-age=31536000, immutable');

const SAFE = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" };

/** Pages have a style sheet, images and a search form of their own, and nothing else. */
const PAGE = {
  'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
const isThisMachine = (host: string): boolean => host === 'localhost' || (isIP(host) !== 0 && LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));

function refuse(response: ServerResponse, status: number, reason: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...SAFE, ...headers });
  response.end(`${reason}\n`);
}

/** One range of bytes, both ends included; null for none or a kind that is not served, 'outside' when the file has no such bytes. */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | 'outside' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [first, last] = [match[1] ?? '', match[2] ?? ''];
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from > to || from >= size ? 'outside' : { from, to };
}

/** A page for people, or false when the path is none. */
async function answerPage(site: RegistrySite, name: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const host = /^[a-z0-9.-]{1,253}(:\d{1,5})?$|^\[[0-9a-f:.]{2,45}\](:\d{1,5})?$/i.exec(request.headers.host ?? '')?.[0] ?? 'localhost';
  const found = await site.page(name, new URL(request.url ?? '/', 'http://localhost').searchParams, `${'encrypted' in request.socket ? 'https' : 'http'}://${host}/`);
  if (!found) return false;
  const { status, type, body, cache } = found;
  response.writeHead(status, { 'content-type': type, 'content-length': String(Buffer.byteLength(body)), 'cache-control': cache, vary: 'host', ...(type.startsWith('image/') ? SAFE : PAGE) });
  response.end(request.method === 'HEAD' ? undefined : body);
  return true;
}

async function answer(top: string, site: RegistrySite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') { refuse(response, 405, 'Only GET and HEAD are served here.', { allow: 'GET, HEAD' }); return; }
  const name = pathOfTarget(request.url);
  if (name === null) { refuse(response, 400, 'This is no address of a registry.'); return; }
  if (!SERVED.test(name) && await answerPage(site, name, request, response)) return;
  const file = path.join(top, ...name.split('/'));
  const found = SERVED.test(name) ? await stat(file).catch(() => undefined) : undefined;
  // A link could lead anywhere on this machine.
  if (!found?.isFile() || await realpath(file) !== file) { refuse(response, 404, 'There is no such file.'); return; }
  const tag = `"${found.size.toString(36)}-${Math.trunc(found.mtimeMs).toString(36)}"`;
  const headers = { 'cache-control': cacheOf(name), etag: tag, 'accept-ranges': 'bytes', 'content-type': name.endsWith('.json') ? 'application/json' : 'application/octet-stream', ...SAFE };
  if (request.headers['if-none-match'] === tag) { response.writeHead(304, headers).end(); return; }
  const wanted = request.headers['if-range'] === undefined || request.headers['if-range'] === tag ? rangeOf(request.headers.range, found.size) : null;
  if (wanted === 'outside') { refuse(response, 416, 'The file has no such bytes.', { 'content-range': `bytes */${found.size}` }); return; }
  const { from, to } = wanted ?? { from: 0, to: found.size - 1 };
  response.writeHead(wanted ? 206 : 200, { ...headers, 'content-length': String(to - from + 1), ...(wanted && { 'content-range': `bytes ${from}-${to}/${found.size}` }) });
  if (request.method === 'HEAD' || found.size === 0) { response.end(); return; }
  const stream = createReadStream(file, { start: from, end: to });
  stream.on('error', () => { response.destroy(); });
  response.on('close', () => { stream.destroy(); });
  stream.pipe(response);
}

export interface ServeOptions {
  /** 127.0.0.1 by default; another machine is let in over TLS alone. */
  host?: string | undefined;
  /** PEM. With it TLS 1.3 and nothing older is spoken. */
  tls?: { cert: string; key: string } | undefined;
  /** What the pages are headed with. */
  title?: string | undefined;
  now?: () => number;
  /** Milliseconds after which a connection is cut on which nothing moves. */
  idleMs?: number;
  /** Told what a reader was not: why a file could not be read, or a new publication is not shown. */
  report?: (message: string) => void;
}

const IDLE_MS = 30_000;
/** More than a browser or an app opens; so many readers that take nothing are cut off before files run out. */
const MOST_CONNECTIONS = 512;
/** How often it is looked whether a request is late. */
const LATE_LOOK_MS = 2_000;

/**
 * @param port 0 = any free one
 * @throws AppError `core/bad-input` for a host beyond this machine without TLS, and for a certificate or key that is none
 */
export async function serveStatic(folder: string, port: number, { host = '127.0.0.1', tls, title = 'Plugin registry', now = Date.now, idleMs = IDLE_MS, report = () => undefined }: ServeOptions = {}): Promise<{ address: string; stop(): Promise<void> }> {
  if (!tls && !isThisMachine(host)) throw new AppError('core/bad-input', `Beyond this machine a registry is served over TLS alone, which apps insist on. Give --cert and --key for ${host}, or put a web server in front of 127.0.0.1.`, { details: { host } });
  const top = await realpath(folder);
  const tell = (error: unknown): void => { report(error instanceof Error ? error.message : String(error)); };
  const site = registrySite(top, title, now, tell);
  const limits = { maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: LATE_LOOK_MS };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(top, site, request, response).catch((error: unknown) => { tell(error); if (response.headersSent) response.destroy(); else refuse(response, 500, 'The file could not be read.'); });
  };
  const server = tls ? tlsServer({ ...limits, ...tls, minVersion: 'TLSv1.3' }, listener) : createServer(limits, listener);
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(idleMs);
  server.on('clientError', (_error, socket) => { if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'); else socket.destroy(); });
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(port, host, resolve); });
  return {
    address: `${tls ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
      await site.stop();
    },
  };
}

function tlsServer(options: Parameters<typeof createTlsServer>[0] & object, listener: (request: IncomingMessage, response: ServerResponse) => void): ReturnType<typeof createTlsServer> {
  try {
    return createTlsServer(options, listener);
  } catch (cause) {
    throw new AppError('core/bad-input', 'The certificate and the key do not fit, or one of the files is none. Expected a certificate and its private key without a passphrase, both in PEM.', { cause });
  }
}
