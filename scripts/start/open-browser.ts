import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { homeFolder } from '../../main/link/home-folder.ts';
import { root } from '../sources.ts';
import type { Shell } from './choose-shell.ts';
import { startCore, type CoreProcess } from './core-process.ts';
import type { StartOptions } from './options.ts';

const GRACE_MS = 2_000;
const MOST_RESTARTS = 5;
/** A core that ran this long was well: its end begins the count anew. */
const WELL_MS = 30_000;
/** A core that the command line started leaves 10 s after its last command. */
const HOME_WAIT_MS = 12_000;
const HOME_RETRY_MS = 300;

/**
 * Serves the app on 127.0.0.1 and keeps the core alive: after a crash it starts again on the same port, so that open
 * pages find it. Resolves with the exit code when the person ended it.
 */
export async function openInBrowser(shell: Shell, options: StartOptions, say: (line: string) => void): Promise<number> {
  let core: CoreProcess | null = null;
  let window: { process: ChildProcess; folder: string } | null = null;
  let ending = false;
  let port = options.port;
  const end = (): void => {
    if (ending) return;
    ending = true;
    window?.process.kill();
    void core?.stop(GRACE_MS);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

  let takenSince: number | null = null;
  for (let restarts = 0; !ending && restarts <= MOST_RESTARTS;) {
    const started = performance.now();
    core = startCore(['--serve', '--port', String(port), '--page', path.join(root, 'dist/page'), '--catalog', path.join(root, 'dist/catalog'), ...(options.home === undefined ? [] : ['--home', options.home])]);
    const notice = await core.first;
    if (notice.tell !== 'ready' || notice.input.address === null) {
      if (ending) break;
      if (notice.tell === 'failed' && notice.input.code === 'core/home-in-use' && started - (takenSince ?? started) < HOME_WAIT_MS) {
        if (takenSince === null) say(`${notice.input.message} Waiting a moment for it to end…`);
        takenSince ??= started;
        await core.exited;
        await new Promise((resolve) => setTimeout(resolve, HOME_RETRY_MS));
        continue;
      }
      say(notice.tell === 'failed' ? `${notice.input.message} (${notice.input.code})` : 'the core started without an address');
      await core.stop(GRACE_MS);
      return 1;
    }
    takenSince = null;
    const { address } = notice.input;
    port = Number(new URL(address).port);
    if (restarts > 0) say('the core was started again; open pages reconnect by themselves');
    if (shell.kind === 'browser') {
      if (restarts === 0) say('ready; closing the window or Ctrl-C stops everything');
      window ??= await openWindow(shell.executable, address, path.join(homeFolder({ home: options.home }), 'cache', 'window'), end);
    } else {
      say('open this address, which is good once; Ctrl-C stops everything:');
      process.stdout.write(`${address}\n`);
    }
    const code = await core.exited;
    if (ending) break;
    say(`the core ended with code ${code}`);
    // Never 0 again: the words above tell the first start from the others.
    restarts = performance.now() - started > WELL_MS ? 1 : restarts + 1;
    await new Promise((resolve) => setTimeout(resolve, 50 * 4 ** (restarts - 1)));
  }
  if (window) await rm(window.folder, { recursive: true, force: true });
  if (!ending) say(`the core ended ${MOST_RESTARTS + 1} times; giving up. Its log is in the home's logs folder.`);
  return ending ? 0 : 1;
}

/**
 * An app window of a browser with a profile of its own, kept in the home so that drafts and the window's place stay. The address holds a token, and a command line can be read by every
 * process (`ps`), so the window opens a file that only this user can read and that leads on to the address.
 */
async function openWindow(executable: string, address: string, profile: string, onClose: () => void): Promise<{ process: ChildProcess; folder: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-window-'));
  const file = path.join(folder, 'open.html');
  await writeFile(file, `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${address}"><title>Troupe</title>`, { mode: 0o600 });
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(executable, [`--app=${pathToFileURL(file).href}`, `--user-data-dir=${profile}`, '--no-first-run', '--no-default-browser-check', '--window-size=1280,840', ...asRoot], { stdio: 'ignore' });
  child.once('exit', onClose);
  child.once('error', onClose);
  return { process: child, folder };
}
