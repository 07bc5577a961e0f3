/** Folders of unpacked plugins and cached archives: who uses them, and what nobody does. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { blobOfPart, factsOfPart, isPartFile } from '../../../../packaging/index.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { PluginsParts } from './parts.ts';

const DIGEST = /^[0-9a-f]{128}$/;
/** How long a download that was cut off may be gone on with. */
const KEPT_PART_MS = 7 * 24 * 60 * 60 * 1000;

export interface PluginFiles {
  folder(sha512: string): string;
  /** Keeps a digest's folder while a run uses it; call what it answers when done. */
  pin(sha512: string): () => void;
  /** Keeps it while an operation may be writing it. */
  hold(sha512: string): () => void;
  /** Whether a run uses it, so that it is whole. */
  isPinned(sha512: string): boolean;
  /** Takes back an archive or a folder of this digest, unless a row names it or a run or another operation uses it by now. */
  takeBack(sha512: string, place: string): Promise<void>;
  /** Whether its folder is there at all. */
  isThere(sha512: string): Promise<boolean>;
  /** Folders that no row names and nobody uses. */
  loose(): Promise<string[]>;
  /** Removes folders that no row names and nobody uses, and downloads that were cut off long ago. Answers how many. */
  sweep(): Promise<number>;
}

export function createPluginFiles({ home, store, clock }: PluginsParts): PluginFiles {
  const pins = new Map<string, number>();
  const holds = new Map<string, number>();

  const loosePlugins = async (): Promise<string[]> => {
    const named = new Set(await store.read('keptDigests', undefined));
    return (await readdir(home.plugins)).filter((name) => !named.has(name) && !pins.has(name) && !holds.has(name));
  };
  const sweepPlugins = async (): Promise<number> => {
    const loose = await loosePlugins();
    for (const name of loose) {
      failpoint('sweep.folder');
      await rm(path.join(home.plugins, name), { recursive: true, force: true });
      failpoint('sweep.removed');
    }
    return loose.length;
  };
  const sweepDownloads = async (): Promise<number> => {
    const blobs = new Set(await readdir(home.blobs, { recursive: true }));
    const parts = [...blobs].filter(isPartFile);
    // Bytes of which nobody wrote what they are to become are of no use (facts come first), and neither is what has become a file.
    const isOfUse = async (name: string): Promise<boolean> => {
      const found = await stat(path.join(home.blobs, name)).catch(() => undefined);
      return found === undefined || (clock.now() - found.mtimeMs < KEPT_PART_MS && parts.includes(factsOfPart(name)) && !blobs.has(blobOfPart(name)));
    };
    let removed = 0;
    for (const name of parts) {
      if (await isOfUse(name)) continue;
      await rm(path.join(home.blobs, name), { force: true });
      removed += 1;
    }
    return removed;
  };

  return {
    folder(sha512) {
      if (!DIGEST.test(sha512)) throw new TypeError('A plugin folder is named by a lower-case hex SHA-512.');
      return path.join(home.plugins, sha512);
    },
    pin: (sha512) => counted(pins, sha512),
    hold: (sha512) => counted(holds, sha512),
    isPinned: (sha512) => pins.has(sha512),
    async takeBack(sha512, place) {
      if ((await store.read('keptDigests', undefined)).includes(sha512) || pins.has(sha512) || holds.has(sha512)) return;
      await rm(place, { recursive: true, force: true });
    },
    isThere: (sha512) => stat(path.join(home.plugins, sha512)).then(() => true, () => false),
    loose: loosePlugins,
    sweep: async () => (await sweepPlugins()) + (await sweepDownloads()),
  };
}

/** Counts one more user; what it answers counts it off, once. */
function counted(users: Map<string, number>, sha512: string): () => void {
  users.set(sha512, (users.get(sha512) ?? 0) + 1);
  let released = false;
  return () => {
    if (released) return;
    released = true;
    const left = (users.get(sha512) ?? 1) - 1;
    if (left > 0) users.set(sha512, left);
    else users.delete(sha512);
  };
}
