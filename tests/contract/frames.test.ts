/** Frames on pipes and local sockets: whatever pieces the bytes come in, and whatever bytes come. */
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../contract/link/channel.ts';
import { createFrameReader, encodeFrame, type Frame } from '../../contract/link/frames.ts';
import { createFramedStream } from '../../main/link/framed-stream.ts';

const frame = fc.record({ channel: fc.nat(0xffff_ffff), payload: fc.uint8Array({ maxLength: 400 }) });
const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const plain = (frames: readonly Frame[]): { channel: number; payload: number[] }[] => frames.map(({ channel, payload }) => ({ channel, payload: [...payload] }));

describe('frames', () => {
  it('come out as they went in, however the bytes are split', () => {
    fc.assert(fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(5_000), { maxLength: 40 }), (frames, cuts) => {
      const bytes = joined(frames.map(({ channel, payload }) => encodeFrame(channel, payload)));
      const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
      const reader = createFrameReader();
      const got = at.slice(1).flatMap((end, index) => reader.push(bytes.subarray(at[index], end)));
      expect(plain(got)).toEqual(plain(frames));
    }));
  });

  it('come out byte by byte as well', () => {
    const reader = createFrameReader();
    const bytes = joined([encodeFrame(7, new TextEncoder().encode('häß')), encodeFrame(0, new Uint8Array()), encodeFrame(0xffff_ffff, Uint8Array.of(1))]);
    expect(plain([...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte))))).toEqual([{ channel: 7, payload: [...new TextEncoder().encode('häß')] }, { channel: 0, payload: [] }, { channel: 0xffff_ffff, payload: [1] }]);
  });

  it('stay linear when a large one comes in many small pieces', () => {
    const bytes = encodeFrame(1, new Uint8Array(4 * 1024 * 1024));
    const reader = createFrameReader();
    const began = performance.now();
    let frames = 0;
    for (let at = 0; at < bytes.length; at += 1024) frames += reader.push(bytes.subarray(at, at + 1024)).length;
    expect(frames).toBe(1);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('are refused above the limit, before their bytes are waited for', () => {
    expect(() => encodeFrame(1, new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow(expect.objectContaining({ code: 'core/bad-input' }));
    expect(encodeFrame(1, new Uint8Array(MAX_MESSAGE_BYTES)).byteLength).toBe(MAX_MESSAGE_BYTES + 8);
    for (const length of [MAX_MESSAGE_BYTES + 1, 0xffff_ffff]) {
      const header = new Uint8Array(8);
      new DataView(header.buffer).setUint32(0, length);
      expect(() => createFrameReader().push(header)).toThrow(expect.objectContaining({ code: 'core/bad-input' }));
    }
  });

  it('never make a reader do anything but answer or refuse, whatever comes', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
      const reader = createFrameReader();
      try { for (const chunk of chunks) for (const { payload } of reader.push(chunk)) expect(payload.byteLength).toBeLessThanOrEqual(MAX_MESSAGE_BYTES); } catch (error) { expect(error).toMatchObject({ code: 'core/bad-input' }); }
    }));
  });
});

describe('channels over one stream', () => {
  const write = (stream: PassThrough, channel: number, text: string): void => { stream.write(encodeFrame(channel, new TextEncoder().encode(text))); };
  const made = (): { stream: PassThrough; opened: number[]; got: string[]; closed: number[]; ended: () => boolean } => {
    const stream = new PassThrough();
    const state = { opened: [] as number[], got: [] as string[], closed: [] as number[], over: false };
    createFramedStream(stream, (number, channel) => {
      state.opened.push(number);
      channel.onMessage((message) => { state.got.push(`${number}:${message}`); });
      channel.onClose(() => { state.closed.push(number); });
    }, () => { state.over = true; });
    return { stream, ...state, opened: state.opened, got: state.got, closed: state.closed, ended: () => state.over };
  };
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

  it('are opened by their first frame, kept apart, and closed by an empty one', async () => {
    const { stream, opened, got, closed } = made();
    write(stream, 1, 'a'); write(stream, 2, 'b'); write(stream, 1, 'c'); write(stream, 1, '');
    write(stream, 9, ''); // closing what never was is nothing
    write(stream, 1, 'anew');
    await settled();
    expect({ opened, got, closed }).toEqual({ opened: [1, 2, 1], got: ['1:a', '2:b', '1:c', '1:anew'], closed: [1] });
  });

  it('all end when a frame is broken or is no text', async () => {
    for (const broken of [Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 1), encodeFrame(1, Uint8Array.of(0xff, 0xfe))]) {
      const { stream, closed, ended } = made();
      write(stream, 1, 'a'); write(stream, 2, 'b');
      stream.write(broken);
      await settled();
      expect(closed.sort()).toEqual([1, 2]);
      expect(ended()).toBe(true);
      expect(stream.destroyed).toBe(true);
    }
  });
});
