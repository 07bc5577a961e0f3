import type { Channel } from '../../contract/link/channel.ts';
import { bufferedChannel } from './buffered-channel.ts';

/** What the preload hands over of what was opened from outside: a link's text, or an archive's name and content, never a path. */
export type ShellOpening = { kind: 'link'; text: string } | { kind: 'archive'; name: string; bytes: ArrayBuffer } | { kind: 'unreadable'; name: string; reason: 'missing' | 'too-large' };

/** What the preload puts on `window`: one port for the page, and what the person opened with Troupe. */
export interface TroupeShell { connect(): void; onOpen(take: (opened: ShellOpening) => void): void; shell: 'electron'; platform: string }

declare global {
  interface Window { troupe?: TroupeShell }
}

/** The page's way to the core in the desktop shell: a MessagePort that the preload posts after `connect()`. */
export function electronTransport(shell: TroupeShell, page: Window): () => Promise<Channel> {
  return () => new Promise((resolve) => {
    const receive = (event: MessageEvent): void => {
      const port = event.ports[0];
      if (event.source !== page || event.data !== 'troupe:port' || !port) return;
      page.removeEventListener('message', receive);
      resolve(portChannel(port));
    };
    page.addEventListener('message', receive);
    shell.connect();
  });
}

/** A `null` message is the end, both ways: a `close` listener on a port crashes some versions of the desktop shell. */
export function portChannel(port: MessagePort): Channel {
  const { channel, deliver, ended } = bufferedChannel(
    (message) => { port.postMessage(message); },
    () => { port.postMessage(null); port.close(); ended(); },
  );
  port.onmessage = (event: MessageEvent): void => {
    if (event.data === null) { port.close(); ended(); } else if (typeof event.data === 'string') deliver(event.data);
  };
  port.start();
  return channel;
}
