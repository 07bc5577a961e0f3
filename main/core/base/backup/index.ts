/** Copies of the database that were checked before they got their name, a few of which are kept. */
import { copyFile, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Store } from '../store/index.ts';

export interface Backup { file: string; reason: string; at: number; bytes: number }

export interface Backups {
  /** Where a copy made now for this reason (`update`, `manual`; lower-case words with dashes) is to go. */
  fileFor(reason: string): string;
  /** Makes a checked copy now, then drops the oldest beyond what is kept. */
  make(store: Store, reason: string): Promise<Backup>;
  /** Newest first. Unfinished copies are not listed. */
  list(): Promise<Backup[]>;
  /** Puts the key file beside each new copy and drops the oldest; call it after a migration made a copy by itself. */
  tidy(): Promise<void>;
}

const NAME = /^troupe-(\d{13})-([a-z0-9-]+)\.db$/;

/**
 * @param options.folder where they lie
 * @param options.keyFile `key.json`, copied along: an encrypted copy is of no use without it
 * @param options.keep how many stay; default 5
 */
export function openBackups(options: { folder: string; keyFile: string; now: () => number; keep?: number }): Backups {
  const { folder, keyFile, now, keep = 5 } = options;
  const fileFor = (reason: string): string => path.join(folder, `troupe-${String(now()).padStart(13, '0')}-${reason}.db`);
  const keyBeside = (file: string): string => `${file}.key.json`;

  async function list(): Promise<Backup[]> {
    const found = (await readdir(folder)).flatMap((name) => {
      const match = NAME.exec(name);
      return match ? [{ file: path.join(folder, name), reason: match[2] ?? '', at: Number(match[1]) }] : [];
    });
    const sized = await Promise.all(found.map(async (one) => ({ ...one, bytes: (await stat(one.file)).size })));
    return sized.sort((a, b) => b.at - a.at);
  }

  async function tidy(): Promise<void> {
    const all = await list();
    for (const old of all.slice(keep)) {
      await rm(old.file, { force: true });
      await rm(keyBeside(old.file), { force: true });
    }
    const names = new Set(await readdir(folder));
    for (const { file } of all.slice(0, keep)) {
      if (names.has(path.basename(keyBeside(file)))) continue;
      await copyFile(keyFile, keyBeside(file)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  return {
    fileFor, list, tidy,
    async make(store, reason) {
      const file = fileFor(reason);
      await store.copy(file);
      await tidy();
      const made = (await list()).find((one) => one.file === file);
      return made ?? { file, reason, at: now(), bytes: (await stat(file)).size };
    },
  };
}
