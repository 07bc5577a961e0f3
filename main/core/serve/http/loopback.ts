import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { MAX_MESSAGE_BYTES, type Channel } from '../../../../contract/link/channel.ts';
import { createDoor, endRaw, refuse } from './door.ts';
import type { PageFile } from '../../../link/page-files.ts';
import { answerWith, fileFor } from '../../../link/page-policy.ts';
import type { Sessions } from './sessions.ts';

export interface LoopbackOptions {
  page: Map<string, PageFile>;
  sessions: Sessions;
  /** 0 = any free port. */
  port: number;
  onPage(channel: Channel): void;
}

export interface Loopback { port: number; origin: string; stop(): Promise<void> }

const PROTOCOL_NAME = 'troupe.1';

/** Serves the built page and its WebSocket on 127.0.0.1. Every refusal is a status with a short reason; none ends the core. */
export async function serveLoopback(options: LoopbackOptions): Promise<Loopback> {
  const door = createDoor();
  const judge = door.judge;

  const server: Server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const verdict = judge(request);
    if ('status' in verdict) { refuse(response, verdict.status, verdict.reason); return; }
    if (request.method !== 'GET' && request.method !== 'HEAD') { refuse(response, 405, 'Only GET is served here.'); return; }
    const file = fileFor(options.page, verdict.path);
    if (!file) { refuse(response, 404, 'There is no such file.'); return; }
    const { headers, body } = answerWith(file, [`ws://${request.headers.host ?? ''}`]);
    response.writeHead(200, headers);
    response.end(request.method === 'HEAD' ? undefined : body);
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
