/** What the head of an image says: its kind by its magic bytes, and its size in pixels (null when it does not say). */
export interface ImageHead { readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'; readonly width: number | null; readonly height: number | null }

/** Undefined when it is none of PNG, JPEG, WebP and GIF. Nothing is decoded. */
export function imageHead(bytes: Buffer): ImageHead | undefined {
  const at = (offset: number, length: number): string => bytes.toString('latin1', offset, offset + length);
  if (at(0, 8) === '\x89PNG\r\n\x1a\n') return { mediaType: 'image/png', ...(bytes.length >= 24 && at(12, 4) === 'IHDR' ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : NO_SIZE) };
  if (at(0, 6) === 'GIF87a' || at(0, 6) === 'GIF89a') return { mediaType: 'image/gif', ...(bytes.length >= 10 ? { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) } : NO_SIZE) };
  if (at(0, 3) === '\xff\xd8\xff') return { mediaType: 'image/jpeg', ...jpegSize(bytes) };
  if (at(0, 4) === 'RIFF' && at(8, 4) === 'WEBP') return { mediaType: 'image/webp', ...webpSize(bytes, at(12, 4)) };
  return undefined;
}

type Size = Pick<ImageHead, 'width' | 'height'>;
const NO_SIZE: Size = { width: null, height: null };

/** The first frame header (SOF) of the markers that stand before the picture itself. */
function jpegSize(bytes: Buffer): Size {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) { at += 1; continue; }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    if (marker === 0xda || marker === 0xd9) break;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return NO_SIZE;
}

function webpSize(bytes: Buffer, chunk: string): Size {
  if (bytes.length < 30) return NO_SIZE;
  if (chunk === 'VP8X') return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (chunk === 'VP8L') { const bits = bytes.readUInt32LE(21); return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }; }
  return chunk === 'VP8 ' ? { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff } : NO_SIZE;
}
