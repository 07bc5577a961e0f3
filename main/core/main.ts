/** The core process. Everything trusted lives here; shells, pages and the command line ask it. */
import { readFileSync } from 'node:fs';
import { AppError, toWire } from '../../contract/errors/app-error.ts';
import type { CoreNotice } from '../../contract/host/index.ts';
import { createApp, type App } from './app.ts';
import { enableFailpoints, parseFailpoint } from './base/observe/index.ts';
import { lastWords } from './last-words.ts';
import { readCoreOptions, type CoreOptions } from './options.ts';
import { noHost, openPipe, type HostLink } from './serve/pipe.ts';

/** The core leaves by itself after this long, even when something does not want to end. */
const STOP_MS = 4_000;

let app: App | null = null;
let host: HostLink = noHost;
let stopping: Promise<void> | null = null;

function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    setTimeout(() => { process.exit(code); }, STOP_MS).unref();
    await app?.stop();
    process.exit(code);
  })();
  return stopping;
}

async function start(options: CoreOptions): Promise<void> {
  const failpoint = options.failpoint === undefined ? undefined : parseFailpoint(options.failpoint);
  if (options.failpoint !== undefined && !failpoint) throw new AppError('core/bad-input', `--failpoint takes a name or name:number, not "${options.failpoint}".`);
  if (failpoint) enableFailpoints(failpoint);
  let ready = false;
  let early: CoreNotice | undefined;
  const waitingPages: Parameters<App['servePage']>[0][] = [];
  if (options.pipe) {
    const shell = openPipe({
      onPage: (channel) => { if (app) app.servePage(channel); else waitingPages.push(channel); },
      onNotice: (notice) => { if (notice.tell === 'shutdown') void stop(0); },
      // A shell that has gone leaves nobody to serve; a core of the command line has its own clients and its own end.
      onEnd: () => { if (options.idleExitMs === 0) void stop(0); },
    });
    // A run that goes on after a restart is news before the core is ready; the shell waits for `ready` or `failed` first.
    host = { ask: shell.ask, tell(notice) { if (notice.tell === 'busy' && !ready) early = notice; else shell.tell(notice); } };
  }
  app = await createApp({ ...options, passphrase: readPassphrase(options.passphraseDescriptor) }, host, () => { void stop(0); });
  for (const channel of waitingPages) app.servePage(channel);
  ready = true;
  host.tell({ tell: 'ready', input: { build: app.build, home: app.home, address: app.address } });
  if (early) host.tell(early);
}

/** The passphrase comes by a descriptor: a command line and an environment can be read by others. */
function readPassphrase(descriptor: number | undefined): string | undefined {
  return descriptor === undefined ? undefined : readFileSync(descriptor, 'utf8').replace(/\r?\n$/, '');
}

// The command line that started this core reads its words only until it is ready.
process.stderr.on('error', (error) => { app?.log.warn({ err: error }, 'nobody reads the core\'s words any more'); });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { void stop(0); });
process.on('uncaughtException', (error) => { void fail(error); });
process.on('unhandledRejection', (error) => { void fail(error); });

/** An error that nobody awaited leaves the core in a state that nobody thought of: it says so and ends; the shell starts it anew. */
async function fail(error: unknown): Promise<void> {
  app?.log.error({ err: error }, 'the core ends after an error that nobody handled');
  const wire = toWire(error);
  if (!app) host.tell({ tell: 'failed', input: { code: wire.code, message: wire.message } });
  process.stderr.write(lastWords(error, (text) => app?.log.clean(text) ?? text));
  await stop(1);
}

try { await start(readCoreOptions(process.argv.slice(2))); } catch (error) { await fail(error); }
