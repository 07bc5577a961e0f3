/** The Electron shell: starts the core as a process, owns the window, relays the page's frames. Built to CommonJS. */
import path from 'node:path';
import { app, dialog, Menu, powerMonitor, type BrowserWindow } from 'electron';
import type { CoreNotice } from '../../contract/host/index.ts';
import { readShellArguments } from './arguments.ts';
import { startCore } from './core-process.ts';
import { createHostAnswers } from './host-answers.ts';
import { menuTemplate } from './menu.ts';
import { checkFiles } from './files-check.ts';
import { declarePageScheme, servePage } from './page-protocol.ts';
import { relayPages } from './relay.ts';
import { superviseCore, type Supervisor } from './supervisor.ts';
import { guardSession, openWindow } from './window.ts';

const GRACE_MS = 5_000;
const options = readShellArguments(process.argv, process.resourcesPath);
let window: BrowserWindow | null = null;
let supervisor: Supervisor | null = null;
let busy = 0;
let stopped = false;

app.setName('Troupe');
// One instance per home: the lock lies in this folder.
app.setPath('userData', path.join(options.home, 'electron'));
declarePageScheme();
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  const broken = app.isPackaged ? checkFiles(path.join(app.getAppPath(), 'files.json'), options.resources) : null;
  if (broken === null) {
    // Before Electron is ready: the core starts while the window does.
    supervisor = superviseCore({ start: (listener) => startCore(options, listener), onNotice, onAsk: createHostAnswers(() => window), onGivenUp: askToRetry, now: Date.now, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) });
  }
  app.on('second-instance', () => { show(); });
  app.on('activate', () => { show(); });
  // The core goes on while something runs; the last run's end then ends the app.
  app.on('window-all-closed', () => { if (busy === 0) app.quit(); });
  app.on('before-quit', (event) => {
    if (stopped || !supervisor) return;
    event.preventDefault();
    void supervisor.stop(GRACE_MS).finally(() => { stopped = true; app.quit(); });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { app.quit(); });
  void app.whenReady().then(async () => {
    if (broken !== null) { dialog.showErrorBox('Troupe is damaged', `${broken} Install it again; what you stored is not touched.`); app.quit(); return; }
    Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform)));
    guardSession();
    relayPages(() => supervisor?.openPage() ?? null);
    powerMonitor.on('suspend', () => { supervisor?.tell({ tell: 'power', input: { event: 'suspend' } }); });
    powerMonitor.on('resume', () => { supervisor?.tell({ tell: 'power', input: { event: 'resume' } }); });
    await servePage(path.join(options.resources, 'page'));
    show();
  });
}

function show(): void {
  if (!app.isReady()) return;
  window ??= openWindow(options.home, () => { window = null; });
  if (window.isMinimized()) window.restore();
  window.focus();
}

function onNotice(notice: CoreNotice): void {
  if (notice.tell === 'busy') {
    busy = notice.input.runs;
    if (busy === 0 && !window && app.isReady()) app.quit();
  }
  if (notice.tell === 'failed') void app.whenReady().then(() => { dialog.showErrorBox('Troupe cannot start', `${notice.input.message}\n\n(${notice.input.code})`); app.quit(); });
}

/** The core died again and again: the person decides. */
async function askToRetry(): Promise<boolean> {
  await app.whenReady();
  const { response } = await dialog.showMessageBox({ type: 'error', title: 'Troupe', message: 'The part of Troupe that does the work keeps ending.', detail: `What was stored is safe. Its log is in ${path.join(options.home, 'logs')}.`, buttons: ['Quit', 'Try again'], defaultId: 1, cancelId: 0, noLink: true });
  if (response === 0) app.quit();
  return response === 1;
}
