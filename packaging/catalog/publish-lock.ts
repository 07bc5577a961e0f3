/** One publisher at a time in one folder: two would each sign a next sequence, and readers of one would refuse the other. */
import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../contract/errors/app-error.ts';

interface Holder { pid: number; host: string; at: number }

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

function holderOf(text: string): Holder | undefined {
  try {
    const { pid, host, at } = JSON.parse(text) as Record<string, unknown>;
    return typeof pid === 'number' && typeof host === 'string' && typeof at === 'number' ? { pid, host, at } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that made the lock has ended; of another machine nobody here can tell. */
function isGone({ pid, host }: Holder): boolean {
  if (host !== os.hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** The lock appears with its holder in it, so that nobody reads one half-written. */
async function take(file: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, JSON.stringify({ pid: process.pid, host: os.hostname(), at: Date.now() } satisfies Holder), { flag: 'wx', mode: 0o600 });
  try {
    await link(own, file).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      // A file system without links.
      return copyFile(own, file, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Moves away the lock of a process that ended. One that somebody else made in the meantime is put back. */
async function clear(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch((error: unknown) => { if (codeOf(error) !== 'ENOENT') throw error; });
  const moved = await readFile(aside, 'utf8').catch(() => stale);
  if (moved !== stale) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/**
 * Does `work` while no other publisher works in this folder. The lock of a process that ended is taken over.
 * @throws AppError `catalog/busy`
 */
export async function publishing<T>(out: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(out, 'publishing.lock');
  await mkdir(out, { recursive: true });
  if (!(await take(file))) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const holder = holderOf(text);
    if (holder && isGone(holder)) await clear(file, text);
    if (!(await take(file))) throw new AppError('catalog/busy', `Another publisher works in ${out}${holder ? ` (process ${holder.pid} on ${holder.host}, since ${new Date(holder.at).toISOString()})` : ''}. Wait for it; when there is none any more, delete ${file}.`, { details: { out } });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
