import { imageTypeOf, readImage } from '../../../../packaging/index.ts';

/** What the head of an image says: its kind by its magic bytes, and its size in pixels (null when it does not say). */
export interface ImageHead { readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'; readonly width: number | null; readonly height: number | null }

/** Undefined when it is none of PNG, JPEG, WebP and, which a catalog's images may not be, GIF (GIF89a, 18). Nothing is decoded. */
export function imageHead(bytes: Buffer): ImageHead | undefined {
  if (/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) {
    const whole = bytes.length >= 10;
    return { mediaType: 'image/gif', width: whole ? bytes.readUInt16LE(6) : null, height: whole ? bytes.readUInt16LE(8) : null };
  }
  const mediaType = imageTypeOf(bytes);
  if (mediaType === undefined) return undefined;
  const head = readImage(bytes);
  return { mediaType, width: head?.width ?? null, height: head?.height ?? null };
}
