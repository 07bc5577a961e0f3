/** The Electron shell: starts the core as a process, owns the window, relays the page's frames. Built to CommonJS. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { app, Menu, powerMonitor, type BrowserWindow } from 'electron';
import type { CoreNotice } from '../../contract/host/index.ts';
import { readShellArguments } from './arguments.ts';
import { startCore } from './core-process.ts';
import { createHostAnswers } from './host-answers.ts';
import { menuTemplate } from './menu.ts';
import { checkFiles } from './files-check.ts';
import { askToReload, askToRetry, say, tellFailure } from './messages.ts';
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
let wantedAgain = false;
let stopped = false;

app.setName('Troupe');
// One instance per home: the lock lies in this folder.
app.setPath('userData', path.join(options.home, 'electron'));
declarePageScheme();
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  const broken = findDamage();
  if (broken === null) {
    // Before Electron is ready: the core starts while the window does.
    supervisor = superviseCore({
      start: (listener) => startCore(options, listener), onNotice, onAsk: createHostAnswers(() => window), onGivenUp: () => askToRetry(options.home),
      onHomeTaken: () => { say('another Troupe works in this home; waiting a moment for it to end…'); },
      now: Date.now, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }
  // Started again while the last start is still ending: that one would be lost, so the app starts anew when it has ended.
  app.on('second-instance', () => { if (quitting) wantedAgain = true; else show(); });
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
      if (wantedAgain) app.relaunch();
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
