/** The first bytes of images of any claimed size; nothing that could be drawn follows them. */

export function pngHead(width: number, height: number): Buffer {
  const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(17)]);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.set([8, 6], 24);
  return bytes;
}

export function jpegHead(width: number, height: number, before: readonly Uint8Array[] = []): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...before, frame]);
}

const webp = (kind: string, data: Uint8Array): Buffer => {
  const bytes = Buffer.concat([Buffer.from(`RIFF....WEBP${kind}....`, 'latin1'), data, Buffer.alloc(8)]);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.writeUInt32LE(data.length, 16);
  return bytes;
};

export const webpHead = {
  lossy(width: number, height: number): Buffer {
    const data = Buffer.from([0x30, 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 0, 0]);
    data.writeUInt16LE(width, 6);
    data.writeUInt16LE(height, 8);
    return webp('VP8 ', data);
  },
  lossless(width: number, height: number): Buffer {
    const data = Buffer.from([0x2f, 0, 0, 0, 0]);
    data.writeUInt32LE((width - 1) + (height - 1) * 0x4000, 1);
    return webp('VP8L', data);
  },
  extended(width: number, height: number): Buffer {
    const data = Buffer.alloc(10);
    data.writeUIntLE(width - 1, 4, 3);
    data.writeUIntLE(height - 1, 7, 3);
    return webp('VP8X', data);
  },
};
