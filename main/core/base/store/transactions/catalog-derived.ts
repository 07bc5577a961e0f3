/** What search counts and sorts with, made anew from everything: which entries are shown, sets by filter value, orders by sort. */
import type { Writer } from '../handles.ts';
import { quoted } from '../queries/catalog-tokens.ts';
import { fieldAndKey, filterKeysOf, fitting, LONGEST_NAME_PREFIX, LONGEST_PREFIX, ORDERS, STANDING_COLUMNS, standingOf, writeOrder, writeSet, type Sortable, type Standing } from './catalog-standing.ts';

interface Entry extends Standing { blocked: number }

/** A prefix or word that more entries have than one in this many is looked up beforehand. */
const COMMON_SHARE = 25;
const COMMON_LEAST = 500;

export function rebuildDerived(db: Writer): void {
  const entries = [...db.each<Omit<Entry, 'facts'> & { facts: string }>(`SELECT ${STANDING_COLUMNS}, blocked FROM entries JOIN registries ON registries.id = entries.registry ORDER BY priority, registry`)].map((row): Entry => standingOf(row));
  const highest = entries.reduce((most, { entry }) => Math.max(most, entry), 0);
  const shown = showOnce(db, entries);
  judgeCompatible(db, entries, shown);
  db.run('DELETE FROM sets');
  writeSets(db, shown, highest);
  writeCommonWords(db, shown.length, highest);
  writeOrders(db, shown);
  nextGeneration(db);
}

/** Tells readers that what they hold in memory is old. */
export const nextGeneration = (db: Writer): void => {
  db.run(`INSERT INTO state (key, value) VALUES ('generation', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`);
};

/** The registry of highest priority shows an id; what moderation blocked is shown by none. */
function showOnce(db: Writer, entries: readonly Entry[]): Entry[] {
  const taken = new Set<string>();
  return entries.filter((entry) => {
    const shows = entry.blocked === 0 && !taken.has(entry.plugin_id);
    taken.add(entry.plugin_id);
    if (shows !== (entry.shown === 1)) db.run('UPDATE entries SET shown = @shows WHERE entry = @entry', { shows, entry: entry.entry });
    entry.shown = Number(shows);
    return shows;
  });
}

function judgeCompatible(db: Writer, entries: readonly Entry[], shown: readonly Entry[]): void {
  const fit = fitting(shown, () => undefined);
  for (const entry of entries) {
    const compatible = entry.shown === 1 ? fit.has(entry.plugin_id) : entry.fits === 1;
    if (compatible === (entry.compatible === 1)) continue;
    entry.compatible = Number(compatible);
    db.run('UPDATE entries SET compatible = @compatible WHERE entry = @entry', { compatible, entry: entry.entry });
  }
}

function writeSets(db: Writer, shown: readonly Entry[], highest: number): void {
  const sets = new Map<string, number[]>();
  for (const entry of shown.toSorted((a, b) => a.entry - b.entry)) {
    for (const name of filterKeysOf(entry)) {
      const found = sets.get(name);
      if (found) found.push(entry.entry);
      else sets.set(name, [entry.entry]);
    }
  }
  for (const [name, entries] of sets) writeSet(db, fieldAndKey(name), entries, highest);
}

/** Short prefixes and common words match so many entries that collecting them takes longer than the rest of a search. */
function writeCommonWords(db: Writer, total: number, highest: number): void {
  const least = Math.max(COMMON_LEAST, total / COMMON_SHARE);
  const write = (field: string, key: string, expression: string): void => {
    const found = db.get<{ entries: string }>('SELECT json_group_array(rowid) AS entries FROM texts WHERE texts MATCH @expression', { expression });
    writeSet(db, { field, key }, JSON.parse(found?.entries ?? '[]') as number[], highest);
  };
  for (let length = 1; length <= LONGEST_PREFIX; length += 1) {
    const prefixes = db.all<{ prefix: string }>('SELECT substr(word, 1, @length) AS prefix FROM words WHERE length(word) >= @length GROUP BY prefix HAVING sum(documents) >= @least', { length, least });
    for (const { prefix } of prefixes) {
      write('prefix', prefix, quoted(prefix, true));
      if (length <= LONGEST_NAME_PREFIX) write('name_prefix', prefix, `{name} : ${quoted(prefix, true)}`);
    }
  }
  for (const { word } of db.all<{ word: string }>('SELECT word FROM words WHERE documents >= @least', { least })) write('word', word, quoted(word));
}

function writeOrders(db: Writer, shown: readonly Sortable[]): void {
  for (const [sort, compare] of Object.entries(ORDERS)) writeOrder(db, sort, Uint32Array.from(shown.toSorted(compare), ({ entry }) => entry));
}

/** After figures of many plugins changed: the orders alone, from everything. */
export const rebuildOrders = (db: Writer): void => {
  writeOrders(db, db.all<Sortable>('SELECT entry, folded_name, installs, rating, ratings, published_at FROM entries WHERE shown = 1'));
};
