import { open } from 'node:fs/promises';
import path from 'node:path';
import { ipcMain, type WebContents } from 'electron';
import type { Wanted } from './arguments.ts';
import { isOurPage } from './page-protocol.ts';

/** An archive holds at most this much unpacked, so a larger file is none. */
const MOST_BYTES = 50 * 1024 * 1024;

/** What the page gets of what was opened: a link's text, unread, or an archive's name and content, never a path. */
type Opened = { kind: 'link'; text: string } | { kind: 'archive'; name: string; bytes: ArrayBuffer } | { kind: 'unreadable'; name: string; reason: 'missing' | 'too-large' };

export interface Openings {
  /** Hands it to the page, as soon as there is one that listens. */
  add(wanted: Wanted): void;
}

/** Keeps what was opened from outside until our page says that it has it: what goes to a page that is just leaving is sent to the next one. */
export function createOpenings(): Openings {
  let waiting: Wanted[] = [];
  let page: WebContents | null = null;
  /** What the page was sent and has not taken yet. */
  let sent: Wanted | null = null;
  const forget = (contents: WebContents): void => { if (page === contents) { page = null; sent = null; } };
  const hand = async (): Promise<void> => {
    const [next] = waiting;
    const to = page;
    if (to === null || next === undefined || sent !== null) return;
    sent = next;
    const opened = await readOpened(next);
    // Reading took a while: the page may have gone meanwhile.
    if (page === to && sent === next && !to.isDestroyed()) to.send('troupe:open', opened);
  };
  ipcMain.on('troupe:listening', (event) => {
    if (!isOurPage(event)) return;
    const { sender } = event;
    if (page !== sender) {
      page = sender;
      const leave = (): void => {
        forget(sender);
        sender.off('destroyed', leave);
        sender.off('render-process-gone', leave);
        sender.off('did-start-navigation', onNavigation);
      };
      const onNavigation = (details: { isMainFrame: boolean; isSameDocument: boolean }): void => { if (details.isMainFrame && !details.isSameDocument) leave(); };
      sender.on('destroyed', leave);
      sender.on('render-process-gone', leave);
      sender.on('did-start-navigation', onNavigation);
    }
    void hand();
  });
  ipcMain.on('troupe:taken', (event) => {
    if (!isOurPage(event) || event.sender !== page || sent === null) return;
    const taken = sent;
    sent = null;
    waiting = waiting.filter((one) => one !== taken);
    void hand();
  });
  return { add(wanted) { waiting = [...waiting, wanted]; void hand(); } };
}

/** Reads an archive whole, in one look at one open file, so that what was measured is what is read. */
export async function readOpened(wanted: Wanted): Promise<Opened> {
  if ('link' in wanted) return { kind: 'link', text: wanted.link };
  const name = path.basename(wanted.file);
  const handle = await open(wanted.file, 'r').catch(() => null);
  if (handle === null) return { kind: 'unreadable', name, reason: 'missing' };
  try {
    const found = await handle.stat();
    if (!found.isFile()) return { kind: 'unreadable', name, reason: 'missing' };
    if (found.size > MOST_BYTES) return { kind: 'unreadable', name, reason: 'too-large' };
    const bytes = new Uint8Array(found.size);
    const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, 0);
    return { kind: 'archive', name, bytes: bytes.buffer.slice(0, bytesRead) };
  } catch (error) {
    if (error instanceof Error) return { kind: 'unreadable', name, reason: 'missing' };
    throw error;
  } finally {
    await handle.close();
  }
}
