/** The Electron shell: starts the core as a process, owns the window, relays the page's frames. Built to CommonJS. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { app, Menu, powerMonitor, type BrowserWindow } from 'electron';
import * as z from 'zod/mini';
import type { CoreNotice } from '../../contract/host/index.ts';
import { readShellArguments, readWanted, wordsOf, type Wanted } from './arguments.ts';
import { startCore } from './core-process.ts';
import { createHostAnswers } from './host-answers.ts';
import { menuTemplate } from './menu.ts';
import { checkFiles } from './files-check.ts';
import { askToReload, askToRetry, say, tellFailure } from './messages.ts';
import { createOpenings } from './openings.ts';
import { declarePageScheme, servePage } from './page-protocol.ts';
import { relayPages } from './relay.ts';
import { superviseCore, type Supervisor } from './supervisor.ts';
import { guardSession, openWindow } from './window.ts';

const GRACE_MS = 5_000;
const options = readShellArguments(process.argv, { resourcesPath: process.resourcesPath, isPackaged: app.isPackaged });
let window: BrowserWindow | null = null;
let supervisor: Supervisor | null = null;
let busy = 0;
/** Every window was closed; what still runs keeps the app until it ends. */
let inBackground = false;
let quitting = false;
/** Started again while it is ending: what that start is to open. */
let wantedAgain: readonly Wanted[] | null = null;
let stopped = false;
const handedOverSchema = z.object({ wanted: z.array(z.union([z.strictObject({ link: z.string() }), z.strictObject({ file: z.string() })])) });
const given = readWanted(process.argv, process.cwd());
const openings = createOpenings();

app.setName('Troupe');
// One instance per home: the lock lies in this folder.
app.setPath('userData', path.join(options.home, 'electron'));
declarePageScheme();
// A checkout must not take links away from the app that is installed.
if (app.isPackaged) app.setAsDefaultProtocolClient('troupe');
// macOS hands links and files over by these, the first of them before it is ready.
app.on('open-url', (event, link) => { event.preventDefault(); want([{ link }]); });
app.on('open-file', (event, file) => { event.preventDefault(); want([{ file }]); });
if (app.requestSingleInstanceLock({ wanted: given })) start();
else app.quit();

function start(): void {
  const broken = findDamage();
  if (broken === null) {
    // Before Electron is ready: the core starts while the window does.
    supervisor = superviseCore({
      start: (listener) => startCore(options, listener), onNotice, onAsk: createHostAnswers(() => window, (link) => { want([{ link }]); }), onGivenUp: () => askToRetry(options.home),
      onHomeTaken: () => { say('another Troupe works in this home; waiting a moment for it to end…'); },
      now: Date.now, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }
  for (const one of given) openings.add(one);
  // What the other start read of its own words; the list that Electron passes on is in another order.
  app.on('second-instance', (_event, _argv, _folder, data) => {
    const read = z.safeParse(handedOverSchema, data);
    want(read.success ? read.data.wanted : []);
  });
  app.on('activate', () => { show(); });
  // The core goes on while something runs; the last run's end then ends the app.
  app.on('window-all-closed', () => { inBackground = true; if (busy === 0) app.quit(); });
  app.on('before-quit', (event) => {
    if (stopped || !supervisor) return;
    event.preventDefault();
    quitting = true;
    window?.hide();
    void supervisor.stop(GRACE_MS).finally(() => {
      stopped = true;
      if (wantedAgain) app.relaunch({ args: [...process.argv.slice(1).filter((word) => !wordsOf(given).includes(word)), ...wordsOf(wantedAgain)] });
      app.quit();
    });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { app.quit(); });
  void app.whenReady().then(() => (broken === null ? open() : tellFailure('Troupe is damaged', `${broken} Install it again; what you stored is not touched.`)))
    .catch((error: unknown) => tellFailure('Troupe cannot start', error instanceof Error ? error.message : String(error)));
}

async function open(): Promise<void> {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform)));
  guardSession();
  relayPages(() => supervisor?.openPage() ?? null);
  powerMonitor.on('suspend', () => { supervisor?.tell({ tell: 'power', input: { event: 'suspend' } }); });
  powerMonitor.on('resume', () => { supervisor?.tell({ tell: 'power', input: { event: 'resume' } }); });
  await servePage(path.join(options.resources, 'page'));
  show();
}

/** Shows the window, and in it what is wanted. The last start that is still ending would lose it, so the app then starts anew. */
function want(wanted: readonly Wanted[]): void {
  if (quitting) { wantedAgain = [...wantedAgain ?? [], ...wanted]; return; }
  for (const one of wanted) openings.add(one);
  show();
}

/** What of the packaged files is not as it was packed, as a sentence. A checkout has no list and is not checked. */
function findDamage(): string | null {
  const list = path.join(app.getAppPath(), 'files.json');
  return app.isPackaged || existsSync(list) ? checkFiles(list, options.resources) : null;
}

function show(): void {
  if (!app.isReady() || quitting) return;
  inBackground = false;
  window ??= openWindow(options.home, () => { window = null; }, () => { void askToReload(window); });
  if (window.isMinimized()) window.restore();
  if (!window.webContents.isLoading()) window.show();
  window.focus();
}

function onNotice(notice: CoreNotice): void {
  if (notice.tell === 'busy') {
    busy = notice.input.runs;
    if (busy === 0 && inBackground) app.quit();
  }
  if (notice.tell === 'failed') void tellFailure('Troupe cannot start', `${notice.input.message} (${notice.input.code})`);
}
