/** The built core serving the built page, as `npm start` does, and Debian's Chromium that looks at it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import * as z from 'zod/mini';
import { coreNoticeSchema, type CoreNotice } from '../../contract/host/index.ts';
import { HOST_CHANNEL } from '../../contract/link/frames.ts';
import { createFramedStream } from '../../main/link/framed-stream.ts';
import { CORE_FLAGS } from '../../main/link/core-flags.ts';

const dist = path.resolve(import.meta.dirname, '../../dist');
/** Where pictures go; nothing there is kept in the repository. */
export const PICTURES = path.resolve(import.meta.dirname, '../e2e/screens');
const STOP_MS = 10_000;
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export interface Serving {
  /** Holds a token that works once. */
  readonly address: string;
  readonly origin: string;
  readonly port: number;
  /** Ends the core at once, as a crash does. */
  kill(): Promise<void>;
  /** Ends the core as `npm start` does on Ctrl-C. */
  stop(): Promise<void>;
}

/** A folder for a home; whoever makes it removes it. */
export const makeHome = (): Promise<string> => mkdtemp(path.join(os.tmpdir(), 'troupe-e2e-home-'));
export const removeHome = (home: string): Promise<void> => rm(home, { recursive: true, force: true, maxRetries: 5 });

/** Starts the built core on this home. No keychain can be reached, so that every machine gives the same course. */
export async function serveHome(home: string, options: { port?: number; words?: string[] } = {}): Promise<Serving> {
  const words = ['--pipe', '--serve', '--port', String(options.port ?? 0), '--page', path.join(dist, 'page'), '--catalog', path.join(dist, 'catalog'), '--home', home, ...(options.words ?? [])];
  const child: ChildProcess = spawn(process.execPath, [...CORE_FLAGS, path.join(dist, 'core/core.js'), ...words], {
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }, stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
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
    const { id, ask } = z.parse(z.object({ id: z.number(), ask: z.string() }), value);
    void host.send(JSON.stringify({ id, error: { code: 'host/unavailable', message: `The browser shell cannot do ${ask}.` } }));
  });
  const notice = await first.promise;
  if (notice.tell !== 'ready' || notice.input.address === null) throw new Error(`The core did not start: ${JSON.stringify(notice)} ${said}`);
  const { address } = notice.input;
  const { origin, port } = new URL(address);
  return {
    address, origin, port: Number(port),
    async kill() { child.kill('SIGKILL'); await exited; },
    async stop() {
      void host.send(JSON.stringify({ tell: 'shutdown', input: { graceMs: 2_000 } }));
      const timer = setTimeout(() => { child.kill('SIGKILL'); }, STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** A browser with a fresh profile. */
export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });

export interface WatchedPage {
  page: Page;
  /** What no page may do, in the order it happened: console errors and warnings, errors that nobody caught, reports of the content policy, dialogs. */
  problems: string[];
  /** Everything that came to the page over its WebSocket. */
  received: string[];
  /** Leaves before the end of the test, so that a core that stops is not missed. */
  close(): Promise<void>;
}

/**
 * A page in a profile of its own that writes down everything that should not happen.
 * @param allowed what may stand in the console nevertheless, such as the browser's own line about a core that was killed
 */
export async function openWatched(browser: Browser, options: BrowserContextOptions = {}, allowed: readonly RegExp[] = []): Promise<WatchedPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce', viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  const watched: WatchedPage = { page, problems: [], received: [], close: () => context.close() };
  await watch(watched, allowed);
  return watched;
}

async function watch({ page, problems, received }: WatchedPage, allowed: readonly RegExp[]): Promise<void> {
  const report = (text: string): void => { if (!allowed.some((pattern) => pattern.test(text))) problems.push(text.slice(0, 500)); };
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) report(`console: ${message.text()}`); });
  page.on('pageerror', (error) => { report(`not caught: ${error.message}`); });
  page.on('crash', () => { report('the page crashed'); });
  page.on('dialog', (dialog) => { report(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
  page.on('websocket', (socket) => { socket.on('framereceived', ({ payload }) => { received.push(String(payload)); }); });
  await page.exposeFunction('troupeReport', report);
  await page.addInitScript(() => {
    const tell = (window as unknown as { troupeReport(text: string): Promise<void> }).troupeReport;
    document.addEventListener('securitypolicyviolation', (event) => { void tell(`content policy: ${event.violatedDirective} ${event.blockedURI}`); });
    window.addEventListener('unhandledrejection', (event) => { void tell(`not caught: ${String(event.reason)}`); });
  });
}

/** A browser and its watched pages for one test file. What a page did that it may not fails the test that opened it. */
export function useBrowser(): {
  home(): Promise<string>;
  serve(home: string, options?: { port?: number; words?: string[] }): Promise<Serving>;
  open(address: string, options?: BrowserContextOptions, allowed?: readonly RegExp[]): Promise<WatchedPage>;
} {
  let browser: Browser | null = null;
  let pages: WatchedPage[] = [];
  let cores: Serving[] = [];
  const homes: string[] = [];
  beforeAll(async () => { browser = await openBrowser(); });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await Promise.all(pages.map(({ page }, at) => (page.isClosed() ? null : page.screenshot({ path: path.join(PICTURES, `failed ${task.name.slice(0, 40)} ${at}.png`) }))));
    const problems = pages.flatMap((watched) => watched.problems);
    await Promise.all(pages.map((watched) => watched.close()));
    await Promise.all(cores.map((core) => core.stop()));
    pages = [];
    cores = [];
    expect(problems, 'what the page did').toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    for (const home of homes) await removeHome(home);
  });
  return {
    async home() { const home = await makeHome(); homes.push(home); return home; },
    async serve(home, options) { const core = await serveHome(home, options); cores.push(core); return core; },
    async open(address, options, allowed) {
      if (!browser) throw new Error('The browser is opened before the first test.');
      const watched = await openWatched(browser, options, allowed);
      pages.push(watched);
      await watched.page.goto(address);
      return watched;
    },
  };
}
