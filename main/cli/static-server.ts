/** Serves a published registry to this machine: whole files, parts of them, and nothing beside them. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathOfTarget } from '../link/request-target.ts';

/** The only names that a published registry has. Half-written files and whatever else lies in the folder are none of them. */
const SERVED = /^\/(metadata\/(\d+\.(root|targets|catalog|snapshot)|timestamp)\.json|catalog\/[0-9a-f]{128}\.[a-z0-9-]+\.(jsonl\.br|json|json\.br)|blobs\/sha512\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{128})$/;

/** Everything is named by number or content and never changes, except the one file that says what is newest. */
const cacheOf = (name: string): string => (name === '/metadata/timestamp.json' ? 'no-cache' : 'public, max-age=31536000, immutable');

const SAFE = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" };

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

async function answer(top: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') { refuse(response, 405, 'Only GET and HEAD are served here.', { allow: 'GET, HEAD' }); return; }
  const name = pathOfTarget(request.url);
  if (name === null) { refuse(response, 400, 'This is no address of a registry.'); return; }
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

/** @param port 0 = any free one. Listens on 127.0.0.1 alone. */
export async function serveStatic(folder: string, port: number): Promise<{ address: string; stop(): Promise<void> }> {
  const top = await realpath(folder);
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(top, request, response).catch(() => { if (response.headersSent) response.destroy(); else refuse(response, 500, 'The file could not be read.'); });
  });
  server.on('clientError', (_error, socket) => { if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'); else socket.destroy(); });
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(port, '127.0.0.1', resolve); });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}
