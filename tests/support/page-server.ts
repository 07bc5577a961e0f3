/** Serves the built page and bridges its WebSocket to a scripted core, the way the browser shell does: token, session, policy. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Channel } from '../../contract/link/channel.ts';
import { serveFakeCore, type FakeWorld } from './fake-core.ts';

const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const page = path.resolve(import.meta.dirname, '../../dist/page');

/** The policy that both shells send with the page. */
export const policyFor = (nonce: string): string => [
  "default-src 'none'", "script-src 'self'", `style-src 'self' 'nonce-${nonce}'`, "img-src 'self' blob: data:", "font-src 'self'", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

export interface PageServer { address(route?: string): string; drop(): void; stop(): Promise<void> }

/** Starts on a free port of 127.0.0.1. Each address holds a token that works once. */
export async function startPageServer(world: FakeWorld): Promise<PageServer> {
  const tokens = new Set<string>();
  const sessions = new Set<string>();
  const sockets = new Set<WebSocket>();
  const server = http.createServer((request, response) => {
    void (async () => {
      const name = path.posix.normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
      const nonce = randomBytes(16).toString('base64');
      const wanted = path.extname(name) in TYPES ? name : '/index.html';
      try {
        const body = await readFile(path.join(page, wanted));
        const html = wanted === '/index.html';
        response.writeHead(200, { 'content-type': TYPES[path.extname(wanted)] ?? 'application/octet-stream', ...(html && { 'content-security-policy': policyFor(nonce) }) });
        response.end(html ? body.toString('utf8').replaceAll('__TROUPE_NONCE__', nonce) : body);
      } catch (error) { response.writeHead(404).end(String(error)); }
    })();
  });
  const upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => 'troupe.1' });
  server.on('upgrade', (request, socket, head) => {
    const [, credential = ''] = String(request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
    const token = credential.startsWith('token.') && tokens.delete(credential.slice(6));
    if (!token && !sessions.has(credential.split('.')[1] ?? '')) { socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n'); return; }
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.on('close', () => sockets.delete(webSocket));
      if (token) {
        const id = randomBytes(8).toString('hex');
        sessions.add(id);
        webSocket.send(JSON.stringify({ session: { id, key: randomBytes(32).toString('base64url') } }));
      }
      serveFakeCore(world, channelOf(webSocket), { build: null });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return {
    address(route = '/') { const token = randomBytes(16).toString('hex'); tokens.add(token); return `http://127.0.0.1:${port}${route}#token=${token}`; },
    drop() { for (const socket of sockets) socket.terminate(); },
    async stop() {
      for (const socket of sockets) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

function channelOf(socket: WebSocket): Channel {
  return {
    send(message) { if (socket.readyState === socket.OPEN) socket.send(message); },
    onMessage(listener) { socket.on('message', (data) => { listener(String(data as Buffer)); }); },
    onClose(listener) { socket.on('close', listener); },
    close() { socket.close(); },
  };
}
