/**
 * A two-way path for text messages between a client and the core, whatever carries it: a WebSocket, a MessagePort, one
 * channel of the framed pipe, a local socket. Messages arrive whole and in order.
 */
export interface Channel {
  /** Resolves when the carrier can take more; rejects never: a dead carrier reports through `onClose`. */
  send(message: string): Promise<void> | void;
  onMessage(listener: (message: string) => void): void;
  /** Called once. */
  onClose(listener: () => void): void;
  close(): void;
}

/** The largest message either side accepts, in bytes. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
