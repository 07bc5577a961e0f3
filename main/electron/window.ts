import path from 'node:path';
import { BrowserWindow, screen, session } from 'electron';
import { openOutside } from './host-answers.ts';
import { say } from './messages.ts';
import { PAGE_ORIGIN } from './page-protocol.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

/** What a page may ask of the browser: writing to the clipboard. Everything else is refused. */
const ALLOWED_PERMISSIONS = new Set(['clipboard-sanitized-write']);

export function guardSession(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) => { answer(ALLOWED_PERMISSIONS.has(permission)); });
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => ALLOWED_PERMISSIONS.has(permission));
  session.defaultSession.setSpellCheckerEnabled(false);
}

/** A page that crashes more often than this within a minute is not loaded again. */
const MOST_CRASHES = 3;

/**
 * Opens the app's window on the page. Links lead out of the app or nowhere. A page that crashed is loaded again.
 * @param onBroken the page crashed again and again; the window is left as it is
 */
export function openWindow(home: string, onClosed: () => void, onBroken: () => void): BrowserWindow {
  const state = readWindowState(home, screen.getAllDisplays().map((display) => display.workArea));
  const window = new BrowserWindow({
    width: state.width, height: state.height, ...(state.x !== undefined && state.y !== undefined ? { x: state.x, y: state.y } : {}),
    minWidth: 480, minHeight: 400, show: false, title: 'Troupe', autoHideMenuBar: true,
    webPreferences: { preload: path.join(__dirname, 'preload.cjs'), contextIsolation: true, sandbox: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, webviewTag: false, webSecurity: true, spellcheck: false },
  });
  if (state.maximized) window.maximize();
  window.once('ready-to-show', () => { window.show(); });
  window.on('close', () => { writeWindowState(home, { ...window.getNormalBounds(), maximized: window.isMaximized() }); });
  window.once('closed', onClosed);

  const { webContents } = window;
  // The page's own reload is a navigation to our origin; every other one is refused.
  webContents.on('will-navigate', (event, url) => { if (!url.startsWith(`${PAGE_ORIGIN}/`)) event.preventDefault(); });
  webContents.on('will-attach-webview', (event) => { event.preventDefault(); });
  webContents.setWindowOpenHandler(({ url }) => { openOutside(url).catch(() => { say(`no program of this system opens ${url.slice(0, 200)}`); }); return { action: 'deny' }; });
  let crashes: number[] = [];
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    crashes = [...crashes.filter((at) => at > Date.now() - 60_000), Date.now()];
    if (crashes.length > MOST_CRASHES) onBroken(); else window.reload();
  });
  void window.loadURL(`${PAGE_ORIGIN}/`);
  return window;
}
