import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { AppError } from '../../../../contract/errors/app-error.ts';

export interface ProxyAddress { readonly host: string; readonly port: number; readonly secure: boolean; readonly authorization: string | undefined }

/** Where to connect: one of `addresses` (IP addresses, resolved before and not again), or through `proxy` by the host's name. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly addresses: readonly string[];
  readonly proxy: ProxyAddress | undefined;
  /** Refuses a server that speaks only older ones; Node's own default otherwise. */
  readonly minimumTls?: 'TLSv1.3' | undefined;
}

/** The one function in the core that opens a connection to the network. Everything that may refuse stands above it. */
export type Connect = (target: ConnectTarget) => Promise<Duplex>;

const CONNECT_TIMEOUT_MS = 15_000;

export const connectNetwork: Connect = async (target) => {
  const socket = target.proxy ? await tunnel(target, target.proxy) : await openTcp(target.host, target.port, target.addresses);
  if (target.secure) return secured(socket, target.host, target.minimumTls);
  // A tunnel was paused when its head had been read; HTTP takes it over before the next turn and does not wake it.
  if (target.proxy) setImmediate(() => socket.resume());
  return socket;
};

/** Tries the addresses that were resolved before and none else; only a proxy comes without any. */
function openTcp(host: string, port: number, addresses: readonly string[]): Promise<Socket> {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_name, options, callback) => {
    if (options.all === true) callback(null, known);
    else callback(null, known[0]?.address ?? '', known[0]?.family ?? 0);
  };
  const first = known.length === 1 ? known[0]?.address : undefined;
  return settled(connectTcp({ host: first ?? host, port, noDelay: true, keepAlive: true, ...(known.length > 1 ? { lookup, autoSelectFamily: true } : {}) }), 'connect', `${host}:${port}`);
}

async function secured(socket: Duplex, host: string, minVersion?: 'TLSv1.3'): Promise<Socket> {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  return settled(connectTls({ socket, host: plain, ...(isIP(plain) === 0 ? { servername: plain } : {}), ALPNProtocols: ['http/1.1'], ...(minVersion && { minVersion }) }), 'secureConnect', host);
}

function settled<S extends Socket>(socket: S, ready: 'connect' | 'secureConnect', name: string): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new AppError('core/unreachable', `${name} did not accept a connection within ${CONNECT_TIMEOUT_MS / 1000} seconds. Check the address and the network.`, { details: { reason: 'ETIMEDOUT' } })), CONNECT_TIMEOUT_MS);
    const done = (act: () => void) => () => {
      clearTimeout(timer);
      socket.off('error', fail);
      act();
    };
    const fail = (error: Error): void => done(() => reject(error))();
    socket.once(ready, done(() => resolve(socket)));
    socket.once('error', fail);
  });
}

/** Asks a proxy for a tunnel (CONNECT), so that it never sees what goes through. */
async function tunnel(target: ConnectTarget, proxy: ProxyAddress): Promise<Duplex> {
  const bare = await openTcp(proxy.host, proxy.port, []).catch((cause: unknown) => {
    throw new AppError('core/unreachable', `The proxy ${proxy.host}:${proxy.port} did not accept a connection. Check the system's proxy settings.`, { cause, details: { reason: 'proxy' } });
  });
  const socket = proxy.secure ? await secured(bare, proxy.host) : bare;
  const where = `${target.host}:${target.port}`;
  const authorization = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${where} HTTP/1.1\r\nHost: ${where}\r\n${authorization}\r\n`);
  const head = await readHead(socket);
  if (!/^HTTP\/1\.[01] 2\d\d/.test(head)) {
    socket.destroy();
    throw new AppError('core/unreachable', `The proxy ${proxy.host}:${proxy.port} refused a connection to ${where}: ${head.split('\r\n')[0]?.slice(0, 100)}. Check the system's proxy settings.`, { details: { reason: 'proxy' } });
  }
  return socket;
}

function readHead(socket: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const finish = (error: Error | undefined, text = ''): void => {
      socket.off('data', take).off('error', fail).off('close', closed);
      socket.pause();
      if (error) reject(error);
      else resolve(text);
    };
    const fail = (error: Error): void => finish(error);
    const closed = (): void => finish(new Error('the proxy closed the connection'));
    const take = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length < 16_384) return;
      finish(end < 0 ? new Error('the proxy answered something else than HTTP') : undefined, head.subarray(0, end).toString('latin1'));
      if (end >= 0 && head.length > end + 4) socket.unshift(head.subarray(end + 4));
    };
    socket.on('data', take).on('error', fail).on('close', closed);
  });
}
