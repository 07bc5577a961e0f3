import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AnyRouter } from '@orpc/server';
import { changeTopicSchema } from '../../contract/api/observe.ts';
import { AppError } from '../../contract/errors/app-error.ts';
import { PROTOCOL } from '../../contract/link/hello.ts';
import type { Channel } from '../../contract/link/channel.ts';
import type { About } from '../../contract/model/health.ts';
import { chooseAddress, publishAddress } from '../link/core-address.ts';
import { loadPage } from '../link/page-files.ts';
import { credentialsApi } from './api/credentials.ts';
import { linkApi } from './api/link.ts';
import { whileLocked } from './api/locked.ts';
import { observeApi } from './api/observe.ts';
import { createOnce } from './api/once.ts';
import { openKeys, systemKeychain } from './base/credentials/index.ts';
import { createChanges, createLog, meterLoop, type CoreLog } from './base/observe/index.ts';
import { openHome } from './base/store/index.ts';
import { BUILD, ENTRY_FILES, VERSION } from './entry-files.ts';
import { examine } from './doctor.ts';
import type { CoreOptions } from './options.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { createCallHandler } from './serve/calls.ts';
import { serveConnection } from './serve/connection.ts';
import { createFolderChooser } from './serve/http/folder-chooser.ts';
import { serveLoopback } from './serve/http/loopback.ts';
import { createSessions } from './serve/http/sessions.ts';
import { listenLocally } from './serve/local-socket.ts';
import type { HostLink } from './serve/pipe.ts';

export interface App {
  readonly build: string;
  readonly home: string;
  /** Where a browser opens the app, with its one-time token; null when pages come by the pipe. */
  readonly address: string | null;
  readonly log: CoreLog;
  servePage(channel: Channel): void;
  stop(): Promise<void>;
}

/**
 * The core as a whole: owns the home, opens its key, serves its channels. What needs the key (store and every room on
 * it) is opened when the key is there; until then only the credentials procedures answer.
 * @param idle called when the last client of a core that the command line started has been gone long enough
 */
