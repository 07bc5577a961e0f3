/**
 * What one reader thread holds of the catalog in memory: orders and recently used sets, as long as the generation is the
 * one they were made for. About 3 MB at 100,000 entries.
 */
import type { Reader } from '../handles.ts';
import { decodeSet, emptyBitmap, fullBitmapOf, wordsOf, type Bitmap } from './catalog-bitmap.ts';
import { spellingOf, type Spelling } from './catalog-spelling.ts';

export type StoredSort = 'popular' | 'recent' | 'rating' | 'name';

/** Bitmaps kept besides the categories; each is 12.5 kB at 100,000 entries. */
const KEPT_SETS = 400;
/** Every search counts each of these; a catalog with more is not counted in the rest. */
const COUNTED_CATEGORIES = 200;

export interface CatalogIndex {
  readonly generation: number;
  /** The highest entry number there is. */
  readonly highest: number;
  /** Every shown entry. */
  readonly shown: Bitmap;
  readonly categories: readonly { slug: string; entries: Bitmap }[];
  /** Shown entries in the order of a sort. */
  order(sort: StoredSort): Uint32Array;
  /** A set that the sync made (`field`, `key`), or undefined. */
  stored(field: string, key: string): Bitmap | undefined;
  /** A set that a query makes, kept for the next one. */
  made(key: string, make: () => Bitmap): Bitmap;
  /** The words by which a misspelt one is corrected. */
  spelling(): Spelling;
}

const held = new WeakMap<Reader, CatalogIndex>();

/** The index of the catalog as it is now. */
export function indexOf(db: Reader): CatalogIndex {
  const generation = Number(db.get<{ value: string }>(`SELECT value FROM state WHERE key = 'generation'`)?.value ?? 0);
  const known = held.get(db);
  if (known?.generation === generation) return known;
  const index = load(db, generation);
  held.set(db, index);
  return index;
}

function load(db: Reader, generation: number): CatalogIndex {
  const highest = db.get<{ highest: number | null }>('SELECT max(entry) AS highest FROM entries')?.highest ?? 0;
  const orders = new Map<StoredSort, Uint32Array>();
  const sets = new Map<string, Bitmap | undefined>();
  let spelling: Spelling | undefined;
  const keep = (key: string, make: () => Bitmap | undefined): Bitmap | undefined => {
    const found = sets.get(key);
    const bits = sets.has(key) ? found : make();
    // Last used stands last.
    sets.delete(key);
    sets.set(key, bits);
    const oldest = sets.size > KEPT_SETS ? sets.keys().next().value : undefined;
    if (oldest !== undefined) sets.delete(oldest);
    return bits;
  };
  const read = (field: string, key: string): Bitmap | undefined => {
    const row = db.get<{ entries: Uint8Array }>('SELECT entries FROM sets WHERE field = @field AND key = @key', { field, key });
    return row && decodeSet(row.entries, highest);
  };
  return {
    generation, highest,
    shown: read('shown', '') ?? emptyBitmap(highest),
    categories: db.all<{ key: string; entries: Uint8Array }>(`SELECT key, entries FROM sets WHERE field = 'category' ORDER BY count DESC, key LIMIT ${COUNTED_CATEGORIES}`)
      .map((row) => ({ slug: row.key, entries: decodeSet(row.entries, highest) })),
    order(sort) {
      let order = orders.get(sort);
      if (order === undefined) {
        const row = db.get<{ entries: Uint8Array }>('SELECT entries FROM orders WHERE sort = @sort', { sort });
        order = row ? wordsOf(row.entries) : new Uint32Array();
        orders.set(sort, order);
      }
      return order;
    },
    stored: (field, key) => keep(`${field}\n${key}`, () => read(field, key)),
    made: (key, make) => keep(`\n${key}`, make) ?? emptyBitmap(highest),
    spelling: () => spelling ??= spellingOf(db),
  };
}

/** Entries that FTS5 finds for an expression, as a set. */
export function matching(db: Reader, index: CatalogIndex, expression: string): Bitmap {
  return index.made(expression, () => {
    // One JSON text is several times quicker to take over than a row for each entry.
    const row = db.get<{ entries: string }>('SELECT json_group_array(rowid) AS entries FROM texts WHERE texts MATCH @expression', { expression });
    return fullBitmapOf(JSON.parse(row?.entries ?? '[]') as number[], index.highest);
  });
}
