import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, hasCode } from '../../contract/errors/app-error.ts';
import { sha512OfFile } from '../archive/digest.ts';
import { blobPath } from './blob-path.ts';
import { partFile, type PartFile } from './part-file.ts';
import { catalogSource, type CatalogFetch, type CatalogSource } from './source.ts';

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
  /** Told when all bytes are on the disk under a name of their own, and when they have got the one that was asked for. */
  reached?: (place: 'synced' | 'named') => void;
  /** Milliseconds before each further attempt after a lost connection. Bytes that came in between let it begin anew. */
  backOffMs?: readonly number[];
}

/** Long enough for a router to come back, short enough for a person to wait. */
const BACK_OFF_MS: readonly number[] = [200, 400, 800, 1_600];
/** However often a connection gives a few more bytes before it is cut. */
const MOST_ATTEMPTS = 50;
/** What an attempt has to bring so that those before it count no more: a server that drips must not keep a download open. */
const WORTHWHILE = 64 * 1024;
const WORTH_ANOTHER: readonly unknown[] = [408, 425, 429, 500, 502, 503, 504];
const PASSING: readonly unknown[] = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'unknown'];

const mismatch = ({ blob }: ReadBlobOptions, why: string): AppError =>
  new AppError('plugins/digest-mismatch', `The registry served another file than its catalog names: ${why}. Nothing of it was kept.`, { details: { sha512: blob.sha512, size: blob.size } });

/** Whether the file is there already, whole and unchanged. */
async function isThere({ to, blob }: ReadBlobOptions): Promise<boolean> {
  const found = await stat(to).catch(() => undefined);
  return found?.size === blob.size && (await sha512OfFile(to)) === blob.sha512;
}

/** The connection went away while bytes came. */
class Lost extends Error {}

async function* orLost(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try { yield* body; } catch (cause) { throw new Lost('The connection was lost.', { cause }); }
}

/** One attempt, from where the last one ended. What came stays in the part when it throws. */
async function attempt(options: ReadBlobOptions, source: CatalogSource, part: PartFile, begun: { bytes: number; etag: string | null }): Promise<void> {
  const { blob, signal } = options;
  const opened = begun.bytes === blob.size ? undefined : await source.openFrom(blobPath(blob.sha512), { offset: begun.bytes, etag: begun.etag }, signal);
  const hash = createHash('sha512');
  let done = opened?.offset ?? begun.bytes;
  if (done === 0) await part.note(opened?.etag ?? null);
  else for await (const chunk of createReadStream(part.file)) hash.update(chunk as Buffer);
  const handle = await open(part.file, done === 0 ? 'w' : 'a', 0o600);
  try {
    if (opened) {
      for await (const chunk of orLost(opened.body)) {
        signal?.throwIfAborted();
        done += chunk.length;
        if (done > blob.size) throw mismatch(options, `it has more than ${blob.size} bytes`);
        hash.update(chunk);
        await handle.writeFile(chunk);
        options.progress?.(done);
      }
    }
    if (done !== blob.size) throw mismatch(options, `it has ${done} bytes instead of ${blob.size}`);
    if (hash.digest('hex') !== blob.sha512) throw mismatch(options, 'its content is another');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether the same may work a moment later: a lost connection, a server that is busy. */
function mayPass(error: unknown): boolean {
  if (error instanceof Lost) return !hasCode(error.cause, 'core/offline');
  if (!hasCode(error, 'catalog/unavailable')) return false;
  const { details, cause } = error as AppError;
  if (details['status'] !== null) return WORTH_ANOTHER.includes(details['status']);
  if (hasCode(cause, 'core/unreachable')) return PASSING.includes((cause as AppError).details['reason']);
  return hasCode(cause, 'catalog/unavailable') && (cause as AppError).retryable;
}

async function bring(options: ReadBlobOptions): Promise<void> {
  const { blob, signal, to } = options;
  const part = partFile(to, blob);
  if (await isThere(options)) {
    // A crash may have come between the file's name and the end of its part.
    await part.discard();
    return;
  }
  const source = catalogSource(options.source, options.fetch);
  const backOff = options.backOffMs ?? BACK_OFF_MS;
  await mkdir(path.dirname(to), { recursive: true });
  let lost = 0;
  for (let number = 1; ; number += 1) {
    const begun = await part.begun();
    try {
      await attempt(options, source, part, begun);
      break;
    } catch (error) {
      if (signal?.aborted) {
        // A person who cancels wants nothing of it; an app that closes goes on at its next start.
        if (!hasCode(signal.reason, 'core/stopping')) await part.discard();
        throw signal.reason;
      }
      if (hasCode(error, 'plugins/digest-mismatch')) {
        await part.discard();
        // The beginning may be that of another file, or what a power loss left of it: once more, from the first byte.
        if (begun.bytes > 0 && number < MOST_ATTEMPTS) continue;
        throw error;
      }
      const { bytes } = await part.begun();
      if (bytes === 0) await part.discard();
      lost = bytes - begun.bytes >= Math.min(WORTHWHILE, blob.size / 10) ? 0 : lost + 1;
      const pause = source.remote && number < MOST_ATTEMPTS && mayPass(error) ? backOff[Math.max(0, lost - 1)] : undefined;
      if (pause === undefined) throw failed(options, bytes, error);
      await wait(pause, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
  }
  options.reached?.('synced');
  await rename(part.file, to);
  options.reached?.('named');
  await part.forget();
}

const failed = ({ blob, source }: ReadBlobOptions, bytes: number, cause: unknown): AppError =>
  new AppError('plugins/download-failed', `The file could not be downloaded from the registry. ${bytes === 0 ? '' : `${bytes} of ${blob.size} bytes came and are kept. `}Check the network and try again.`, { details: { sha512: blob.sha512, registry: source, bytes, size: blob.size }, cause });

/** Files that are being brought: a second who wants the same one waits for the first, since both would write one part. */
const underWay = new Map<string, Promise<void>>();

/**
 * Brings a blob of a registry into a file, verifying size and digest while it streams. A file that is there already and
 * right is kept. A connection that is lost is tried again, going on where it was cut; what came of a download that failed
 * or was cut off by the app's end is kept beside the file for the next time, what a person cancelled is not.
 * @throws AppError `plugins/digest-mismatch`, `plugins/download-failed`; the signal's reason when it was aborted
 */
export async function readBlob(options: ReadBlobOptions): Promise<void> {
  const key = path.resolve(options.to);
  const before = underWay.get(key) ?? Promise.resolve();
  const mine = before.then(() => undefined, () => undefined).then(() => {
    options.signal?.throwIfAborted();
    return bring(options);
  });
  underWay.set(key, mine);
  try {
    await mine;
  } finally {
    if (underWay.get(key) === mine) underWay.delete(key);
  }
}
