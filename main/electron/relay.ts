import { ipcMain, type MessagePortMain } from 'electron';
import type { Channel } from '../../contract/link/channel.ts';
import { PAGE_ORIGIN } from './page-protocol.ts';

/**
 * Gives each page that asks a channel to the core, and passes its messages on unread. Only the main frame of our own page
 * is heard. `null` ends a port: a close listener on it crashed some renderers.
 */
export function relayPages(openPage: () => Channel | null): void {
  ipcMain.on('troupe:connect', (event) => {
    const port = event.ports[0];
    if (!port) return;
    const frame = event.senderFrame;
    const ours = frame !== null && frame === event.sender.mainFrame && frame.url.startsWith(`${PAGE_ORIGIN}/`);
    const channel = ours ? openPage() : null;
    if (!channel) { end(port); return; }
    let open = true;
    channel.onMessage((message) => { if (open) port.postMessage(message); });
    channel.onClose(() => { if (open) { open = false; end(port); } });
    const leave = (): void => { if (open) { open = false; channel.close(); } };
    port.on('message', ({ data }: { data: unknown }) => {
      if (data === null) { leave(); port.close(); } else if (typeof data === 'string' && open) void channel.send(data);
    });
    // A window that crashed or was closed says nothing more.
    event.sender.once('destroyed', leave);
    event.sender.once('render-process-gone', leave);
    event.sender.once('did-start-navigation', (details) => { if (details.isMainFrame && !details.isSameDocument) leave(); });
    port.start();
  });
}

function end(port: MessagePortMain): void {
  port.start();
  port.postMessage(null);
}
