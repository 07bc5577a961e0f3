import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Channel } from '../../contract/link/channel.ts';
import { createFrameReader, encodeFrame } from '../../contract/link/frames.ts';

/** The one channel of a local socket; both ends use this. Closing it closes the socket, once what was sent is on its way. */
export function socketChannel(socket: Socket): Channel {
  const channel = createFramedStream(socket, null, () => undefined).channel(1);
  channel.onClose(() => { socket.destroySoon(); });
  return channel;
}

/** Many channels over one byte stream (the shell's pipe, a local socket). */
export interface FramedStream {
  /** The channel with this number; the same object each time until it closes. What comes before somebody listens waits. */
  channel(number: number): Channel;
  close(): void;
}

/**
 * Cuts `stream` into channels. `onChannel` is called for the first frame of a channel that nobody asked for yet, before
 * the frame is delivered; with null such a frame is dropped (it is the rest of a channel that was closed here). A
 * malformed frame closes the whole stream.
 */
export function createFramedStream(stream: Duplex, onChannel: ((number: number, channel: Channel) => void) | null, onEnd: () => void): FramedStream {
  interface Entry { channel: Channel; message: ((message: string) => void) | null; early: string[]; over: boolean; closed: (() => void)[] }
  const entries = new Map<number, Entry>();
  const reader = createFrameReader();
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true });

  const write = (number: number, payload: Uint8Array): Promise<void> | void => {
    if (stream.destroyed) return;
    if (stream.write(encodeFrame(number, payload))) return;
    return new Promise((resolve) => {
      const done = (): void => { stream.off('drain', done); stream.off('close', done); resolve(); };
      stream.on('drain', done);
      stream.on('close', done);
    });
  };
  const end = (number: number): void => {
    const entry = entries.get(number);
    if (!entry) return;
    entries.delete(number);
    entry.over = true;
    for (const listener of entry.closed) listener();
  };
  const entryOf = (number: number): Entry => {
    const known = entries.get(number);
    if (known) return known;
    const entry: Entry = {
      message: null, early: [], over: false, closed: [],
      channel: {
        send: (message) => write(number, encoder.encode(message)),
        // A core that is still starting listens only when it is ready; the page has said hello by then.
        onMessage(listener) {
          entry.message = listener;
          for (const message of entry.early.splice(0)) listener(message);
        },
        onClose(listener) { if (entry.over) listener(); else entry.closed.push(listener); },
        close() { if (entries.has(number)) { void write(number, new Uint8Array()); end(number); } },
      },
    };
    entries.set(number, entry);
    return entry;
  };

  stream.on('data', (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) {
        if (frame.payload.byteLength === 0) { end(frame.channel); continue; }
        const fresh = !entries.has(frame.channel);
        if (fresh && !onChannel) continue;
        const entry = entryOf(frame.channel);
        if (fresh) onChannel?.(frame.channel, entry.channel);
        const message = decoder.decode(frame.payload);
        if (entry.message) entry.message(message); else entry.early.push(message);
      }
    } catch (error) {
      stream.destroy(error instanceof Error ? error : undefined);
    }
  });
  stream.on('error', () => { stream.destroy(); });
  stream.on('close', () => { for (const number of [...entries.keys()]) end(number); onEnd(); });
  return { channel: (number) => entryOf(number).channel, close: () => { stream.destroy(); } };
}
