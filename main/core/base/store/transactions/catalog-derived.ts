/** What search counts and sorts with, made anew from everything: which entries are shown, sets by filter value, orders by sort. */
import type { Writer } from '../handles.ts';
import type { EntryFacts } from '../queries/catalog-line.ts';
import { quoted } from '../queries/catalog-tokens.ts';
import { fieldAndKey, filterKeysOf, fitting, LONGEST_NAME_PREFIX, LONGEST_PREFIX, ORDERS, standingOf, writeOrder, writeSet, type Judged, type Sortable } from './catalog-standing.ts';

/** A prefix or word that more entries have than one in this many is looked up beforehand. */
const COMMON_SHARE = 25;
const COMMON_LEAST = 2_000;

export function rebuildDerived(db: Writer): void {
  const highest = db.get<{ highest: number | null }>('SELECT max(entry) AS highest FROM entries')?.highest ?? 0;
  showOnce(db);
  judgeCompatible(db);
  db.run('DELETE FROM sets');
  const shown = writeSets(db, highest);
  writeCommonWords(db, shown, highest);
  rebuildOrders(db);
  nextGeneration(db);
}

/** Tells readers that what they hold in memory is old. */
export const nextGeneration = (db: Writer): void => {
  db.run(`INSERT INTO state (key, value) VALUES ('generation', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)`);
};

/** The registry of highest priority shows an id; what moderation blocked is shown by none. */
function showOnce(db: Writer): void {
  const other: { entry: number; shows: boolean }[] = [];
  let before = '';
  for (const { entry, id, shown, blocked } of db.each<{ entry: number; id: string; shown: number; blocked: number }>(
    'SELECT entry, plugin_id AS id, shown, blocked FROM entries JOIN registries ON registries.id = entries.registry ORDER BY plugin_id, priority, registry')) {
    const shows = blocked === 0 && id !== before;
    before = id;
    if (shows !== (shown === 1)) other.push({ entry, shows });
  }
  for (const { entry, shows } of other) db.run('UPDATE entries SET shown = @shows WHERE entry = @entry', { shows, entry });
}

/** Those that need nothing are as they are themselves; the others, and what is needed, are looked at together. */
function judgeCompatible(db: Writer): void {
  const related = db.all<Omit<Judged, 'facts'> & { facts: string }>(`SELECT entry, plugin_id, shown, fits, compatible, facts FROM entries
    WHERE shown = 1 AND (entry IN (SELECT entry FROM needs) OR plugin_id IN (SELECT id FROM needs))`).map((row): Judged => standingOf(row));
  const fit = fitting(related, () => undefined);
  db.run('UPDATE entries SET compatible = fits WHERE compatible <> fits AND entry NOT IN (SELECT value FROM json_each(@related))', { related: JSON.stringify(related.map(({ entry }) => entry)) });
  for (const { entry, plugin_id: id, compatible } of related) {
    const should = Number(fit.has(id));
    if (should !== compatible) db.run('UPDATE entries SET compatible = @should WHERE entry = @entry', { should, entry });
  }
}

/** Answers how many are shown. */
function writeSets(db: Writer, highest: number): number {
  const sets = new Map<string, number[]>();
  let shown = 0;
  for (const { entry, compatible, facts } of db.each<{ entry: number; compatible: number; facts: string }>('SELECT entry, compatible, facts FROM entries WHERE shown = 1 ORDER BY entry')) {
    shown += 1;
    for (const name of filterKeysOf({ shown: 1, compatible, facts: JSON.parse(facts) as EntryFacts })) {
      const found = sets.get(name);
      if (found) found.push(entry);
      else sets.set(name, [entry]);
    }
  }
  // In the order of the table, so that each goes to its end.
  for (const name of [...sets.keys()].sort()) writeSet(db, fieldAndKey(name), sets.get(name) ?? [], highest);
  return shown;
}

/** Short prefixes and common words match so many entries that collecting them takes longer than the rest of a search. */
function writeCommonWords(db: Writer, total: number, highest: number): void {
  const least = Math.max(COMMON_LEAST, total / COMMON_SHARE);
  const write = (field: string, key: string, expression: string): void => {
    const found = db.get<{ entries: string }>('SELECT json_group_array(rowid) AS entries FROM texts WHERE texts MATCH @expression', { expression });
    writeSet(db, { field, key }, JSON.parse(found?.entries ?? '[]') as number[], highest);
  };
  // A common prefix begins with a common one: only what begins so is looked at again.
  let begin = [''];
  for (let length = 1; length <= LONGEST_PREFIX; length += 1) {
    const prefixes = db.all<{ prefix: string }>(`SELECT substr(word, 1, @length) AS prefix FROM json_each(@begin) AS begun JOIN words ON word >= begun.value AND word < begun.value || char(0x10ffff)
      WHERE length(word) >= @length GROUP BY prefix HAVING sum(documents) >= @least`, { length, least, begin: JSON.stringify(begin) });
    begin = prefixes.map(({ prefix }) => prefix);
    for (const prefix of begin) {
      write('prefix', prefix, quoted(prefix, true));
      if (length <= LONGEST_NAME_PREFIX) write('name_prefix', prefix, `{name} : ${quoted(prefix, true)}`);
    }
  }
  for (const { word } of db.all<{ word: string }>('SELECT word FROM words WHERE documents >= @least', { least })) write('word', word, quoted(word));
}

/** The orders alone, from everything. */
export function rebuildOrders(db: Writer): void {
  const shown = db.all<Sortable>('SELECT entry, folded_name, installs, rating, ratings, published_at FROM entries WHERE shown = 1');
  for (const [sort, compare] of Object.entries(ORDERS)) writeOrder(db, sort, Uint32Array.from(shown.sort(compare), ({ entry }) => entry));
}