export async function createApp(options: CoreOptions & { passphrase: string | undefined }, host: HostLink, idle: () => void): Promise<App> {
  const home = openHome({ home: options.home });
  const log = createLog({ folder: home.logs });
  const meter = meterLoop({ onStall: (stall) => { log.warn(stall, 'the main thread was busy'); } });
  const changes = createChanges();
  const chooser = createFolderChooser(os.homedir(), Date.now);
  const interactive = options.serve || (options.pipe && options.idleExitMs === 0);
  const keychain = systemKeychain({ processFile: ENTRY_FILES.keychainProcess });
  const keys = await openKeys({ keyFile: home.keyFile, database: home.database, keychain, passphrase: options.passphrase, interactive });
  const notice = keys.notice();
  if (notice !== undefined) process.stderr.write(`troupe: ${notice}\n`);

  let stopping = false;
  let offlineClients = 0;
  // What the command line asked for holds for that command: the next one that allows the network has it.
  let offlineAtStart = options.offline;
  let rooms: Rooms | null = null;
  const shell = options.serve ? 'browser' : options.pipe && options.idleExitMs === 0 ? 'electron' : 'none';
  const about = (): About => ({ version: VERSION, build: BUILD, protocol: PROTOCOL, home: home.root, node: process.version, platform: `${process.platform}-${process.arch}`, shell });
  const observe = observeApi({ about, running: () => rooms?.running() ?? 0, doctor: () => examine({ home, keys, keychain, meter, rooms }) }, changes);
  const settled = async (): Promise<void> => { await opening; };
  let browserAddress: ((link: string) => string) | null = null;
  const showLink = async (text: string): Promise<string | null> => {
    if (browserAddress) return browserAddress(text);
    if (shell === 'none') throw new AppError('host/unavailable', 'Troupe is not open: only its core runs. Start the app and open the link again.');
    await host.ask('openLink', { link: text });
    return null;
  };
  const always = { link: linkApi(showLink), observe, credentials: credentialsApi(keys, settled, () => rooms, createOnce(Date.now)) };
  const handlerOf = (router: AnyRouter): ReturnType<typeof createCallHandler> => createCallHandler(router, {
    stopping: () => stopping, onError: (procedure, error) => { log.error({ procedure, err: error }, 'a call failed unexpectedly'); },
  });
  let handler = handlerOf(whileLocked(always));

  const openIfPossible = async (): Promise<void> => {
    if (rooms || !keys.serves()) return;
    rooms = await openRooms({
      home, keys, log, changes, host, chooser, catalog: options.catalog, sandboxEngine: options.sandboxEngine, registerSecret: (value) => { log.registerSecret(value); },
      lost: (error) => { log.error({ err: error }, 'a database thread died'); process.nextTick(() => { throw error; }); },
      offline: () => offlineAtStart || offlineClients > 0, running: (runs) => { host.tell({ tell: 'busy', input: { runs } }); },
    });
    handler = handlerOf({ ...always, ...rooms.router });
  };
  let opening = openIfPossible();
  await opening;
  // Told after the rooms opened: a page that hears of an open home asks them at once. In an open home nothing else changed.
  keys.onChange(() => {
    const topics = rooms ? ['credentials' as const] : changeTopicSchema.options;
    opening = opening.then(openIfPossible).then(() => { for (const topic of topics) changes.tell(topic); });
  });

  const serve = (channel: Channel, accepts: readonly ('page' | 'cli' | 'test')[]): Promise<void> => serveConnection(channel, {
    handler: () => handler, build: BUILD, shell, accepts, stopping: () => stopping, program: commandLine(), onOffline: (change) => { offlineClients += change; if (change === 0 && options.idleExitMs > 0) offlineAtStart = false; },
  });
  const address = await chooseAddress(home.root);
  let idleTimer: NodeJS.Timeout | undefined;
  const watchIdle = (): void => {
    clearTimeout(idleTimer);
    if (options.idleExitMs > 0) idleTimer = setTimeout(() => { if (socket.connections() === 0 && (rooms?.running() ?? 0) === 0) idle(); else watchIdle(); }, options.idleExitMs);
  };
  const socket = await listenLocally(address, (channel) => { clearTimeout(idleTimer); void serve(channel, ['cli', 'test']).then(watchIdle); });
  await publishAddress(home.root, address);
  watchIdle();
  const sessions = createSessions({ secret: await sessionSecret(home.cache), now: Date.now });
  const loopback = options.serve && options.page !== undefined
    ? await serveLoopback({ page: await loadPage(options.page), sessions, port: options.port, onPage: (channel) => { void serve(channel, ['page']); } }) : null;
  if (loopback) browserAddress = (text) => `${loopback.origin}/?link=${encodeURIComponent(text)}#token=${sessions.issue()}`;
  log.info({ build: BUILD, version: VERSION, state: keys.state().state, shell }, 'the core is ready');

  return {
    build: BUILD, home: home.root, log,
    address: loopback ? `${loopback.origin}/#token=${sessions.issue()}` : null,
    servePage(channel) { void serve(channel, ['page']); },
    async stop() {
      stopping = true;
      clearTimeout(idleTimer);
      await opening;
      await rooms?.stop();
      await Promise.all([socket.stop(), loopback?.stop(), chooser.stop()]);
      meter.stop();
      log.info({}, 'the core stopped');
      await log.close();
      home.release();
    },
  };
}

/** The command line that fits this core, told to one that does not. */
function commandLine(): string {
  const built = path.join(import.meta.dirname, 'cli.js');
  return existsSync(built) ? built : path.join(import.meta.dirname, '../cli/main.ts');
}

/** From this the keys of page sessions are derived, so that an open page finds a restarted core again. Only this user can read it. */
async function sessionSecret(cache: string): Promise<Buffer> {
  const file = path.join(cache, 'session.key');
  const known = await readFile(file).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return null; throw error; });
  if (known?.byteLength === 32) return known;
  const fresh = randomBytes(32);
  await writeFile(file, fresh, { mode: 0o600 });
  return fresh;
}
