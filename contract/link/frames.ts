import { AppError } from '../errors/app-error.ts';
import { MAX_MESSAGE_BYTES } from './channel.ts';

/**
 * Frames on the pipe between a shell and the core, and on the core's local socket:
 * 4 bytes length of the payload (big endian), 4 bytes channel, payload in UTF-8.
 * Channel 0 is the host channel; every other one is a page. An empty payload closes its channel.
 * (Node's own IPC channel is not used: it corrupted bytes under load when we measured it.)
 */
export interface Frame { readonly channel: number; readonly payload: Uint8Array }

export const HOST_CHANNEL = 0;
const HEADER = 8;

/** One frame as bytes. `payload` at most MAX_MESSAGE_BYTES. */
export function encodeFrame(channel: number, payload: Uint8Array): Uint8Array {
  if (payload.byteLength > MAX_MESSAGE_BYTES) throw new AppError('core/bad-input', `A message may have at most ${MAX_MESSAGE_BYTES} bytes; this one has ${payload.byteLength}.`);
  const frame = new Uint8Array(HEADER + payload.byteLength);
  const view = new DataView(frame.buffer);
  view.setUint32(0, payload.byteLength);
  view.setUint32(4, channel);
  frame.set(payload, HEADER);
  return frame;
}

/** Cuts a byte stream into frames. `push` throws `core/bad-input` on a length that no sender of ours writes; then drop the carrier. */
export function createFrameReader(): { push(chunk: Uint8Array): Frame[] } {
  let parts: Uint8Array[] = [];
  let size = 0;
  let wanted = HEADER;
  const joined = (): Uint8Array => {
    if (parts.length === 1 && parts[0]) return parts[0];
    const all = new Uint8Array(size);
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.byteLength; }
    return all;
  };
  return {
    push(chunk) {
      parts.push(chunk);
      size += chunk.byteLength;
      if (size < wanted) return []; // joining only when a frame is complete keeps many small chunks linear
      const frames: Frame[] = [];
      let rest = joined();
      for (;;) {
        wanted = HEADER;
        if (rest.byteLength < HEADER) break;
        const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
        const length = view.getUint32(0);
        if (length > MAX_MESSAGE_BYTES) throw new AppError('core/bad-input', `A frame announced ${length} bytes; at most ${MAX_MESSAGE_BYTES} are allowed.`);
        wanted = HEADER + length;
        if (rest.byteLength < wanted) break;
        frames.push({ channel: view.getUint32(4), payload: rest.subarray(HEADER, wanted) });
        rest = rest.subarray(wanted);
      }
      parts = rest.byteLength > 0 ? [rest] : [];
      size = rest.byteLength;
      return frames;
    },
  };
}
