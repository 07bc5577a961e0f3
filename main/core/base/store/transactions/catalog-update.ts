/** Brings up to date what search counts and sorts with after a few entries changed; the rest is not looked at. */
import type { Writer } from '../handles.ts';
import { decodeSet, emptyBitmap, has, wordsOf, type Bitmap } from '../queries/catalog-bitmap.ts';
import type { EntryTexts } from '../queries/catalog-line.ts';
import { nextGeneration, rebuildDerived, rebuildOrders } from './catalog-derived.ts';
import { fieldAndKey, filterKeysOf, fitting, ORDERS, STANDING_COLUMNS, standingOf, textKeysOf, writeBits, writeOrder, type Judged, type Sortable, type Standing, type Target } from './catalog-standing.ts';

/** How an entry stood before a sync touched it; `texts` are those that it was found by. */
export type Former = Standing & { texts: EntryTexts };

/** Up to so many, and so large a share of all, going entry by entry is quicker than everything at once. */
const FEW = 200;
const SMALL_SHARE = 10;

/** By its number each entry that was put or removed, with how it stood before, or undefined when it is new. */
export type Touched = ReadonlyMap<number, Former | undefined>;

/**
 * @param touched undefined: too many to say
 * @param figures whether installs and ratings of entries that were not touched may have changed
 */
export function updateDerived(db: Writer, touched: Touched | undefined, figures: boolean): void {
  const known = db.get<{ count: number }>(`SELECT count FROM sets WHERE field = 'shown' AND key = ''`)?.count;
  if (touched === undefined || known === undefined || touched.size > Math.max(FEW, known / SMALL_SHARE)) { rebuildDerived(db); return; }
  const change = new Change(db, touched);
  change.show();
  change.judge();
  change.writeSets();
  if (figures) rebuildOrders(db);
  else change.writeOrders();
  nextGeneration(db);
}

export const largestTouched = (total: number): number => Math.max(FEW, total / SMALL_SHARE);

class Change {
  readonly #db: Writer;
  readonly #touched: Touched;
  /** Entries whose own line stayed and whose place changed, as they stood before. */
  readonly #moved = new Map<number, Standing>();
  readonly #ids: Set<string>;

  constructor(db: Writer, touched: Touched) {
    this.#db = db;
    this.#touched = touched;
    this.#ids = new Set([...touched].flatMap(([entry, former]) => [former?.plugin_id, this.#row(entry)?.plugin_id]).filter((id) => id !== undefined));
  }

