import { protocol, type IpcMainEvent } from 'electron';
import { loadPage } from '../link/page-files.ts';
import { answerWith, fileFor } from '../link/page-policy.ts';

/** The page's own origin. It must be declared before Electron is ready. */
export const PAGE_ORIGIN = 'app://ui';

/** Whether a message comes from the main frame of our own page. */
export function isOurPage({ senderFrame: frame, sender }: Pick<IpcMainEvent, 'sender' | 'senderFrame'>): boolean {
  return frame !== null && frame === sender.mainFrame && frame.url.startsWith(`${PAGE_ORIGIN}/`);
}

export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built page at app://ui/ from memory: a request can name nothing else on the disk. */
export async function servePage(folder: string): Promise<void> {
  const page = await loadPage(folder);
  protocol.handle('app', (request) => {
    const url = new URL(request.url);
    const file = url.host === 'ui' && request.method === 'GET' ? fileFor(page, url.pathname) : undefined;
    if (!file) return new Response('There is no such file.\n', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } });
    const { headers, body } = answerWith(file, []);
    return new Response(new Uint8Array(body), { headers });
  });
}
