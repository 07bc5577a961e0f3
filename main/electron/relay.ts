import { ipcMain, type MessagePortMain } from 'electron';
import type { Channel } from '../../contract/link/channel.ts';
import { isOurPage } from './page-protocol.ts';

/**
 * Gives each page that asks a channel to the core, and passes its messages on unread. Only the main frame of our own page
 * is heard. `null` ends a port: a close listener on it crashed some renderers.
 */
export function relayPages(openPage: () => Channel | null): void {
  ipcMain.on('troupe:connect', (event) => {
    const port = event.ports[0];
    if (!port) return;
    const channel = isOurPage(event) ? openPage() : null;
    if (!channel) { end(port); return; }
    let open = true;
    channel.onMessage((message) => { if (open) port.postMessage(message); });
    const { sender } = event;
    const leave = (): void => { if (open) { open = false; forget(); channel.close(); } };
    // Routes of the page are navigations within its document: only leaving the document ends its channel. A page that stays
    // after all (the navigation came to nothing) is told, and asks again.
    const onNavigation = (details: { isMainFrame: boolean; isSameDocument: boolean }): void => { if (details.isMainFrame && !details.isSameDocument) { leave(); end(port); } };
    // A window that crashed or was closed says nothing more.
    const forget = (): void => {
      sender.off('destroyed', leave);
      sender.off('render-process-gone', leave);
      sender.off('did-start-navigation', onNavigation);
    };
    sender.on('destroyed', leave);
    sender.on('render-process-gone', leave);
    sender.on('did-start-navigation', onNavigation);
    channel.onClose(() => { if (open) { open = false; forget(); end(port); } });
    port.on('message', ({ data }: { data: unknown }) => {
      if (data === null) { leave(); port.close(); } else if (typeof data === 'string' && open) void channel.send(data);
    });
    port.start();
  });
}

function end(port: MessagePortMain): void {
  port.start();
  port.postMessage(null);
}
