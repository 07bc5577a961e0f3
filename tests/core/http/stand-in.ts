/** A server on this machine whose answers a test writes, and the sockets that came to it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../support/self-signed.ts';

export interface Served { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string; readonly socketPort: number | undefined }
export interface StandIn { readonly url: string; readonly host: string; readonly port: number; readonly requests: Served[]; close(): Promise<void> }

export async function serve(answer: (request: Served, response: ServerResponse, raw: IncomingMessage) => void): Promise<StandIn> {
  const requests: Served[] = [];
  const server = createServer((raw, response) => {
    let body = '';
    raw.on('data', (chunk) => { body += String(chunk); });
    raw.on('end', () => {
      const request: Served = { method: raw.method ?? '', path: raw.url ?? '', headers: raw.headers, body, socketPort: raw.socket.remotePort };
      requests.push(request);
      answer(request, response, raw);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, port, requests, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }) };
}

export async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string; name: string; details: Record<string, unknown> }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string; name: string; details: Record<string, unknown> };
  }
  throw new Error('expected a rejection, and it resolved');
}

/** Made for this run, for 127.0.0.1, trusted by nobody. */
export const SELF_SIGNED = selfSigned();
