/** Serves the built page and bridges its WebSocket to a scripted core, the way the browser shell does: token, session, policy. */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Channel } from '../../contract/link/channel.ts';
import { loadPage } from '../../main/link/page-files.ts';
import { answerWith, fileFor } from '../../main/link/page-policy.ts';
import { serveFakeCore, type FakeWorld } from './fake-core.ts';

const folder = path.resolve(import.meta.dirname, '../../dist/page');

export interface PageServer {
  /** An address with a token that works once. */
  address(route?: string): string;
  /** What pages meet from their next connection on, and as which build: null is whatever build asks. */
  show(world: FakeWorld, build?: string | null): void;
  /** Cuts every connection; pages find their way back. */
  drop(): void;
  /** As if no core ran: connections are cut and refused until it comes back. */
  leave(): void;
  comeBack(): void;
  stop(): Promise<void>;
}

/** Starts on a free port of 127.0.0.1, with the policy and headers of the browser shell. */
export async function startPageServer(first: FakeWorld): Promise<PageServer> {
  const page = await loadPage(folder);
  const tokens = new Set<string>();
  const sessions = new Set<string>();
  const sockets = new Set<WebSocket>();
  let shown: { world: FakeWorld; build: string | null } = { world: first, build: null };
  let away = false;
  const server = http.createServer((request, response) => {
    const file = fileFor(page, new URL(request.url ?? '/', 'http://localhost').pathname);
    if (!file) { response.writeHead(404).end(); return; }
    const { headers, body } = answerWith(file, [`ws://${request.headers.host ?? ''}`]);
    response.writeHead(200, headers).end(body);
  });
  server.on('connection', (socket) => { if (away) socket.destroy(); });
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
      serveFakeCore(shown.world, channelOf(webSocket), { build: shown.build });
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  const drop = (): void => { for (const socket of sockets) socket.terminate(); };
  return {
    address(route = '/') { const token = randomBytes(16).toString('hex'); tokens.add(token); return `http://127.0.0.1:${port}${route}#token=${token}`; },
    show(world, build = null) { shown = { world, build }; },
    drop,
    leave() { away = true; drop(); server.closeAllConnections(); },
    comeBack() { away = false; },
    async stop() {
      drop();
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
