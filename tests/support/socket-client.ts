import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { createClient, type ClientOptions, type TroupeClient } from '../../contract/link/client.ts';
import type { Channel } from '../../contract/link/channel.ts';
import { socketChannel } from '../../main/link/framed-stream.ts';

/** Opens the core's local socket as a channel. */
export function openSocket(address: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socketChannel(socket));
    });
  });
}

/** A client of the core that listens at `address`. */
export const clientOf = (address: string, options: Partial<ClientOptions> = {}): TroupeClient => createClient({
  connect: () => openSocket(address), client: 'cli', build: 'test', randomId: () => randomBytes(16).toString('base64url'), reconnect: false, ...options,
});
