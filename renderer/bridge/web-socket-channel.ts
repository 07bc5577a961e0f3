import type { Channel } from '../../contract/link/channel.ts';
import { bufferedChannel } from './buffered-channel.ts';

/** A channel over a fresh WebSocket. Rejects when it closes before it opened. */
export function openWebSocket(create: () => WebSocket): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const socket = create();
    let open = false;
    const { channel, deliver, ended } = bufferedChannel(
      (message) => { if (socket.readyState === WebSocket.OPEN) socket.send(message); },
      () => { socket.close(); },
    );
    socket.addEventListener('message', (event) => { if (typeof event.data === 'string') deliver(event.data); });
    socket.addEventListener('open', () => { open = true; resolve(channel); });
    socket.addEventListener('close', () => { if (open) ended(); else reject(new Error('The address refused the connection.')); });
  });
}
