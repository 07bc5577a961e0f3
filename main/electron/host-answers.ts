import { app, clipboard, dialog, Notification, session, shell, type BrowserWindow } from 'electron';
import * as z from 'zod/mini';
import { hostRequests, MOST_CLIPBOARD, type HostRequestName } from '../../contract/host/index.ts';

/** Answers what the core asks of the shell. Everything is parsed: the core handles text of others too. */
export function createHostAnswers(window: () => BrowserWindow | null, openLink: (link: string) => void): (ask: string, input: unknown) => Promise<unknown> {
  const answers: { [N in HostRequestName]: (input: z.infer<(typeof hostRequests)[N]['input']>) => Promise<z.infer<(typeof hostRequests)[N]['output']>> } = {
    async pickPath({ title, kind }) {
      const options = { title, properties: [kind === 'folder' ? 'openDirectory' as const : 'openFile' as const, 'createDirectory' as const] };
      const parent = window();
      const { canceled, filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options));
      return { path: canceled ? null : filePaths[0] ?? null };
    },
    async confirm({ title, message, detail, accept }) {
      const options = { type: 'question' as const, title, message, detail, buttons: ['Cancel', accept], defaultId: 0, cancelId: 0, noLink: true };
      const parent = window();
      const { response } = await (parent ? dialog.showMessageBox(parent, options) : dialog.showMessageBox(options));
      return { accepted: response === 1 };
    },
    notify({ title, body }) {
      if (Notification.isSupported()) new Notification({ title: title.slice(0, 200), body: body.slice(0, 1_000) }).show();
      return Promise.resolve({});
    },
    async openExternal({ url }) {
      const address = outsideAddress(url);
      if (!address) return { opened: false };
      const { accepted } = await answers.confirm({ title: 'Troupe', message: `Open ${address.host || address.href} outside Troupe?`, detail: address.href.slice(0, 500), accept: 'Open' });
      return { opened: accepted && await openOutside(url) };
    },
    openLink({ link }) { openLink(link); return Promise.resolve({}); },
    async readClipboard() { const text = await clipboard.readText(); return { text: text.slice(0, MOST_CLIPBOARD), cut: text.length > MOST_CLIPBOARD }; },
    async writeClipboard({ text }) { await clipboard.writeText(text); return {}; },
    badge({ count }) { app.setBadgeCount(count); return Promise.resolve({}); },
    resolveProxy: async ({ url }) => ({ proxy: await session.defaultSession.resolveProxy(url) }),
  };
  return async (ask, input) => {
    if (!Object.hasOwn(hostRequests, ask)) throw new Error(`This shell does not know "${ask.slice(0, 40)}".`);
    const name = ask as HostRequestName;
    return answers[name](z.parse(hostRequests[name].input, input) as never);
  };
}

/** Opens a web page or a mail in the system's own program; every other kind of link is refused. */
export async function openOutside(url: string): Promise<boolean> {
  const address = outsideAddress(url);
  if (address) await shell.openExternal(address.href);
  return address !== null;
}

/** The address when it is one that may lead out of the app, else null. */
function outsideAddress(url: string): URL | null {
  try {
    const parsed = new URL(url);
    return parsed.protocol === 'https:' || parsed.protocol === 'mailto:' ? parsed : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // no address at all
    throw error;
  }
}
