/** Puts and removes single plugins of the catalog, with everything by which search finds them. */
import type { Writer } from '../handles.ts';
import type { EntryFigures, EntryTexts, TakenLine } from '../queries/catalog-line.ts';
import { STANDING_COLUMNS, standingOf } from './catalog-standing.ts';
import { largestTouched, type Former, type Touched } from './catalog-update.ts';

/** So many words are counted by one statement. */
const WORDS_AT_ONCE = 4_000;

export interface EntryWriter {
  put(line: TakenLine): void;
  remove(id: string): void;
  /** What was put or removed since, for `updateDerived`; undefined when it is too much to follow. */
  touched(): Touched | undefined;
  /** Ids that were neither put nor found unchanged. */
  removeUnseen(): void;
  /** Writes the counts of words; call it once at the end. Answers how many entries changed. */
  finish(): number;
}

/** In how many more or fewer entries a word stands, and in which of them it was counted last, since it counts once in each. */
interface WordCount { by: number; last: number }

interface Known { plugin_id: string; entry: number; digest: string }

/**
 * Writes the entries of one registry; lines whose digest is stored already cost one look-up.
 * @param whole whether every entry will be named, so that all are looked up at once
 */
export function entryWriter(db: Writer, registry: string, whole: boolean): EntryWriter {
  const known = new Map((whole ? db.all<Known>('SELECT plugin_id, entry, digest FROM entries WHERE registry = @registry', { registry }) : []).map((row) => [row.plugin_id, row]));
  const knownOf = (id: string): Known | undefined => known.get(id) ?? (whole ? undefined : db.get<Known>('SELECT plugin_id, entry, digest FROM entries WHERE registry = @registry AND plugin_id = @id', { registry, id }));
  /** Asked at the first put: the figures of a sync come before its plugins. */
  let hasFigures: boolean | undefined;
  const unseen = new Set(known.keys());
  const words = new Map<string, WordCount>();
  let texted = 0;
  let next = (db.get<{ highest: number | null }>('SELECT max(entry) AS highest FROM entries')?.highest ?? 0) + 1;
  let changes = 0;
  const mostTouched = largestTouched(db.get<{ count: number }>(`SELECT count FROM sets WHERE field = 'shown' AND key = ''`)?.count ?? 0);
  let touched: Map<number, Former | undefined> | undefined = new Map();
  const touch = (entry: number, former: Former | undefined): void => {
    if (touched && !touched.has(entry)) touched.set(entry, former);
    if (touched && touched.size > mostTouched) touched = undefined;
  };

  const countWords = (texts: EntryTexts, by: number): void => {
    texted += 1;
    for (const text of [texts.name, texts.tags, texts.publisher, texts.description]) {
      for (const word of text.split(' ')) {
        let count = words.get(word);
        if (!count) words.set(word, count = { by: 0, last: 0 });
        if (count.last === texted) continue;
        count.last = texted;
        count.by += by;
      }
    }
  };
  const drop = (entry: number): void => {
    const row = db.get<{ texts: string }>('SELECT texts FROM records WHERE entry = @entry', { entry });
    const texts = row && JSON.parse(row.texts) as EntryTexts;
    if (texts) countWords(texts, -1);
    const stood = touched && texts && db.get<Omit<Former, 'facts' | 'texts'> & { facts: string }>(`SELECT ${STANDING_COLUMNS} FROM entries WHERE entry = @entry`, { entry });
    if (stood) touch(entry, { ...standingOf(stood), texts });
    db.run('DELETE FROM texts WHERE rowid = @entry', { entry });
    db.run('DELETE FROM needs WHERE entry = @entry', { entry });
    db.run('DELETE FROM images WHERE entry = @entry', { entry });
    db.run('DELETE FROM records WHERE entry = @entry', { entry });
    db.run('DELETE FROM entries WHERE entry = @entry', { entry });
  };

  return {
    put(line) {
      const before = knownOf(line.id);
      unseen.delete(line.id);
      if (before?.digest === line.digest) return;
      if (before) drop(before.entry);
      const entry = before?.entry ?? next;
      if (!before) next += 1;
      touch(entry, undefined);
      known.set(line.id, { plugin_id: line.id, entry, digest: line.digest });
      changes += 1;
      const texts = JSON.parse(line.texts) as EntryTexts;
      countWords(texts, 1);
      hasFigures ??= db.get('SELECT 1 FROM figures WHERE registry = @registry LIMIT 1', { registry }) !== undefined;
      const figures = !hasFigures ? undefined : db.get<{ installs: number; rating: number | null; ratings: number }>('SELECT installs, rating, ratings FROM figures WHERE registry = @registry AND plugin_id = @id', { registry, id: line.id });
      db.run(`INSERT INTO entries (entry, plugin_id, registry, blocked, folded_name, card, facts, installs, rating, ratings, published_at, fits, digest)
        VALUES (@entry, @id, @registry, @blocked, @foldedName, @card, @facts, @installs, @rating, @ratings, @publishedAt, @fits, @digest)`, {
        entry, id: line.id, registry, blocked: line.blocked, foldedName: line.foldedName, card: line.card, facts: line.facts,
        ...(figures ?? { installs: 0, rating: null, ratings: 0 }), publishedAt: line.publishedAt, fits: line.fits, digest: line.digest });
      db.run('INSERT INTO records (entry, texts, record) VALUES (@entry, @texts, @record)', { entry, texts: line.texts, record: line.record });
      db.run('INSERT INTO texts (rowid, name, tags, publisher, description) VALUES (@entry, @name, @tags, @publisher, @description)', { entry, ...texts });
      for (const id of line.needs) db.run('INSERT OR IGNORE INTO needs (id, entry) VALUES (@id, @entry)', { id, entry });
      for (const image of line.images) db.run('INSERT OR IGNORE INTO images (sha512, entry, size, type) VALUES (unhex(@sha512), @entry, @size, @type)', { ...image, entry });
    },
    remove(id) {
      const before = knownOf(id);
      if (before) {
        drop(before.entry);
        changes += 1;
      }
      known.delete(id);
      unseen.delete(id);
    },
    touched: () => touched,
    removeUnseen() {
      for (const id of [...unseen]) this.remove(id);
    },
    finish() {
      writeWords(db, words);
      return changes;
    },
  };
}

