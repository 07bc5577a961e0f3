/** The real desktop shell under Playwright: where its runtime is, and Troupe started in it. */
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { findElectron } from '../../scripts/start/choose-shell.ts';
import { root } from '../../scripts/sources.ts';
import { familyOf, until, untilGone } from './processes.ts';

/** Why Electron tests cannot run here, with what to do about it; null when they can. */
export function whyNoElectron(): string | null {
  if (!findElectron()) return 'There is no Electron here. Run "node node_modules/electron/install.js", or name an executable in TROUPE_ELECTRON.';
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'There is no display for Electron. Run the tests under "xvfb-run -a".';
  return null;
}

export interface Desktop {
  app: ElectronApplication;
  /** Electron's main process. */
  pid: number;
  page: Page;
  home: string;
  /** What the page complained about: errors, warnings, breaches of its policy. A test that expects none checks it at its end. */
  problems: string[];
  /** From the start of Electron to the first screen that answers, in milliseconds. */
  startedInMs: number;
  /** What shell and core wrote to stderr. */
  stderr(): string;
  /** Quits as a person does, and waits until no process of it is left. */
  close(): Promise<void>;
}

export interface DesktopOptions {
  home: string;
  /** The built shell, a folder or an asar; default dist/shell. */
  shell?: string;
  resources?: string;
  /** Runs the core; default this Node. */
  node?: string;
  /** Further words for Electron's own command line. */
  words?: string[];
  /** Links and archives that the desktop opens with it. */
  opened?: string[];
}

/** The command line with which `npm start` opens the desktop shell. */
export function desktopWords({ home, shell = path.join(root, 'dist/shell'), resources = path.join(root, 'dist'), node = process.execPath, words = [], opened = [] }: DesktopOptions): string[] {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [...asRoot, ...words, shell, `--node=${node}`, `--resources=${resources}`, `--home=${home}`, ...opened];
}

/**
 * Playwright's handshake with an old Electron now and then never ends, before the app's own code has its turn; what it started
 * is killed then. A second one that hangs is a failure like any other.
 */
async function launch(executablePath: string, args: string[]): Promise<ElectronApplication> {
  try {
    return await _electron.launch({ executablePath, args });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
    process.stderr.write('Electron did not answer Playwright and is started once more.\n');
    return _electron.launch({ executablePath, args });
  }
}

/** Starts Troupe in Electron and waits for its first screen. */
export async function openDesktop(options: DesktopOptions): Promise<Desktop> {
  const executablePath = findElectron();
  if (executablePath === undefined) throw new Error(whyNoElectron() ?? 'no Electron');
  const started = performance.now();
  const app = await launch(executablePath, desktopWords(options));
  const child = app.process();
  let ended = false;
  app.once('close', () => { ended = true; });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => { errors += String(chunk); });
  const problems: string[] = [];
  app.context().on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') problems.push(`${message.type()}: ${message.text()}`); });
  app.context().on('weberror', (error) => { problems.push(`thrown: ${error.error().message}`); });
  const page = await app.firstWindow();
  await page.getByRole('heading').first().waitFor();
  return {
    app, page, pid: child.pid ?? 0, home: options.home, problems, startedInMs: performance.now() - started,
    stderr: () => errors,
    async close() {
      if (ended) return;
      const family = familyOf(child.pid ?? 0);
      await app.close();
      await untilGone(family, 5_000);
    },
  };
}

/** The process of the core that says in the home's log that it is ready, once it is another one than `besides`. */
export function coreOf(home: string, besides?: number): Promise<number> {
  return until('a core is ready', async () => {
    const folder = path.join(home, 'logs');
    if (!existsSync(folder)) return null;
    const logs = (await readdir(folder)).filter((name) => /^core\.\d+\.log$/.test(name)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const lines = (await Promise.all(logs.map((name) => readFile(path.join(folder, name), 'utf8')))).join('').split('\n').filter((line) => line.includes('"the core is ready"'));
    const { pid } = JSON.parse(lines.at(-1) ?? '{}') as { pid?: number };
    return pid === besides ? null : pid;
  });
}
