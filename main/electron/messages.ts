import path from 'node:path';
import { app, dialog, type BrowserWindow } from 'electron';

/** For whoever started the app in a terminal. */
export function say(line: string): void { process.stderr.write(`troupe: ${line}\n`); }

/** Says why the app cannot go on, in the terminal and in a dialog, and quits when that was read. */
export async function tellFailure(title: string, message: string): Promise<void> {
  say(message);
  await app.whenReady();
  await dialog.showMessageBox({ type: 'error', title, message: title, detail: message, buttons: ['Quit'], noLink: true });
  app.quit();
}

/** The core died again and again: the person decides. Answers whether to try again; else the app quits. */
export async function askToRetry(home: string): Promise<boolean> {
  say('the core ended again and again');
  await app.whenReady();
  const { response } = await dialog.showMessageBox({ type: 'error', title: 'Troupe', message: 'The part of Troupe that does the work keeps ending.', detail: `What was stored is safe. Its log is in ${path.join(home, 'logs')}.`, buttons: ['Quit', 'Try again'], defaultId: 1, cancelId: 0, noLink: true });
  if (response === 0) app.quit();
  return response === 1;
}

/** The page crashed again and again: the person decides. */
export async function askToReload(window: BrowserWindow | null): Promise<void> {
  say('the page crashed again and again');
  const { response } = await dialog.showMessageBox({ type: 'error', title: 'Troupe', message: 'The window of Troupe keeps crashing.', detail: 'What you did is safe: it is kept by another part of Troupe.', buttons: ['Quit', 'Load it again'], defaultId: 1, cancelId: 0, noLink: true });
  if (response === 0) app.quit();
  else if (window && !window.isDestroyed()) window.reload();
}
