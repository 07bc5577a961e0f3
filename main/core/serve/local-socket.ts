import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { Channel } from '../../../contract/link/channel.ts';
import { createFramedStream } from '../../link/framed-stream.ts';

/** The one channel that a local socket carries. */
export const SOCKET_CHANNEL = 1;

/**
 * Listens for the command line at `address`. Only the owner of the home may call this: it holds the exclusive lock, so a
 * socket file that is already there belongs to a core that died and is removed.
 */
export async function listenLocally(address: string, onConnection: (channel: Channel) => void): Promise<{ connections(): number; stop(): Promise<void> }> {
  const isPipe = address.startsWith('\\\\');
  if (!isPipe) await rm(address, { force: true });
  let count = 0;
  const open = new Set<() => void>();
  const server: Server = createServer((socket) => {
    count += 1;
    const framed = createFramedStream(socket, () => undefined, () => { count -= 1; open.delete(framed.close); });
    open.add(framed.close);
    onConnection(framed.channel(SOCKET_CHANNEL));
  });
  await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(address, resolve); });
  if (!isPipe) await chmod(address, 0o600);
  return {
    connections: () => count,
    async stop() {
      for (const close of open) close();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}
