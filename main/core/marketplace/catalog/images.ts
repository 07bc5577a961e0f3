/** Icons and screenshots: found by digest, verified, and shown only when they are what they claim to be. */
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { NO_IMAGE, problemOfPixels, problemOfSize, readImage, type ImageUse } from '../../../../packaging/index.ts';

export type { ImageUse };

/** Answers kept in memory; icons are small. */
const KEPT_IMAGES = 64;
const LARGEST_KEPT = 256 * 1024;

export interface Image { type: string; base64: string }
interface KeptImage extends Image { width: number; height: number }

/** Where a blob lies in the home; two letters a folder, so that none grows too large. */
export const blobFile = (blobs: string, sha512: string): string => path.join(blobs, sha512.slice(0, 2), sha512);

export interface ImagesParts {
  blobs: string;
  /** Whether a catalog names this image; undefined when none does. */
  named: (sha512: string) => Promise<{ registry: string; size: number } | undefined>;
  /** An image of an installed plugin, which its registry may have forgotten. */
  installed: (sha512: string) => Promise<Uint8Array | undefined>;
  /** Brings a blob into a file, verified. */
  fetch: (blob: { registry: string; sha512: string; size: number; to: string; signal?: AbortSignal }) => Promise<void>;
}

export interface Images {
  /** @throws AppError `catalog/not-found`; `catalog/unavailable` also for one that is too large for its use */
  image(sha512: string, as: ImageUse): Promise<Image>;
  /** Brings an image that a registry names into the cache, unless it is there; answers how many bytes were fetched. */
  keep(named: { registry: string; sha512: string; size: number }, signal: AbortSignal): Promise<number>;
}

export function createImages(parts: ImagesParts): Images {
  const kept = new Map<string, KeptImage>();

  const keep = async (named: { registry: string; sha512: string; size: number }, signal?: AbortSignal): Promise<number> => {
    const file = blobFile(parts.blobs, named.sha512);
    // The name of a file in the cache is the digest that was verified when it was brought there.
    const there = await stat(file).catch(() => undefined);
    if (there?.size === named.size) return 0;
    await parts.fetch({ ...named, to: file, ...(signal && { signal }) });
    return named.size;
  };

  const bytesOf = async (sha512: string): Promise<Uint8Array> => {
    const named = await parts.named(sha512);
    if (named === undefined) {
      const bytes = await parts.installed(sha512);
      if (bytes !== undefined) return bytes;
      throw new AppError('catalog/not-found', 'No catalog and no installed plugin has this image. Sync the catalog and open the page again.', { details: { sha512 } });
    }
    check(problemOfSize(named.size), { sha512, size: named.size });
    await keep({ ...named, sha512 });
    return readFile(blobFile(parts.blobs, sha512));
  };

  const read = async (sha512: string): Promise<KeptImage> => {
    const known = kept.get(sha512);
    if (known) return known;
    const bytes = await bytesOf(sha512);
    check(problemOfSize(bytes.length), { sha512, size: bytes.length });
    const head = readImage(bytes);
    if (head === undefined) {
      await rm(blobFile(parts.blobs, sha512), { force: true });
      throw notShown(NO_IMAGE, { sha512 });
    }
    const image = { ...head, base64: Buffer.from(bytes).toString('base64') };
    const oldest = kept.size >= KEPT_IMAGES ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    if (bytes.length <= LARGEST_KEPT) kept.set(sha512, image);
    return image;
  };

  return {
    async image(sha512, as) {
      const { type, base64, width, height } = await read(sha512);
      check(problemOfPixels({ width, height }, as), { sha512, width, height });
      return { type, base64 };
    },
    keep,
  };
}

const notShown = (problem: string, details: Record<string, unknown>): AppError => new AppError('catalog/unavailable', `The image ${problem}.`, { details, retryable: false });

function check(problem: string | undefined, details: Record<string, unknown>): void {
  if (problem !== undefined) throw notShown(problem, details);
}