  #row(entry: number): Standing | undefined {
    const row = this.#db.get<Omit<Standing, 'facts'> & { facts: string }>(`SELECT ${STANDING_COLUMNS} FROM entries WHERE entry = @entry`, { entry });
    return row && standingOf(row);
  }

  #set(column: 'shown' | 'compatible', entry: number, value: number): void {
    const before = this.#touched.has(entry) ? undefined : this.#row(entry);
    if (before && !this.#moved.has(entry)) this.#moved.set(entry, before);
    this.#db.run(`UPDATE entries SET ${column} = @value WHERE entry = @entry`, { entry, value });
  }

  /** The registry of highest priority shows an id; what moderation blocked is shown by none. */
  show(): void {
    for (const id of this.#ids) {
      const rows = this.#db.all<{ entry: number; shown: number; blocked: number }>('SELECT entry, shown, blocked FROM entries JOIN registries ON registries.id = entries.registry WHERE plugin_id = @id ORDER BY priority, registry', { id });
      for (const [place, { entry, shown, blocked }] of rows.entries()) {
        const shows = Number(place === 0 && blocked === 0);
        if (shows !== shown) this.#set('shown', entry, shows);
      }
    }
  }

  /** What changed decides about whatever needs it, and what needs that. */
  judge(): void {
    const affected = new Set(this.#ids);
    for (const id of affected) for (const { dependent } of this.#db.all<{ dependent: string }>('SELECT DISTINCT plugin_id AS dependent FROM needs JOIN entries USING (entry) WHERE needs.id = @id', { id })) affected.add(dependent);
    const rows = [...affected].flatMap((id) => this.#db.all<Omit<Judged, 'facts'> & { facts: string }>('SELECT entry, plugin_id, shown, fits, compatible, facts FROM entries WHERE plugin_id = @id', { id }).map((row): Judged => standingOf(row)));
    const fit = fitting(rows.filter(({ shown }) => shown === 1), (id): Target | undefined => {
      const row = this.#db.get<{ facts: string; compatible: number }>('SELECT facts, compatible FROM entries WHERE plugin_id = @id AND shown = 1', { id });
      return row && { facts: JSON.parse(row.facts) as Target['facts'], compatible: row.compatible === 1 };
    });
    for (const { entry, plugin_id: id, shown, fits, compatible } of rows) {
      const should = Number(shown === 1 ? fit.has(id) : fits === 1);
      if (should !== compatible) this.#set('compatible', entry, should);
    }
  }

  #changed(): [entry: number, before: Standing | undefined, now: Standing | undefined][] {
    return [...this.#touched, ...this.#moved].map(([entry, before]) => [entry, before, this.#row(entry)]);
  }

  writeSets(): void {
    const changes = new Map<string, Map<number, boolean>>();
    const compare = (entry: number, before: ReadonlySet<string>, now: ReadonlySet<string>): void => {
      for (const [names, others, stands] of [[before, now, false], [now, before, true]] as const) {
        for (const name of names) if (!others.has(name)) changes.set(name, (changes.get(name) ?? new Map<number, boolean>()).set(entry, stands));
      }
    };
    const none: ReadonlySet<string> = new Set();
    for (const [entry, before, now] of this.#changed()) compare(entry, before ? filterKeysOf(before) : none, now ? filterKeysOf(now) : none);
    for (const [entry, before] of this.#touched) {
      const texts = this.#db.get<{ texts: string }>('SELECT texts FROM records WHERE entry = @entry', { entry })?.texts;
      compare(entry, before ? textKeysOf(before.texts) : none, texts === undefined ? none : textKeysOf(JSON.parse(texts) as EntryTexts));
    }
    const highest = this.#db.get<{ highest: number | null }>('SELECT max(entry) AS highest FROM entries')?.highest ?? 0;
    for (const [name, entries] of changes) this.#change(name, entries, highest);
  }

  #change(name: string, entries: ReadonlyMap<number, boolean>, highest: number): void {
    const place = fieldAndKey(name);
    const row = this.#db.get<{ count: number; entries: Uint8Array }>('SELECT count, entries FROM sets WHERE field = @field AND key = @key', place);
    // Words are kept where many entries have them; a search looks for the others itself.
    if (!row && ['prefix', 'name_prefix', 'word'].includes(place.field)) return;
    const bits: Bitmap = row ? decodeSet(row.entries, Math.max(highest, ...entries.keys())) : emptyBitmap(highest);
    let count = row?.count ?? 0;
    for (const [entry, stands] of entries) {
      if (has(bits, entry) === stands) continue;
      bits[entry >>> 5] = (bits[entry >>> 5] ?? 0) ^ (1 << (entry & 31));
      count += stands ? 1 : -1;
    }
    if (count === 0) this.#db.run('DELETE FROM sets WHERE field = @field AND key = @key', place);
    else writeBits(this.#db, place, bits, count, highest);
  }

  writeOrders(): void {
    const changed = this.#changed();
    const rows = new Map<number, Sortable | undefined>(changed.map(([entry, , now]) => [entry, now]));
    const rowOf = (entry: number): Sortable => {
      const row = rows.get(entry) ?? this.#db.get<Sortable>('SELECT entry, folded_name, installs, rating, ratings, published_at FROM entries WHERE entry = @entry', { entry });
      if (!row) throw new TypeError(`The order of entries names ${entry}, which is none.`);
      rows.set(entry, row);
      return row;
    };
    for (const [sort, compare] of Object.entries(ORDERS)) {
      const gone = new Set<number>();
      const come: Standing[] = [];
      for (const [entry, before, now] of changed) {
        const [stood, stands] = [before?.shown === 1 ? before : undefined, now?.shown === 1 ? now : undefined];
        if (stood && stands && compare(stood, stands) === 0) continue;
        if (stood) gone.add(entry);
        if (stands) come.push(stands);
      }
      if (gone.size + come.length > 0) writeOrder(this.#db, sort, merged(this.#order(sort).filter((entry) => !gone.has(entry)), come.sort(compare), compare, rowOf));
    }
  }

  #order(sort: string): Uint32Array {
    const row = this.#db.get<{ entries: Uint8Array }>('SELECT entries FROM orders WHERE sort = @sort', { sort });
    return row ? wordsOf(row.entries) : new Uint32Array();
  }
}

/** Puts `come` in their places in an order; looks at few of those that stand there. */
function merged(order: Uint32Array, come: readonly Sortable[], compare: (a: Sortable, b: Sortable) => number, rowOf: (entry: number) => Sortable): Uint32Array {
  const result = new Uint32Array(order.length + come.length);
  let from = 0;
  for (const [before, one] of come.entries()) {
    let [low, high] = [from, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(rowOf(order[middle] ?? 0), one) < 0) low = middle + 1;
      else high = middle;
    }
    result.set(order.subarray(from, low), from + before);
    result[low + before] = one.entry;
    from = low;
  }
  result.set(order.subarray(from), from + come.length);
  return result;
}