const COUNT_WORDS = `INSERT INTO words (word, documents) SELECT key, value FROM json_each(@counts) WHERE true
  ON CONFLICT (word) DO UPDATE SET documents = documents + excluded.documents`;

/** Keeps count of how many entries have a word. */
function writeWords(db: Writer, words: ReadonlyMap<string, WordCount>): void {
  const less: string[] = [];
  // An object of so many fields would take longer to make than to write.
  const changed: string[] = [];
  for (const [word, { by }] of words) {
    if (by === 0 || word === '') continue;
    if (by < 0) less.push(word);
    changed.push(`${JSON.stringify(word)}:${by}`);
  }
  for (let from = 0; from < changed.length; from += WORDS_AT_ONCE) db.run(COUNT_WORDS, { counts: `{${changed.slice(from, from + WORDS_AT_ONCE).join()}}` });
  if (less.length > 0) db.run('DELETE FROM words WHERE documents <= 0 AND word IN (SELECT value FROM json_each(@less))', { less: JSON.stringify(less) });
}

/** Takes the figures of one registry in the place of those that it published before, ahead of its plugins. Call `finish` at the end. */
export function figuresWriter(db: Writer, registry: string): { put(figures: EntryFigures): void; finish(): void } {
  const unseen = new Set(db.all<{ plugin_id: string }>('SELECT plugin_id FROM figures WHERE registry = @registry', { registry }).map((row) => row.plugin_id));
  // Entries that come with this sync take theirs when they are put.
  const before = unseen.size > 0 || db.get('SELECT 1 FROM entries WHERE registry = @registry LIMIT 1', { registry }) !== undefined;
  return {
    put({ id, installs, trend, histogram }) {
      unseen.delete(id);
      const ratings = histogram.reduce((sum, count) => sum + count, 0);
      const rating = ratings === 0 ? null : Math.round(histogram.reduce((sum, count, stars) => sum + count * (stars + 1), 0) / ratings * 100) / 100;
      db.run(`INSERT OR REPLACE INTO figures (registry, plugin_id, installs, rating, ratings, trend, histogram) VALUES (@registry, @id, @installs, @rating, @ratings, @trend, @histogram)`, {
        registry, id, installs, rating, ratings, trend: JSON.stringify(trend), histogram: JSON.stringify(histogram) });
      if (!before) return;
      // One by one: a single statement for all of them would hold every new row in memory before it writes the first.
      db.run('UPDATE entries SET installs = @installs, rating = @rating, ratings = @ratings WHERE plugin_id = @id AND registry = @registry AND (installs, ratings, coalesce(rating, 0)) IS NOT (@installs, @ratings, coalesce(@rating, 0))', { registry, id, installs, rating, ratings });
    },
    finish() {
      if (!before) return;
      for (const id of unseen) db.run('DELETE FROM figures WHERE registry = @registry AND plugin_id = @id', { registry, id });
      db.run('UPDATE entries SET installs = 0, rating = NULL, ratings = 0 WHERE registry = @registry AND (installs > 0 OR ratings > 0) AND plugin_id NOT IN (SELECT plugin_id FROM figures WHERE registry = @registry)', { registry });
    },
  };
}
