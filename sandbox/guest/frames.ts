import type { Duplex } from 'node:stream';

/**
 * One message over the pipe: u32 length of the rest, u32 length of the head, the head as JSON, then one opaque text (UTF-8).
 * sandbox/host/frames.ts is the other end; the two rooms may not import each other, so a test holds them together.
 */
export function writeFrame(pipe: Pick<Duplex, 'write'>, head: object, body = ''): void {
  const text = JSON.stringify(head);
  const headBytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(8 + headBytes + Buffer.byteLength(body));
  frame.writeUInt32LE(frame.length - 4, 0);
  frame.writeUInt32LE(headBytes, 4);
  frame.write(text, 8);
  frame.write(body, 8 + headBytes);
  pipe.write(frame);
}

/** Cuts a stream of bytes into frames and calls `onFrame` for each. The parent is trusted: lengths are not limited here. */
export function readFrames(onFrame: (head: Record<string, unknown>, body: string) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let have = 0;
  let need = 4;
  return (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= need) {
      const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      chunks = [all];
      const end = 4 + all.readUInt32LE(0);
      if (all.length < end) { need = end; return; }
      const bodyAt = 8 + all.readUInt32LE(4);
      onFrame(JSON.parse(all.toString('utf8', 8, bodyAt)) as Record<string, unknown>, all.toString('utf8', bodyAt, end));
      chunks = all.length > end ? [all.subarray(end)] : [];
      have = all.length - end;
      need = 4;
    }
  };
}
