/** Icons and screenshots: found by digest, verified, and shown only when they are what they claim to be. */
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { imageTypeOf } from '../../../../packaging/index.ts';

export const LARGEST_IMAGE = 2 * 1024 * 1024;
/** Answers kept in memory; icons are small. */
const KEPT_IMAGES = 64;
const LARGEST_KEPT = 256 * 1024;

export interface Image { type: string; base64: string }

/** Where a blob lies in the home; two letters a folder, so that none grows too large. */
export const blobFile = (blobs: string, sha512: string): string => path.join(blobs, sha512.slice(0, 2), sha512);

export interface ImagesParts {
  blobs: string;
  /** Whether a catalog names this image; undefined when none does. */
  named: (sha512: string) => Promise<{ registry: string; size: number } | undefined>;
  /** An image of an installed plugin, which its registry may have forgotten. */
  installed: (sha512: string) => Promise<Uint8Array | undefined>;
  /** Brings a blob into a file, verified. */
  fetch: (blob: { registry: string; sha512: string; size: number; to: string }) => Promise<void>;
}

export interface Images { image(sha512: string): Promise<Image> }

export function createImages(parts: ImagesParts): Images {
  const kept = new Map<string, Image>();

  const bytesOf = async (sha512: string): Promise<Uint8Array> => {
    const named = await parts.named(sha512);
    if (named === undefined) {
      const bytes = await parts.installed(sha512);
      if (bytes !== undefined) return bytes;
      throw new AppError('catalog/not-found', 'No catalog and no installed plugin has this image. Sync the catalog and open the page again.', { details: { sha512 } });
    }
    if (named.size > LARGEST_IMAGE) throw tooLarge(sha512, named.size);
    const file = blobFile(parts.blobs, sha512);
    // The name of a file in the cache is the digest that was verified when it was brought there.
    const there = await stat(file).catch(() => undefined);
    if (there?.size !== named.size) await parts.fetch({ ...named, sha512, to: file });
    return readFile(file);
  };

  return {
    async image(sha512) {
      const known = kept.get(sha512);
      if (known) return known;
      const bytes = await bytesOf(sha512);
      if (bytes.length > LARGEST_IMAGE) throw tooLarge(sha512, bytes.length);
      const type = imageTypeOf(bytes);
      if (type === undefined) {
        await rm(blobFile(parts.blobs, sha512), { force: true });
        throw new AppError('catalog/unavailable', 'The image is neither PNG nor JPEG nor WebP and is not shown.', { details: { sha512 }, retryable: false });
      }
      const image = { type, base64: Buffer.from(bytes).toString('base64') };
      const oldest = kept.size >= KEPT_IMAGES ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      if (bytes.length <= LARGEST_KEPT) kept.set(sha512, image);
      return image;
    },
  };
}

const tooLarge = (sha512: string, size: number): AppError =>
  new AppError('catalog/unavailable', `The image has ${size} bytes; at most ${LARGEST_IMAGE} are shown.`, { details: { sha512, size }, retryable: false });
