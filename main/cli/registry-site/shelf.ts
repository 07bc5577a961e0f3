/** What a published folder offers, read and verified as an app would, and read again when something new was published. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { CatalogCategory, CatalogRecord, PluginStats } from '../../../contract/manifest/index.ts';
import { blobPath, imageTypeOf, LARGEST_IMAGE, openCatalog } from '../../../packaging/index.ts';

export interface Plugin { record: CatalogRecord; installs: number; /** Words that it is found by, each after a blank. */ words: string }

export interface Shelf {
  fingerprint: string;
  sequence: number;
  /** ms UTC. */
  expires: number;
  categories: readonly CatalogCategory[];
  /** Those that are shown, most installed first. */
  plugins: readonly Plugin[];
  byId: ReadonlyMap<string, Plugin>;
  images: ReadonlySet<string>;
}

export interface Shelves {
  /** @throws AppError of `openCatalog` when nothing that holds was ever read here */
  shelf(): Promise<Shelf>;
  /** An image that a shown plugin names, or undefined. */
  image(sha512: string): Promise<{ type: string; bytes: Uint8Array } | undefined>;
  stop(): Promise<void>;
}

/** Lower case without accents, words apart from each other by one blank. */
export const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

const textOf = ({ name, id, tags, categories, publisher, description, capabilities }: CatalogRecord): string =>
  ` ${plain([name, id, ...tags, ...categories, publisher.name, description, ...capabilities.map((one) => one.name)].join(' '))}`;

async function shelfOf(folder: string, cacheDir: string): Promise<Shelf> {
  const root = await readFile(path.join(folder, 'metadata', '1.root.json'));
  const catalog = openCatalog({ source: folder, trustedRoot: root, cacheDir });
  const state = await catalog.refresh();
  const figures = new Map<string, PluginStats>();
  for await (const one of state.stats()) figures.set(one.id, one);
  const plugins: Plugin[] = [];
  for await (const record of state.records()) {
    if (record.moderation !== 'blocked') plugins.push({ record, installs: figures.get(record.id)?.installs ?? 0, words: textOf(record) });
  }
  plugins.sort((a, b) => b.installs - a.installs || (a.record.name < b.record.name ? -1 : 1));
  return {
    fingerprint: catalog.fingerprint, sequence: state.sequence, expires: state.expires, categories: state.categories.toSorted((a, b) => a.sort_order - b.sort_order), plugins,
    byId: new Map(plugins.map((one) => [one.record.id, one])),
    images: new Set(plugins.flatMap(({ record }) => [record.icon, record.publisher.logo, ...record.screenshots].flatMap((one) => one?.sha512 ?? []))),
  };
}

/** @param report told when a new publication cannot be read and the pages go on showing the one before */
export function openShelves(folder: string, report: (error: unknown) => void): Shelves {
  let kept: { as: string; shelf: Promise<Shelf> } | undefined;
  let last: Shelf | undefined;
  let cache: Promise<string> | undefined;

  const read = async (as: string): Promise<Shelf> => {
    cache ??= mkdtemp(path.join(os.tmpdir(), 'troupe-shelf-'));
    try {
      last = await shelfOf(folder, await cache);
      return last;
    } catch (error) {
      // What was read before holds; the next publication is tried anew.
      if (last) {
        report(error);
        return last;
      }
      if (kept?.as === as) kept = undefined;
      throw error instanceof AppError ? error : new AppError('catalog/unavailable', 'The folder that is served holds no registry that can be read.', { cause: error });
    }
  };
  const shelf = async (): Promise<Shelf> => {
    // A folder without it is read all the same, which then says what is wrong with it.
    const found = await stat(path.join(folder, 'metadata', 'timestamp.json')).catch(() => undefined);
    const as = `${found?.mtimeMs ?? 0} ${found?.size ?? 0}`;
    // How the one before ended was told to those who asked for it.
    if (kept?.as !== as) kept = { as, shelf: Promise.resolve(kept?.shelf).catch(() => undefined).then(() => read(as)) };
    return kept.shelf;
  };
  return {
    shelf,
    async image(sha512) {
      if (!(await shelf()).images.has(sha512)) return undefined;
      const file = path.join(folder, ...blobPath(sha512).split('/'));
      // Published elsewhere, or not yet: the page shows no image then.
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile() || found.size > LARGEST_IMAGE) return undefined;
      const bytes = await readFile(file);
      const type = imageTypeOf(bytes);
      return type !== undefined && createHash('sha512').update(bytes).digest('hex') === sha512 ? { type, bytes } : undefined;
    },
    async stop() {
      // Only that it has ended counts here.
      await kept?.shelf.catch(() => undefined);
      if (cache) await rm(await cache, { recursive: true, force: true });
    },
  };
}
