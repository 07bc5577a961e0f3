import type { Channel } from '../../contract/link/channel.ts';

/**
 * A channel whose messages and end are kept until somebody listens, since the client listens one turn after the carrier
 * is open.
 */
export function bufferedChannel(send: (message: string) => void, end: () => void): { channel: Channel; deliver(message: string): void; ended(): void } {
  let onMessage: ((message: string) => void) | undefined;
  let onClose: (() => void) | undefined;
  let waiting: string[] = [];
  let closed = false;
  return {
    channel: {
      send,
      onMessage(listener) {
        onMessage = listener;
        const early = waiting;
        waiting = [];
        for (const message of early) listener(message);
      },
      onClose(listener) {
        onClose = listener;
        if (closed) listener();
      },
      close: end,
    },
    deliver(message) { if (onMessage) onMessage(message); else waiting.push(message); },
    ended() {
      if (closed) return;
      closed = true;
      onClose?.();
    },
  };
}
