/** What search counts and sorts with, made anew after a sync: which entries are shown, sets by filter value, orders by sort. */
import { satisfies } from 'semver';
import type { Writer } from '../handles.ts';
import { encodeSet } from '../queries/catalog-bitmap.ts';
import type { EntryFacts } from '../queries/catalog-line.ts';
import { fold, quoted } from '../queries/catalog-tokens.ts';

interface Row {
  entry: number; plugin_id: string; registry: string; shown: number; blocked: number; folded_name: string; facts: string;
  installs: number; rating: number | null; ratings: number; published_at: number; fits: number; compatible: number;
}
interface Entry extends Omit<Row, 'facts'> { facts: EntryFacts }

/** A prefix or word that more entries have than one in this many is looked up beforehand. */
const COMMON_SHARE = 25;
const COMMON_LEAST = 500;
/** Ratings of few people count less: as if this many more had said the middle. */
const RATING_WEIGHT = 5;
const RATING_MIDDLE = 3;

export function rebuildDerived(db: Writer): void {
  const entries = [...db.each<Row>('SELECT entries.entry, plugin_id, registry, shown, blocked, folded_name, facts, installs, rating, ratings, published_at, fits, compatible FROM entries JOIN registries ON registries.id = entries.registry ORDER BY priority, registry')]
    .map((row): Entry => ({ ...row, facts: JSON.parse(row.facts) as EntryFacts }));
  const highest = entries.reduce((most, { entry }) => Math.max(most, entry), 0);
  const shown = showOnce(db, entries);
  judgeCompatible(db, entries, shown);
  db.run('DELETE FROM sets');
  db.run('DELETE FROM orders');
  writeSets(db, shown, highest);
  writeCommonWords(db, shown.length, highest);
  writeOrders(db, shown);
  db.run(`INSERT INTO state (key, value) VALUES ('generation', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`);
}

/** The registry of highest priority shows an id; what moderation blocked is shown by none. */
function showOnce(db: Writer, entries: readonly Entry[]): Entry[] {
  const taken = new Set<string>();
  return entries.filter((entry) => {
    const shows = entry.blocked === 0 && !taken.has(entry.plugin_id);
    taken.add(entry.plugin_id);
    if (shows !== (entry.shown === 1)) db.run('UPDATE entries SET shown = @shows WHERE entry = @entry', { shows, entry: entry.entry });
    return shows;
  });
}

/** A plugin fits when it suits app and platform itself and each dependency has a version in range that fits. */
function judgeCompatible(db: Writer, entries: readonly Entry[], shown: readonly Entry[]): void {
  const byId = new Map(shown.map((entry) => [entry.plugin_id, entry]));
  const judged = new Map<string, boolean>();
  const fits = (entry: Entry): boolean => {
    const known = judged.get(entry.plugin_id);
    if (known !== undefined) return known;
    // A circle of dependencies fits unless something in it does not.
    judged.set(entry.plugin_id, entry.fits === 1);
    const fit = entry.fits === 1 && entry.facts.dependencies.every(({ id, range }) => {
      const target = byId.get(id);
      return target !== undefined && target.facts.versions.some((version) => satisfies(version, range)) && fits(target);
    });
    judged.set(entry.plugin_id, fit);
    return fit;
  };
  for (const entry of entries) {
    const compatible = byId.get(entry.plugin_id) === entry ? fits(entry) : entry.fits === 1;
    if (compatible === (entry.compatible === 1)) continue;
    entry.compatible = Number(compatible);
    db.run('UPDATE entries SET compatible = @compatible WHERE entry = @entry', { compatible, entry: entry.entry });
  }
}

function writeSets(db: Writer, shown: readonly Entry[], highest: number): void {
  const sets = new Map<string, Map<string, number[]>>();
  const add = (field: string, key: string, entry: number): void => {
    const keys = sets.get(field) ?? new Map<string, number[]>();
    sets.set(field, keys);
    const found = keys.get(key);
    if (found) found.push(entry);
    else keys.set(key, [entry]);
  };
  for (const { entry, facts, compatible } of shown.toSorted((a, b) => a.entry - b.entry)) {
    add('shown', '', entry);
    if (compatible === 1) add('compatible', '', entry);
    for (const kind of new Set(facts.kinds)) add('kind', kind, entry);
    for (const category of new Set(facts.categories)) add('category', category, entry);
    for (const tag of new Set(facts.tags.map(fold))) add('tag', tag, entry);
    add('publisher', facts.publisher, entry);
    add('tier', facts.tier, entry);
    add('price', facts.price, entry);
  }
  for (const [field, keys] of sets) for (const [key, entries] of keys) writeSet(db, field, key, entries, highest);
}

const writeSet = (db: Writer, field: string, key: string, entries: readonly number[], highest: number): void => {
  db.run('INSERT INTO sets (field, key, count, entries) VALUES (@field, @key, @count, @encoded)', { field, key, count: entries.length, encoded: encodeSet(entries, highest) });
};

/** Short prefixes and common words match so many entries that collecting them takes longer than the rest of a search. */
function writeCommonWords(db: Writer, total: number, highest: number): void {
  const least = Math.max(COMMON_LEAST, total / COMMON_SHARE);
  const write = (field: string, key: string, expression: string): void => {
    const found = db.get<{ entries: string }>('SELECT json_group_array(rowid) AS entries FROM texts WHERE texts MATCH @expression', { expression });
    writeSet(db, field, key, JSON.parse(found?.entries ?? '[]') as number[], highest);
  };
  for (let length = 1; length <= 5; length += 1) {
    const prefixes = db.all<{ prefix: string }>('SELECT substr(word, 1, @length) AS prefix FROM words WHERE length(word) >= @length GROUP BY prefix HAVING sum(documents) >= @least', { length, least });
    for (const { prefix } of prefixes) {
      write('prefix', prefix, quoted(prefix, true));
      if (length <= 2) write('name_prefix', prefix, `{name} : ${quoted(prefix, true)}`);
    }
  }
  for (const { word } of db.all<{ word: string }>('SELECT word FROM words WHERE documents >= @least', { least })) write('word', word, quoted(word));
}

function writeOrders(db: Writer, shown: readonly Entry[]): void {
  const byName = (a: Entry, b: Entry): number => (a.folded_name < b.folded_name ? -1 : a.folded_name > b.folded_name ? 1 : a.entry - b.entry);
  const rated = ({ rating, ratings }: Entry): number => (rating === null ? -1 : (rating * ratings + RATING_MIDDLE * RATING_WEIGHT) / (ratings + RATING_WEIGHT));
  const orders: Record<string, (a: Entry, b: Entry) => number> = {
    name: byName,
    popular: (a, b) => b.installs - a.installs || byName(a, b),
    recent: (a, b) => b.published_at - a.published_at || byName(a, b),
    rating: (a, b) => rated(b) - rated(a) || b.installs - a.installs || byName(a, b),
  };
  for (const [sort, compare] of Object.entries(orders)) {
    const order = Uint32Array.from(shown.toSorted(compare), ({ entry }) => entry);
    db.run('INSERT INTO orders (sort, entries) VALUES (@sort, @entries)', { sort, entries: new Uint8Array(order.buffer) });
  }
}
