/** The real core as a process of its own, from source, with a temporary home: what a shell and the command line start. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Duplex, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import { coreNoticeSchema, hostAskSchema, type CoreNotice } from '../../contract/host/index.ts';
import { createClient, type ClientOptions, type TroupeClient } from '../../contract/link/client.ts';
import { HOST_CHANNEL } from '../../contract/link/frames.ts';
import type { RunEvent } from '../../contract/model/run.ts';
import type { OperationEvent } from '../../contract/model/plugin.ts';
import { readAddress } from '../../main/link/core-address.ts';
import { createFramedStream } from '../../main/link/framed-stream.ts';
import { builtCatalog } from './catalog.ts';
import { clientOf } from './socket-client.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const KILL_MS = 20_000;

export interface CoreOptions {
  /** A home to use again; default a fresh one that `end` removes. */
  home?: string;
  /** Further arguments of the core. Without `--idle-exit` it is a shell's core, which asks people; with it the command line's. */
  words?: string[];
  /** Given by --passphrase-fd. */
  passphrase?: string;
  /** What the shell answers to the core's questions; unanswered ones are `host/unavailable`. */
  answers?: Record<string, (input: unknown) => unknown>;
  /** Whether descriptor 3 is the shell's pipe. Default true. */
  pipe?: boolean;
  environment?: Record<string, string>;
}

export interface RunningCore {
  readonly home: string;
  readonly process: ChildProcess;
  /** The first notice: ready or failed. */
  readonly first: CoreNotice;
  readonly notices: readonly CoreNotice[];
  readonly exited: Promise<number | null>;
  stderr(): string;
  /** A client by the local socket, closed by `end`. */
  client(options?: Partial<ClientOptions>): Promise<TroupeClient>;
  /** A client by the pipe, as a page. */
  page(options?: Partial<ClientOptions>): TroupeClient;
  /** Resident bytes of the process. */
  resident(): Promise<number>;
  /** Asks for a graceful stop as a shell does; resolves with the milliseconds it took. */
  stop(): Promise<number>;
  /** Closes clients, stops or kills the process, removes a home that was made here. */
  end(): Promise<void>;
}

/** The environment of a machine whose keychain nobody can reach, so that every run of a test is the same. */
export const withoutKeychain = (): NodeJS.ProcessEnv => ({ ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' });

export const temporaryHome = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), 'troupe-home-'));

export async function startCore(options: CoreOptions = {}): Promise<RunningCore> {
  const { words = [], answers = {}, pipe = true } = options;
  const { folder: catalog } = await builtCatalog();
  const home = options.home ?? await temporaryHome();
  const secret = options.passphrase === undefined ? [] : ['--passphrase-fd', '4'];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(root, 'main/core/main.ts'), ...(pipe ? ['--pipe'] : []), '--home', home, '--catalog', catalog, ...secret, ...words], { env: { ...withoutKeychain(), ...options.environment }, stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  (child.stdio[4] as Writable).on('error', () => undefined).end(options.passphrase === undefined ? '' : `${options.passphrase}\n`);
  const exited = new Promise<number | null>((resolve) => { child.once('exit', resolve); });
  const notices: CoreNotice[] = [];
  const clients: TroupeClient[] = [];
  const first = Promise.withResolvers<CoreNotice>();
  const framed = createFramedStream(child.stdio[3] as Duplex, () => undefined, () => undefined);
  const host = framed.channel(HOST_CHANNEL);
  host.onMessage((message) => {
    const value: unknown = JSON.parse(message);
    const notice = z.safeParse(coreNoticeSchema, value);
    if (notice.success) { notices.push(notice.data); first.resolve(notice.data); return; }
    const { id, ask, input } = z.parse(hostAskSchema, value);
    const answer = answers[ask];
    void host.send(JSON.stringify(answer ? { id, ok: answer(input) } : { id, error: { code: 'host/unavailable', message: `This shell cannot do ${ask}.` } }));
  });
  void exited.then((code) => { first.resolve({ tell: 'failed', input: { code: 'core/internal', message: `ended with ${code}: ${stderr}` } }); });
  // A core without a pipe says nothing; it is ready when it has published where it listens.
  if (!pipe) void (async () => { while ((await readAddress(home).catch(() => null)) === null && child.exitCode === null) await wait(50); first.resolve({ tell: 'ready', input: { build: 'source', home, address: null } }); })();
  const notice = await first.promise;
  let channels = 0;

  const core: RunningCore = {
    home, process: child, first: notice, notices, exited,
    stderr: () => stderr,
    async client(more) {
      const address = await readAddress(home);
      if (address === null) throw new Error('the core has not said where it listens');
      const client = clientOf(address, more);
      clients.push(client);
      return client;
    },
    page(more) {
      const client = createClient({
        connect: () => { channels += 1; return Promise.resolve(framed.channel(channels)); }, client: 'page', build: 'source', reconnect: false, randomId: () => randomBytes(16).toString('base64url'), ...more,
      });
      clients.push(client);
      return client;
    },
    async resident() {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    },
    async stop() {
      const began = performance.now();
      if (pipe) void host.send(JSON.stringify({ tell: 'shutdown', input: { graceMs: 2_000 } }));
      else child.kill('SIGTERM');
      await exited;
      return performance.now() - began;
    },
    async end() {
      for (const client of clients) client.close();
      if (child.exitCode === null && child.signalCode === null) {
        const timer = setTimeout(() => { child.kill('SIGKILL'); }, KILL_MS);
        await core.stop();
        clearTimeout(timer);
      }
      framed.close();
      if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return core;
}

/** Follows a run to its end. */
export async function followRun(client: TroupeClient, runId: string, onEvent: (event: RunEvent) => void | Promise<void> = () => undefined): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await client.follow((stream, signal, after) => client.call.runs.events({ runId, stream, after }, { signal }), async (batch) => { for (const event of batch) { events.push(event); await onEvent(event); } }, { signal: new AbortController().signal, lastSeq: (batch) => batch.at(-1)?.seq });
  return events;
}

/** Follows an operation to its end, answering its consent. Resolves with its events. */
export async function followOperation(client: TroupeClient, operationId: string, accept = true): Promise<OperationEvent['event'][]> {
  const events: OperationEvent['event'][] = [];
  await client.follow((stream, signal, after) => client.call.plugins.events({ operationId, stream, after }, { signal }), async (batch) => {
    for (const { event } of batch) {
      events.push(event);
      if (event.type === 'consent_requested') await client.call.plugins.consent({ operationId, accept, granted: event.items.flatMap((item) => item.permissions.map(({ key }) => ({ pluginId: item.pluginId, key }))) });
    }
  }, { signal: new AbortController().signal, lastSeq: (batch) => batch.at(-1)?.seq });
  return events;
}

/** Installs with every permission granted; throws when the operation did not finish. */
export async function installPlugin(client: TroupeClient, id: string): Promise<void> {
  const { operationId } = await client.call.plugins.install({ id });
  const last = (await followOperation(client, operationId)).at(-1);
  if (last?.type !== 'operation_finished') throw new Error(`installing ${id} ended with ${JSON.stringify(last)}`);
}
