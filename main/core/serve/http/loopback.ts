import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { MAX_MESSAGE_BYTES, type Channel } from '../../../../contract/link/channel.ts';
import { createDoor, endRaw, refuse } from './door.ts';
import type { PageFile } from './page-files.ts';
import type { Sessions } from './sessions.ts';

export interface LoopbackOptions {
  page: Map<string, PageFile>;
  sessions: Sessions;
  /** 0 = any free port. */
  port: number;
  onPage(channel: Channel): void;
}

export interface Loopback { port: number; origin: string; stop(): Promise<void> }

/** What index.html carries where the nonce of the response belongs; the page's build writes it. */
export const NONCE_PLACEHOLDER = '__TROUPE_NONCE__';
const PROTOCOL_NAME = 'troupe.1';

/** Serves the built page and its WebSocket on 127.0.0.1. Every refusal is a status with a short reason; none ends the core. */
export async function serveLoopback(options: LoopbackOptions): Promise<Loopback> {
  const door = createDoor();
  const judge = door.judge;

  const server: Server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const verdict = judge(request);
    if ('status' in verdict) { refuse(response, verdict.status, verdict.reason); return; }
    if (request.method !== 'GET' && request.method !== 'HEAD') { refuse(response, 405, 'Only GET is served here.'); return; }
    const known = options.page.get(verdict.path);
    // Routes of the app are paths without a file: they all get the page, which reads its own address.
    const file = known ?? (/\.[a-z0-9]+$/i.test(verdict.path.split('/').at(-1) ?? '') && !isRoute(verdict.path) ? undefined : options.page.get('/index.html'));
    if (!file) { refuse(response, 404, 'There is no such file.'); return; }
    sendFile(request, response, file);
  });
  server.on('clientError', (_error, socket) => { endRaw(socket, 400, 'This is no request that Troupe understands.'); });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, handleProtocols: () => PROTOCOL_NAME });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => { socket.destroy(); });
    const verdict = judge(request);
    if ('status' in verdict) { endRaw(socket, verdict.status, verdict.reason); return; }
    if (verdict.path !== '/link') { endRaw(socket, 404, 'There is no such address.'); return; }
    // Browsers always send an Origin with a WebSocket; without one it is no page of ours.
    if (request.headers.origin === undefined) { endRaw(socket, 403, 'Only the page of this address may connect.'); return; }
    const [name, credential] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
    const session = credential?.startsWith('token.') && name === PROTOCOL_NAME ? options.sessions.redeem(credential.slice('token.'.length)) : null;
    const proved = credential?.startsWith('session.') && name === PROTOCOL_NAME ? options.sessions.prove(credential.slice('session.'.length)) : false;
    if (!session && !proved) { endRaw(socket, 401, 'The token is missing, wrong or used. Open the address that Troupe printed last.'); return; }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (session) webSocket.send(JSON.stringify({ session }));
      options.onPage(channelOf(webSocket));
    });
  });

  await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(options.port, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  door.open(port);
  return {
    port, origin: `http://127.0.0.1:${port}`,
    async stop() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}

/** Plugin ids look like file names (`/marketplace/dev.troupe.text-toolkit`), so routes are told by their first part. */
const isRoute = (path: string): boolean => /^\/(marketplace|plugins|team|chat|settings|onboarding|runs|registries)(\/|$)/.test(path);

/** Headers that every answer carries; the policy has a fresh nonce for the styles that Mantine writes. */
function headersFor(nonce: string, host: string): Record<string, string> {
  return {
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self' ws://${host}; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'`,
    'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  };
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const nonce = randomBytes(16).toString('base64');
  const isPage = file.type.startsWith('text/html');
  const body = isPage ? Buffer.from(file.body.toString('utf8').replaceAll(NONCE_PLACEHOLDER, nonce)) : file.body;
  response.writeHead(200, {
    ...headersFor(nonce, request.headers.host ?? ''), 'content-type': file.type, 'content-length': body.byteLength,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A WebSocket as a channel. A send waits while more than 1 MiB is on its way, so that a stalled page slows its streams. */
function channelOf(webSocket: WebSocket): Channel {
  webSocket.on('error', () => { webSocket.terminate(); });
  return {
    send(message) {
      if (webSocket.readyState !== webSocket.OPEN) return;
      if (webSocket.bufferedAmount < 1024 * 1024) { webSocket.send(message); return; }
      return new Promise((resolve) => { webSocket.send(message, () => { resolve(); }); });
    },
    onMessage(listener) { webSocket.on('message', (data, isBinary) => { if (!isBinary) listener(String(data)); }); },
    onClose(listener) { webSocket.once('close', listener); },
    close() { webSocket.close(); },
  };
}
