/** The built core as its shells start it, on a temporary home, with clients by each of its ways in. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import WebSocket from 'ws';
import * as z from 'zod/mini';
import type { OperationEvent } from '../contract/model/plugin.ts';
import type { RunEvent } from '../contract/model/run.ts';
import { coreNoticeSchema, type CoreNotice } from '../contract/host/index.ts';
import type { Channel } from '../contract/link/channel.ts';
import { createClient, type TroupeClient } from '../contract/link/client.ts';
import { HOST_CHANNEL } from '../contract/link/frames.ts';
import { readAddress } from '../main/link/core-address.ts';
import { createFramedStream, socketChannel } from '../main/link/framed-stream.ts';
import { blobPath } from '../packaging/index.ts';
import { root } from '../scripts/sources.ts';
import { CORE_FLAGS, coreEnvironment } from '../main/link/core-flags.ts';

export const dist = path.join(root, 'dist');

export interface BuiltCore {
  readonly pid: number;
  readonly home: string;
  /** Where a browser opens the app, with a token that works once; null unless `serve` was asked for. */
  readonly address: string | null;
  /** Milliseconds from starting the process to its word that pages may connect. */
  readonly readyMs: number;
  /** By the local socket, as the command line. */
  local(): Promise<TroupeClient>;
  /** By the WebSocket, as a page. Spends the token of `address`. */
  webSocket(): TroupeClient;
  stop(): Promise<void>;
}

const randomId = (): string => randomBytes(16).toString('base64url');

export const makeHome = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), 'troupe-bench-home-'));
export const removeHome = (home: string): Promise<void> => rm(home, { recursive: true, force: true, maxRetries: 5 });

/** No keychain is reached, so that every machine does the same; a new home is then a plain one, as the command line makes it. */
export async function startBuiltCore(home: string, options: { serve?: boolean } = {}): Promise<BuiltCore> {
  const serving = options.serve ? ['--serve', '--page', path.join(dist, 'page')] : ['--idle-exit', '600000'];
  const began = performance.now();
  const child: ChildProcess = spawn(process.execPath, [...CORE_FLAGS, path.join(dist, 'core/core.js'), '--pipe', '--home', home, '--catalog', path.join(dist, 'catalog'), ...serving], {
    env: coreEnvironment({ ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }), stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { said += text; });
  const exited = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const first = Promise.withResolvers<CoreNotice>();
  void exited.then(() => { first.reject(new Error(`The core ended before it was ready: ${said}`)); });
  const host = createFramedStream(child.stdio[3] as Duplex, null, () => undefined).channel(HOST_CHANNEL);
  host.onMessage((message) => {
    const value: unknown = JSON.parse(message);
    const notice = z.safeParse(coreNoticeSchema, value);
    if (notice.success) { first.resolve(notice.data); return; }
    const asked = z.safeParse(z.object({ id: z.number() }), value);
    if (asked.success) void host.send(JSON.stringify({ id: asked.data.id, error: { code: 'host/unavailable', message: 'A bench has no dialogs.' } }));
  });
  const notice = await first.promise;
  const readyMs = performance.now() - began;
  if (notice.tell !== 'ready') throw new Error(`The core did not start: ${JSON.stringify(notice)} ${said}`);
  const { address } = notice.input;
  const clients: TroupeClient[] = [];
  const kept = (client: TroupeClient): TroupeClient => { clients.push(client); return client; };
  return {
    pid: child.pid ?? 0, home, address, readyMs,
    async local() {
      const socketAddress = await readAddress(home);
      if (socketAddress === null) throw new Error('The core has not said where it listens.');
      return kept(createClient({ connect: () => openSocket(socketAddress), client: 'cli', build: 'bench', randomId, reconnect: false }));
    },
    webSocket() {
      if (address === null) throw new Error('This core serves no pages.');
      return kept(createClient({ connect: () => openWebSocket(address), client: 'page', build: notice.input.build, randomId, reconnect: false }));
    },
    async stop() {
      for (const client of clients) client.close();
      void host.send(JSON.stringify({ tell: 'shutdown', input: { graceMs: 2_000 } }));
      const timer = setTimeout(() => { child.kill('SIGKILL'); }, 10_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Runs `work` with a core of its own on a home of its own. */
export async function withCore<T>(work: (core: BuiltCore) => Promise<T>, options: { serve?: boolean } = {}): Promise<T> {
  const home = await makeHome();
  try {
    const core = await startBuiltCore(home, options);
    try { return await work(core); } finally { await core.stop(); }
  } finally {
    await removeHome(home);
  }
}

function openSocket(address: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('error', reject);
    socket.once('connect', () => { socket.off('error', reject); resolve(socketChannel(socket)); });
  });
}

/** The page's way in, spoken by Node: the token is spent on the connection and answered with a session, which is not needed here. */
function openWebSocket(address: string): Promise<Channel> {
  const { origin, host, hash } = new URL(address);
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? '';
  const socket = new WebSocket(`ws://${host}/link`, ['troupe.1', `token.${token}`], { origin });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', () => {
      resolve({
        send(message) { socket.send(message); },
        onMessage(listener) { socket.on('message', (data) => { listener(String(data)); }); },
        onClose(listener) { socket.once('close', listener); },
        close() { socket.close(); },
      });
    });
  });
}

const forever = (): AbortSignal => new AbortController().signal;

/** Follows an operation to its end; throws when it did not finish. */
export async function finishOperation(client: TroupeClient, operationId: string): Promise<void> {
  let last: OperationEvent['event'] | undefined;
  await client.follow((stream, signal, after) => client.call.plugins.events({ operationId, stream, after }, { signal }), (batch) => { last = batch.at(-1)?.event ?? last; }, { signal: forever(), lastSeq: (batch) => batch.at(-1)?.seq });
  if (last?.type !== 'operation_finished') throw new Error(`The operation ended with ${JSON.stringify(last)}`);
}

/** Follows a run to its end; throws when it did not finish. */
export async function finishRun(client: TroupeClient, runId: string): Promise<void> {
  let last: RunEvent | undefined;
  await client.follow((stream, signal, after) => client.call.runs.events({ runId, stream, after }, { signal }), (batch) => { last = batch.at(-1) ?? last; }, { signal: forever(), lastSeq: (batch) => batch.at(-1)?.seq });
  if (last?.type !== 'run_finished') throw new Error(`The run ended with ${JSON.stringify(last)}`);
}

/** The archives of the embedded catalog by plugin id. */
export async function catalogArchives(client: TroupeClient, ids: readonly string[]): Promise<Buffer[]> {
  return Promise.all(ids.map(async (id) => {
    const sha512 = (await client.call.catalog.get({ id })).versions[0]?.sha512 ?? '';
    return readFile(path.join(dist, 'catalog', blobPath(sha512)));
  }));
}
