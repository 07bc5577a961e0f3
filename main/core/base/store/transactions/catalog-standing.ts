/** Where an entry stands: in which sets by filter value and word, and where in the order of each sort. */
import { satisfies } from 'semver';
import type { Writer } from '../handles.ts';
import { encodeBits, encodeSet, type Bitmap } from '../queries/catalog-bitmap.ts';
import type { EntryFacts, EntryTexts } from '../queries/catalog-line.ts';
import { fold } from '../queries/catalog-tokens.ts';

/** What an order compares. */
export interface Sortable { entry: number; folded_name: string; installs: number; rating: number | null; ratings: number; published_at: number }
/** What filters and compatibility go by. */
export interface Judged { entry: number; plugin_id: string; shown: number; fits: number; compatible: number; facts: EntryFacts }
export type Standing = Sortable & Judged;

export const STANDING_COLUMNS = 'entry, plugin_id, shown, fits, compatible, facts, folded_name, installs, rating, ratings, published_at';
export const standingOf = <T extends Omit<Judged, 'facts'> & { facts: string }>(row: T): Omit<T, 'facts'> & { facts: EntryFacts } => ({ ...row, facts: JSON.parse(row.facts) as EntryFacts });

/** Ratings of few people count less: as if this many more had said the middle. */
const RATING_WEIGHT = 5;
const RATING_MIDDLE = 3;
/** Prefixes up to here are looked up beforehand when many entries have them; within names up to the second. */
export const LONGEST_PREFIX = 5;
export const LONGEST_NAME_PREFIX = 2;

const byName = (a: Sortable, b: Sortable): number => (a.folded_name < b.folded_name ? -1 : a.folded_name > b.folded_name ? 1 : a.entry - b.entry);
const rated = ({ rating, ratings }: Sortable): number => (rating === null ? -1 : (rating * ratings + RATING_MIDDLE * RATING_WEIGHT) / (ratings + RATING_WEIGHT));

/** No two entries are equal in any of them. */
export const ORDERS: Readonly<Record<string, (a: Sortable, b: Sortable) => number>> = {
  name: byName,
  popular: (a, b) => b.installs - a.installs || byName(a, b),
  recent: (a, b) => b.published_at - a.published_at || byName(a, b),
  rating: (a, b) => rated(b) - rated(a) || b.installs - a.installs || byName(a, b),
};

export const writeOrder = (db: Writer, sort: string, order: Uint32Array): void => {
  db.run('INSERT OR REPLACE INTO orders (sort, entries) VALUES (@sort, @entries)', { sort, entries: new Uint8Array(order.buffer, order.byteOffset, order.byteLength) });
};

/** The sets by filter value that an entry stands in, as `field`, newline, `key`; none while it is not shown. */
export function filterKeysOf({ shown, compatible, facts }: Pick<Judged, 'shown' | 'compatible' | 'facts'>): Set<string> {
  if (shown === 0) return new Set();
  return new Set([
    'shown\n', ...(compatible === 1 ? ['compatible\n'] : []), ...facts.kinds.map((kind) => `kind\n${kind}`), ...facts.categories.map((category) => `category\n${category}`),
    ...facts.tags.map((tag) => `tag\n${fold(tag)}`), `publisher\n${facts.publisher}`, `tier\n${facts.tier}`, `price\n${facts.price}`,
  ]);
}

const wordsOf = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** The sets by word and prefix that an entry would stand in, if they are kept. */
export function textKeysOf(texts: EntryTexts): Set<string> {
  const keys = new Set<string>();
  const prefixes = (field: string, word: string, longest: number): void => {
    const letters = [...word];
    for (let length = 1; length <= Math.min(longest, letters.length); length += 1) keys.add(`${field}\n${letters.slice(0, length).join('')}`);
  };
  for (const word of Object.values(texts as unknown as Record<string, string>).flatMap(wordsOf)) {
    keys.add(`word\n${word}`);
    prefixes('prefix', word, LONGEST_PREFIX);
  }
  for (const word of wordsOf(texts.name)) prefixes('name_prefix', word, LONGEST_NAME_PREFIX);
  return keys;
}

/** A key of `filterKeysOf` or `textKeysOf` as the table names it. */
export const fieldAndKey = (name: string): { field: string; key: string } => ({ field: name.slice(0, name.indexOf('\n')), key: name.slice(name.indexOf('\n') + 1) });

export const writeSet = (db: Writer, name: { field: string; key: string }, entries: readonly number[], highest: number): void => {
  db.run('INSERT OR REPLACE INTO sets (field, key, count, entries) VALUES (@field, @key, @count, @encoded)', { ...name, count: entries.length, encoded: encodeSet(entries, highest) });
};

export const writeBits = (db: Writer, name: { field: string; key: string }, bits: Bitmap, count: number, highest: number): void => {
  db.run('INSERT OR REPLACE INTO sets (field, key, count, entries) VALUES (@field, @key, @count, @encoded)', { ...name, count, encoded: encodeBits(bits, count, highest) });
};

/** What is known of a shown plugin that others need. */
export interface Target { facts: EntryFacts; compatible: boolean }

/**
 * Which of these shown plugins can be had: one suits app and platform itself, and each dependency has a version in range
 * that can be had. A circle holds together unless something in it does not.
 * @param outside what is known of plugins that are none of these
 */
export function fitting(judged: readonly Judged[], outside: (id: string) => Target | undefined): ReadonlySet<string> {
  const byId = new Map(judged.map((one) => [one.plugin_id, one]));
  const fit = new Set(judged.filter(({ fits }) => fits === 1).map(({ plugin_id }) => plugin_id));
  const inRange = (facts: EntryFacts | undefined, range: string): boolean => facts?.versions.some((version) => satisfies(version, range)) ?? false;
  /** By plugin, those among these that it needs. */
  const needs: [id: string, others: string[]][] = [];
  for (const { plugin_id: id, facts: { dependencies } } of judged) {
    if (dependencies.length === 0 || !fit.has(id)) continue;
    const [inside, elsewhere] = [dependencies.filter((one) => byId.has(one.id)), dependencies.filter((one) => !byId.has(one.id))];
    const met = inside.every((one) => inRange(byId.get(one.id)?.facts, one.range)) && elsewhere.every((one) => { const target = outside(one.id); return target?.compatible === true && inRange(target.facts, one.range); });
    if (met) needs.push([id, inside.map((one) => one.id)]);
    else fit.delete(id);
  }
  for (let before = -1; before !== fit.size;) {
    before = fit.size;
    for (const [id, others] of needs) if (fit.has(id) && !others.every((other) => fit.has(other))) fit.delete(id);
  }
  return fit;
}
