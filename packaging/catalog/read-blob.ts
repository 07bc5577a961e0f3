import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, hasCode } from '../../contract/errors/app-error.ts';
import { sha512OfFile } from '../archive/digest.ts';
import { blobPath } from './blob-path.ts';
import { catalogSource, type CatalogFetch } from './source.ts';

export interface ReadBlobOptions {
  /** The registry: a folder's path, a `file:` address or an http(s) address. */
  source: string;
  /** What the signed catalog says of it. The place is not trusted, the digest is. */
  blob: { sha512: string; size: number };
  /** The file to make. It appears whole and verified, or not at all. */
  to: string;
  fetch?: CatalogFetch;
  signal?: AbortSignal;
  /** Bytes so far, of `blob.size`. */
  progress?: (done: number) => void;
}

const mismatch = (options: ReadBlobOptions, why: string): AppError =>
  new AppError('plugins/digest-mismatch', `The registry served another file than its catalog names: ${why}. Nothing of it was kept.`, { details: { sha512: options.blob.sha512, size: options.blob.size } });

/** Whether the file is there already, whole and unchanged. */
async function isThere(options: ReadBlobOptions): Promise<boolean> {
  const found = await stat(options.to).catch(() => undefined);
  return found?.size === options.blob.size && (await sha512OfFile(options.to)) === options.blob.sha512;
}

async function download(options: ReadBlobOptions, part: string): Promise<void> {
  const { blob, signal } = options;
  const chunks = await catalogSource(options.source, options.fetch).open(blobPath(blob.sha512), signal);
  const handle = await open(part, 'w', 0o600);
  try {
    const hash = createHash('sha512');
    let done = 0;
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      done += chunk.length;
      if (done > blob.size) throw mismatch(options, `it has more than ${blob.size} bytes`);
      hash.update(chunk);
      await handle.writeFile(chunk);
      options.progress?.(done);
    }
    if (done !== blob.size) throw mismatch(options, `it has ${done} bytes instead of ${blob.size}`);
    if (hash.digest('hex') !== blob.sha512) throw mismatch(options, 'its content is another');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Brings a blob of a registry into a file, verifying size and digest while it streams. A file that is there already and
 * right is kept.
 * @throws AppError `plugins/digest-mismatch`, `plugins/download-failed`; the signal's reason when it was aborted
 */
export async function readBlob(options: ReadBlobOptions): Promise<void> {
  if (await isThere(options)) return;
  const part = `${options.to}.part`;
  await mkdir(path.dirname(options.to), { recursive: true });
  try {
    await download(options, part);
    await rename(part, options.to);
  } catch (error) {
    await rm(part, { force: true });
    options.signal?.throwIfAborted();
    if (hasCode(error, 'plugins/digest-mismatch')) throw error;
    throw new AppError('plugins/download-failed', 'The file could not be downloaded from the registry. Check the network and try again.', { details: { sha512: options.blob.sha512, registry: options.source }, cause: error });
  }
}
