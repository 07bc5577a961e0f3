import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { Channel } from '../../../contract/link/channel.ts';
import { socketChannel } from '../../link/framed-stream.ts';

/**
 * Listens for the command line at `address`. Only the owner of the home may call this: it holds the exclusive lock, so a
 * socket file that is already there belongs to a core that died and is removed.
 */
export async function listenLocally(address: string, onConnection: (channel: Channel) => void): Promise<{ connections(): number; stop(): Promise<void> }> {
  const isPipe = address.startsWith('\\\\');
  if (!isPipe) await rm(address, { force: true });
  const open = new Set<Channel>();
  const server: Server = createServer((socket) => {
    const channel = socketChannel(socket);
    open.add(channel);
    channel.onClose(() => { open.delete(channel); });
    onConnection(channel);
  });
  await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(address, resolve); });
  if (!isPipe) await chmod(address, 0o600);
  return {
    connections: () => open.size,
    async stop() {
      for (const channel of open) channel.close();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}
