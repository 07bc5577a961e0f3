/** Which images are shown, and so which may be published: type, bytes and pixels. */
import { readImage, type ImageHead } from './read-image.ts';

/** Bytes. */
export const LARGEST_IMAGE = 2 * 1024 * 1024;
/** Pixels a side. A picture of few bytes may ask for gigabytes when it is drawn, and many icons are drawn at once. */
const MOST_PIXELS = { icon: 1_024, screenshot: 4_096 } as const;
export type ImageUse = keyof typeof MOST_PIXELS;

/** Each answers the rest of a sentence that begins with the image; undefined for one that is fine. */
export const problemOfSize = (bytes: number): string | undefined => (bytes > LARGEST_IMAGE ? `has ${bytes} bytes; at most ${LARGEST_IMAGE} are shown` : undefined);
export const problemOfPixels = ({ width, height }: Pick<ImageHead, 'width' | 'height'>, as: ImageUse): string | undefined => {
  const most = MOST_PIXELS[as];
  return width > most || height > most ? `is ${width} by ${height} pixels; at most ${most} a side are shown ${as === 'icon' ? 'of an icon' : 'of a screenshot'}` : undefined;
};
export const NO_IMAGE = 'is no whole PNG, JPEG or WebP and is not shown';

/** All of it, for a whole image. */
export function problemOfImage(bytes: Uint8Array, as: ImageUse): string | undefined {
  const head = readImage(bytes);
  return problemOfSize(bytes.length) ?? (head ? problemOfPixels(head, as) : NO_IMAGE);
}
