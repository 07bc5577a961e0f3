import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pathOfTarget } from '../../../link/request-target.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Why a request is not served. */
export interface Refusal { status: number; reason: string }

/**
 * The guard that every request on a loopback address passes first: from this machine, for this address (a name that a
 * hostile site points at 127.0.0.1 is refused), from no other page, with a target that we can read.
 */
export function createDoor(): { open(port: number): void; judge(request: IncomingMessage): Refusal | { path: string }; isOwnOrigin(origin: string | undefined): boolean } {
  let hosts = new Set<string>();
  let origins = new Set<string>();
  return {
    open(port) {
      hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
      origins = new Set([...hosts].map((host) => `http://${host}`));
    },
    judge(request) {
      if (!LOOPBACK.has(request.socket.remoteAddress ?? '')) return { status: 403, reason: 'Only this machine may ask.' };
      if (!hosts.has(request.headers.host ?? '')) return { status: 421, reason: 'This address serves 127.0.0.1 only.' };
      const { origin } = request.headers;
      if (origin !== undefined && !origins.has(origin)) return { status: 403, reason: 'Another page may not ask.' };
      const path = pathOfTarget(request.url);
      return path === null ? { status: 400, reason: 'This is no address of Troupe.' } : { path };
    },
    isOwnOrigin: (origin) => origin !== undefined && origins.has(origin),
  };
}

/** Answers a request with a status and one line. */
export function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  response.end(`${reason}\n`);
}

/** The same for a socket that has no response object: an upgrade, or a request that Node could not read. */
export function endRaw(socket: Duplex, status: number, reason: string): void {
  if (socket.writable) socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(reason) + 1}\r\nconnection: close\r\n\r\n${reason}\n`);
  else socket.destroy();
}
