/** What images say of themselves, and what those say that want to mislead. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readImage } from '../../packaging/index.ts';
import { root } from '../../scripts/sources.ts';
import { jpegHead, pngHead, webpHead } from '../support/image-heads.ts';

const side = fc.integer({ min: 1, max: 16_383 });

describe('D7 the head of an image', () => {
  it.each([['image/png', pngHead, 0xffff_ffff], ['image/jpeg', jpegHead, 0xffff], ['image/webp', webpHead.lossy, 0x3fff], ['image/webp', webpHead.lossless, 0x4000], ['image/webp', webpHead.extended, 0x100_0000]] as const)('tells the size of a %s', (type, head, most) => {
    fc.assert(fc.property(side, side, (width, height) => { expect(readImage(head(width, height))).toEqual({ type, width, height }); }));
    expect(readImage(head(most, 1))).toEqual({ type, width: most, height: 1 });
  });

  it('tells the size of real ones', async () => {
    for (const plugin of await readdir(path.join(root, 'plugins'), { withFileTypes: true })) {
      if (!plugin.isDirectory()) continue;
      expect(readImage(await readFile(path.join(root, 'plugins', plugin.name, 'assets/icon.png')))).toEqual({ type: 'image/png', width: 256, height: 256 });
    }
  });

  it('finds the frame of a JPEG behind other segments and padding, and not in a picture that is told of within one', () => {
    const thumbnail = jpegHead(9, 9);
    expect(readImage(jpegHead(640, 480, [Buffer.concat([Buffer.from([0xff, 0xe1]), lengthOf(thumbnail), thumbnail]), Buffer.from([0xff, 0xff, 0xff]), Buffer.from([0xff, 0xc4, 0, 4, 1, 2])]))).toEqual({ type: 'image/jpeg', width: 640, height: 480 });
  });

  it.each([
    ['nothing', Buffer.alloc(0)], ['text', Buffer.from('<svg viewBox="0 0 99999 99999">')], ['a PNG without its first chunk', Buffer.concat([pngHead(4, 4).subarray(0, 12), Buffer.from('IDAT'), Buffer.alloc(20)])],
    ['a PNG of no width', pngHead(0, 4)], ['a PNG of no height', pngHead(4, 0)], ['a JPEG of no height', jpegHead(4, 0)], ['a JPEG that is all padding', Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(100_000, 0xff)])],
    ['a JPEG with a segment of no length', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xc0, 0, 17, 8, 0, 4, 0, 4])], ['a JPEG with its picture before its frame', jpegHead(4, 4, [Buffer.from([0xff, 0xda, 0, 2])])],
    ['a JPEG with a segment longer than itself', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0])], ['a WebP of an unknown kind', Buffer.concat([Buffer.from('RIFF....WEBPVP9 '), Buffer.alloc(20)])], ['a lossy WebP that begins otherwise', webpHead.lossy(4, 4).fill(0, 23, 26)],
  ])('is none of %s', (_, bytes) => { expect(readImage(bytes)).toBeUndefined(); });

  it('is read from no byte beyond the end, whatever stands there', () => {
    const whole = [pngHead(3, 5), jpegHead(3, 5), webpHead.lossy(3, 5), webpHead.lossless(3, 5), webpHead.extended(3, 5)];
    fc.assert(fc.property(fc.constantFrom(...whole), fc.uint8Array({ maxLength: 40 }), fc.nat(60), fc.nat(60), (good, noise, at, cut) => {
      // A view into a larger buffer, as read bytes often are: what stands behind it must not count.
      const larger = new Uint8Array(200).fill(0x41);
      const bytes = larger.subarray(64, 64 + good.length);
      bytes.set(good);
      bytes.set(noise.subarray(0, Math.max(0, bytes.length - Math.min(at, bytes.length))), Math.min(at, bytes.length));
      const part = bytes.subarray(0, cut);
      const head = readImage(part);
      if (head) expect(head.width >= 1 && head.height >= 1 && Number.isInteger(head.width) && Number.isInteger(head.height)).toBe(true);
      expect(head).toEqual(readImage(Uint8Array.from(part)));
    }), { numRuns: 500 });
  });
});

function lengthOf(payload: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(payload.length + 2);
  return length;
}
