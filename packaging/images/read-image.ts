/**
 * What an image says of itself in its first bytes. Nothing is decoded: the page does that, with the memory that these numbers ask for,
 * so they are looked at before. Sources: PNG (W3C) 11.2.2, JPEG (ITU T.81) B.1 and B.2.2, WebP (RFC 9649) 2.5 to 2.7.
 */

export interface ImageHead { type: 'image/png' | 'image/jpeg' | 'image/webp'; /** In pixels, both 1 at least. */ width: number; height: number }

/** The media type of an image by its first bytes; undefined for anything else. */
export function imageTypeOf(bytes: Uint8Array): ImageHead['type'] | undefined {
  const starts = (...head: number[]): boolean => head.every((byte, index) => bytes[index] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  return starts(0x52, 0x49, 0x46, 0x46) && wordAt(bytes, 8) === 'WEBP' ? 'image/webp' : undefined;
}

/** Type and size of an image; undefined when it is no PNG, JPEG or WebP, or when its head is cut off or tells no size. Never throws. */
export function readImage(bytes: Uint8Array): ImageHead | undefined {
  const type = imageTypeOf(bytes);
  if (type === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = { 'image/png': pngSize, 'image/jpeg': jpegSize, 'image/webp': webpSize }[type](view, bytes);
  return size && size.width > 0 && size.height > 0 ? { type, ...size } : undefined;
}

type Size = Pick<ImageHead, 'width' | 'height'> | undefined;

const wordAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

function pngSize(view: DataView, bytes: Uint8Array): Size {
  // Its first chunk is always this one.
  if (bytes.length < 24 || view.getUint32(8) !== 13 || wordAt(bytes, 12) !== 'IHDR') return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Start-of-frame markers C0 to CF; C4 (Huffman tables), C8 (reserved) and CC (arithmetic coding) among them are none. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function jpegSize(view: DataView): Size {
  for (let at = 2; at + 4 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // Any number of FF may stand before a marker.
    if (marker === 0xff) { at += 1; continue; }
    const length = view.getUint16(at + 2);
    // Picture data, the end, or a marker that has no length: a frame had to come before.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda) || length < 2) return undefined;
    if (isFrame(marker)) return length >= 8 && at + 9 <= view.byteLength ? { height: view.getUint16(at + 5), width: view.getUint16(at + 7) } : undefined;
    at += 2 + length;
  }
  return undefined;
}

function webpSize(view: DataView, bytes: Uint8Array): Size {
  if (bytes.length < 30) return undefined;
  switch (wordAt(bytes, 12)) {
    case 'VP8X': return { width: 1 + view.getUint16(24, true) + (view.getUint8(26) << 16), height: 1 + view.getUint16(27, true) + (view.getUint8(29) << 16) };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return view.getUint8(20) === 0x2f ? { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) } : undefined;
    }
    // A key frame begins with these three bytes; the two highest bits of each number are a scale.
    case 'VP8 ': return view.getUint8(23) === 0x9d && view.getUint8(24) === 0x01 && view.getUint8(25) === 0x2a ? { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff } : undefined;
    default: return undefined;
  }
}
