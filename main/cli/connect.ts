import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import * as z from 'zod/mini';
import { coreNoticeSchema } from '../../contract/host/index.ts';
import { AppError, fromWire, hasCode } from '../../contract/errors/app-error.ts';
import type { Channel } from '../../contract/link/channel.ts';
import { createClient, type TroupeClient } from '../../contract/link/client.ts';
import { HOST_CHANNEL } from '../../contract/link/frames.ts';
import { readAddress } from '../link/core-address.ts';
import { CORE_FLAGS, coreEnvironment } from '../link/core-flags.ts';
import { createFramedStream, socketChannel } from '../link/framed-stream.ts';
import { homeFolder } from '../link/home-folder.ts';

/** A core that the command line started stops this long after its last client. */
const IDLE_MS = 10_000;
/** How long a command waits for a core that another one starts, or that is just stopping. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 100;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));

/** A client of the home's core, which is started when none runs. */
export async function connectToCore(options: { home: string | undefined; offline: boolean }): Promise<TroupeClient> {
  const home = homeFolder({ home: options.home });
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const client = clientOver(await reachCore(home, options.offline, until), options.offline);
    try {
      await client.call.observe.about({});
      return client;
    } catch (error) {
      client.close();
      // It was about to stop when we came: once it is gone, the next one is started.
      if (!hasCode(error, 'core/stopping', 'core/disconnected') || performance.now() > until) throw error;
      await pause();
    }
  }
}

/** A client of the core that runs for the home, or null: none is started. */
export async function connectToRunningCore(options: { home: string | undefined; offline: boolean }): Promise<TroupeClient | null> {
  const channel = await tryConnect(homeFolder({ home: options.home }));
  return channel && clientOver(channel, options.offline);
}

const clientOver = (channel: Channel, offline: boolean): TroupeClient => {
  let first: Channel | null = channel;
  return createClient({
    connect: () => { const once = first; first = null; return once ? Promise.resolve(once) : Promise.reject(new AppError('core/disconnected', 'The core has gone. What it acknowledged is stored; run the command again.')); },
    client: 'cli', build: 'cli', offline, reconnect: false, randomId: () => randomBytes(16).toString('base64url'),
  });
};

/** Connects to the core that owns the home, or starts one. @throws AppError with the reason why there is none */
async function reachCore(home: string, offline: boolean, until: number): Promise<Channel> {
  for (;;) {
    const channel = await tryConnect(home);
    if (channel) return channel;
    const failure = await startCore(home, offline);
    if (!failure) continue;
    // Another command has started one in the same moment: it owns the home, and listens soon.
    if (!hasCode(failure, 'core/home-in-use') || performance.now() > until) throw failure;
    for (let turn = 0; turn < 20; turn += 1) {
      await pause();
      const soon = await tryConnect(home);
      if (soon) return soon;
    }
  }
}

async function tryConnect(home: string): Promise<Channel | null> {
  const address = await readAddress(home);
  if (address === null) return null;
  return new Promise((resolve) => {
    const socket = connectSocket(address);
    socket.once('error', () => { resolve(null); });
    socket.once('connect', () => { socket.removeAllListeners('error'); resolve(socketChannel(socket)); });
  });
}

/** The built core beside this file, or its source in a checkout. */
function coreFiles(): { entry: string; catalog: string } {
  const here = import.meta.dirname;
  const built = path.join(here, 'core.js');
  if (existsSync(built)) return { entry: built, catalog: path.join(here, '../catalog') };
  return { entry: path.join(here, '../core/main.ts'), catalog: path.join(here, '../../dist/catalog') };
}

/** Starts a core that outlives this command. Resolves undefined when it is ready, else with the reason why it is not. */
async function startCore(home: string, offline: boolean): Promise<AppError | undefined> {
  const { entry, catalog } = coreFiles();
  const child = spawn(process.execPath, [...CORE_FLAGS, entry, '--pipe', '--home', home, '--catalog', catalog, '--idle-exit', String(IDLE_MS), ...(offline ? ['--offline'] : [])], { detached: true, env: coreEnvironment(process.env), stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { complaint = (complaint + text).slice(-2_000); });
  const pipe = child.stdio[3] as Duplex;
  const outcome = await new Promise<AppError | undefined>((resolve) => {
    child.once('error', (error) => { resolve(new AppError('core/internal', `The core could not be started: ${error.message}`)); });
    child.once('exit', (code) => { resolve(new AppError('core/internal', `The core ended with code ${code ?? 'none'} before it was ready. ${complaint.trim()}`)); });
    createFramedStream(pipe, null, () => undefined).channel(HOST_CHANNEL).onMessage((message) => {
      const notice = z.safeParse(coreNoticeSchema, JSON.parse(message));
      if (!notice.success) return;
      if (notice.data.tell === 'ready') resolve(undefined);
      if (notice.data.tell === 'failed') resolve(fromWire({ ...notice.data.input, details: {} }));
    });
  });
  // What the core says to people at its start (for example that this home keeps no secrets) is for this terminal.
  if (complaint) process.stderr.write(complaint);
  pipe.destroy();
  child.stderr?.destroy();
  child.unref();
  return outcome;
}
