import type { Writable } from 'node:stream';

/** A process that sends more in one frame than kernel and limits allow is not obeying its own code any more. */
export const MAX_FRAME_BYTES = 40 * 1_048_576;

/**
 * One message over the pipe: u32 length of the rest, u32 length of the head, the head as JSON, then one opaque text (UTF-8).
 * sandbox/guest/frames.ts is the other end. Node's own JSON channel would parse whatever a lost process sends, of any size.
 */
export function writeFrame(pipe: Pick<Writable, 'write'>, head: object, body = ''): void {
  const text = JSON.stringify(head);
  const headBytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(8 + headBytes + Buffer.byteLength(body));
  frame.writeUInt32LE(frame.length - 4, 0);
  frame.writeUInt32LE(headBytes, 4);
  frame.write(text, 8);
  frame.write(body, 8 + headBytes);
  pipe.write(frame);
}

/**
 * Cuts a stream of bytes into frames. Throws on a frame that is too large or malformed; the caller then kills the process.
 * @param onFrame head (any JSON value, ≤ 8 KiB) and body of each frame
 */
export function readFrames(onFrame: (head: unknown, body: string) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let have = 0;
  let need = 4;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= need) {
      const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      chunks = [all];
      const length = all.readUInt32LE(0);
      if (length > MAX_FRAME_BYTES || length < 4) throw new RangeError(`A frame of 4 to ${MAX_FRAME_BYTES} bytes was expected; ${length} were announced.`);
      if (have < 4 + length) { need = 4 + length; return; }
      const headBytes = all.readUInt32LE(4);
      if (headBytes > 8_192 || 4 + headBytes > length) throw new RangeError(`A head of at most 8192 bytes was expected; ${headBytes} were announced.`);
      const bodyAt = 8 + headBytes;
      const head = JSON.parse(all.toString('utf8', 8, bodyAt)) as unknown;
      const body = all.toString('utf8', bodyAt, 4 + length);
      chunks = have > 4 + length ? [all.subarray(4 + length)] : [];
      have -= 4 + length;
      need = 4;
      onFrame(head, body);
    }
  };
}
