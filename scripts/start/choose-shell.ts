import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../sources.ts';
import type { StartOptions } from './options.ts';

export type Shell =
  | { kind: 'electron'; executable: string; why: string }
  | { kind: 'browser'; executable: string; why: string }
  | { kind: 'address'; why: string };

const BROWSERS: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable'],
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ? [path.join(process.env[name], 'Google/Chrome/Application/chrome.exe'), path.join(process.env[name], 'Microsoft/Edge/Application/msedge.exe')] : []),
};
const DOWNLOAD_MS = 60_000;

const onPath = (name: string): string | undefined => path.isAbsolute(name)
  ? (existsSync(name) ? name : undefined)
  : (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name)).find((file) => existsSync(file));

const hasDisplay = (): boolean => process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** The executable that the electron package downloaded, if it did; TROUPE_ELECTRON names another one. */
export function findElectron(): string | undefined {
  const named = process.env['TROUPE_ELECTRON'];
  if (named) return existsSync(named) ? named : undefined;
  const inPackage = { linux: 'electron', win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string];
  const file = inPackage === undefined ? undefined : path.join(root, 'node_modules/electron/dist', inPackage);
  return file !== undefined && existsSync(file) ? file : undefined;
}

/** Electron when it is there or comes within a minute; else a browser's app window; else the address alone. */
export async function chooseShell(options: StartOptions, say: (line: string) => void): Promise<Shell> {
  if (options.shell === 'address') return { kind: 'address', why: 'serving on this machine only, as asked' };
  const display = hasDisplay();
  if (!display) return { kind: 'address', why: 'there is no display, so no window can open; serving on this machine only' };
  if (options.shell !== 'browser') {
    let executable = findElectron();
    if (!executable) {
      say(`Electron is not here yet; downloading it (at most ${DOWNLOAD_MS / 1000} s)…`);
      await download();
      executable = findElectron();
    }
    if (executable) return { kind: 'electron', executable, why: 'opening in Electron' };
  }
  const browser = (BROWSERS[process.platform] ?? []).map(onPath).find((file) => file !== undefined);
  const reason = options.shell === 'browser' ? 'as asked' : 'Electron could not be downloaded';
  if (browser) return { kind: 'browser', executable: browser, why: `${reason}; opening an app window of ${path.basename(browser)}` };
  return { kind: 'address', why: `${reason} and no Chromium, Chrome or Edge was found; serving on this machine only` };
}

/** Runs the electron package's own installer; failing is an answer, not an error. */
async function download(): Promise<void> {
  const installer = path.join(root, 'node_modules/electron/install.js');
  if (!existsSync(installer)) return;
  const child = spawn(process.execPath, [installer], { stdio: 'ignore' });
  const timer = setTimeout(() => { child.kill('SIGKILL'); }, DOWNLOAD_MS);
  await new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); child.once('error', () => { resolve(); }); });
  clearTimeout(timer);
}
