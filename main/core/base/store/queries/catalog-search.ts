/** The marketplace's search: words, filters, sort, counts. Measured by bench/search.ts. */
import type { CatalogFilters, CatalogSort } from '../../../../../contract/model/catalog.ts';
import type { Reader } from '../handles.ts';
import { and, count, countBoth, fullBitmapOf, has, type Bitmap } from './catalog-bitmap.ts';
import { indexOf, matching, type CatalogIndex } from './catalog-index.ts';
import type { StoredCard } from './catalog-line.ts';
import { fold } from './catalog-tokens.ts';
import { entriesNamed, expressionOf, loosened, wordsSought, type SoughtWord } from './catalog-words.ts';

export interface CatalogSearchInput {
  words: string; filters: CatalogFilters; sort: CatalogSort; offset: number; limit: number;
  /** Ids of installed plugins: catalog.db does not know them. */
  installed: readonly string[];
}

/** A card as stored, with what the index knows of it; the service adds what is installed. */
export interface FoundCard { card: StoredCard; registry: string; installs: number; trend: number[]; rating: number | null; ratings: number; compatible: boolean }

export interface CatalogSearchAnswer { items: FoundCard[]; total: number; corrected: string | null; facets: Record<string, number> }

/** Up to here bm25 decides; beyond, it takes longer than a key press and says little. */
const RANKED_MATCHES = 2_000;
const RANKED_SCAN = 12_000;

export function searchCatalog(db: Reader, input: CatalogSearchInput): CatalogSearchAnswer {
  const index = indexOf(db);
  const sought = wordsSought(db, index, input.words);
  const all = matchesOf(index, sought.words);
  const loose = sought.words.length > 1 && all.every((bits) => bits === 0) ? loosened(db, index, sought.words) : undefined;
  const { words, corrected } = loose ?? sought;
  const matches = loose ? matchesOf(index, loose.words) : all;
  const others = filterSets(db, index, input);
  const outside = others.length === 0 ? matches : and(matches, ...others);
  const facets: Record<string, number> = {};
  let category: Bitmap | undefined;
  for (const { slug, entries } of index.categories) {
    const hits = countBoth(outside, entries);
    if (hits > 0) facets[slug] = hits;
    if (slug === input.filters.category) category = entries;
  }
  const hits = input.filters.category === undefined ? outside : and(outside, category ?? new Uint32Array(outside.length));
  const page = { hits, words, matches, index, text: corrected ?? input.words, sort: input.sort, offset: input.offset, limit: input.limit };
  return { items: cardsOf(db, pageOf(db, page)), total: count(hits), corrected, facets };
}

const matchesOf = (index: CatalogIndex, words: readonly SoughtWord[]): Bitmap => (words.length === 0 ? index.shown : and(index.shown, ...words.map(({ entries }) => entries)));

/** A set for each filter but the category. A value that no entry has gives an empty set. */
function filterSets(db: Reader, index: CatalogIndex, { filters, installed }: CatalogSearchInput): Bitmap[] {
  const sets: Bitmap[] = [];
  const nothing = new Uint32Array(index.shown.length);
  const by = (field: string, key: string | undefined): void => { if (key !== undefined) sets.push(index.stored(field, key) ?? nothing); };
  by('kind', filters.kind);
  by('tag', filters.tag === undefined ? undefined : fold(filters.tag));
  by('publisher', filters.publisher);
  by('tier', filters.tier);
  by('price', filters.price);
  const { registry } = filters;
  if (registry !== undefined) sets.push(index.made(`registry ${registry}`, () => fullBitmapOf(db.all<{ entry: number }>('SELECT entry FROM entries WHERE registry = @registry', { registry }).map(({ entry }) => entry), index.highest)));
  if (filters.compatible === true) by('compatible', '');
  if (filters.compatible === false) sets.push(without(index.shown, index.stored('compatible', '') ?? nothing));
  if (filters.minimumRating !== undefined) {
    const least = filters.minimumRating;
    sets.push(index.made(`rating ${least}`, () => fullBitmapOf(db.all<{ entry: number }>('SELECT entry FROM entries WHERE rating >= @least', { least }).map(({ entry }) => entry), index.highest)));
  }
  if (filters.installed !== undefined) {
    const rows = db.all<{ entry: number }>('SELECT entry FROM entries WHERE plugin_id IN (SELECT value FROM json_each(@ids))', { ids: JSON.stringify(installed) });
    const here = fullBitmapOf(rows.map(({ entry }) => entry), index.highest);
    sets.push(filters.installed ? here : without(index.shown, here));
  }
  return sets;
}

const without = (all: Bitmap, less: Bitmap): Bitmap => all.map((word, position) => word & ~(less[position] ?? 0));

interface Page { hits: Bitmap; words: readonly SoughtWord[]; matches: Bitmap; index: CatalogIndex; text: string; sort: CatalogSort; offset: number; limit: number }

/** Entry numbers of one page in order. */
function pageOf(db: Reader, page: Page): number[] {
  const { index, hits, sort, offset, limit, words } = page;
  const end = offset + limit;
  if (sort !== 'relevance' || words.length === 0) return walk(index.order(sort === 'relevance' ? 'popular' : sort), hits, end).slice(offset);
  const scanned = words.reduce((total, { entries }) => total + count(entries), 0);
  const ranked = scanned <= RANKED_SCAN && count(page.matches) <= RANKED_MATCHES ? byScore(db, page) : byName(db, page, end);
  return ranked.slice(offset, end);
}

/** The first `end` entries of an order that are hits. */
function walk(order: Uint32Array, hits: Bitmap, end: number, seen?: ReadonlySet<number>): number[] {
  const found: number[] = [];
  for (let at = 0; at < order.length && found.length < end; at += 1) {
    const entry = order[at] ?? 0;
    if (has(hits, entry) && !seen?.has(entry)) found.push(entry);
  }
  return found;
}

/** The plugin of exactly this name first. */
function exact(db: Reader, { text, hits }: Page): number[] {
  const rows = db.all<{ entry: number }>('SELECT entry FROM entries WHERE folded_name = @name ORDER BY installs DESC LIMIT 20', { name: fold(text).trim() });
  return rows.map(({ entry }) => entry).filter((entry) => has(hits, entry));
}

/** Many hits: those with every word in the name, then the rest, each by popularity. */
function byName(db: Reader, page: Page, end: number): number[] {
  const popular = page.index.order('popular');
  const first = exact(db, page);
  const named = and(page.hits, ...page.words.map((word) => entriesNamed(db, page.index, word)));
  const found = [...first];
  for (const bits of [named, page.hits]) if (found.length < end) found.push(...walk(popular, bits, end - found.length, new Set(found)));
  return found;
}

/** Entries that have every word among their tags too. */
const tagged = (db: Reader, { index, words }: Page): Bitmap => matching(db, index, `{tags} : (${words.map(expressionOf).join(' AND ')})`);

/** A name that begins with what is sought, or with the first word of it, is more likely to be about it than one that ends so. */
const NAMED_WHOLE = 1.4;
const NAMED_FIRST = 1.2;
/** Who says it in the tags as well is about it; bm25 hardly counts a second column after the first. */
const TAGGED = 1.15;
/** What a publisher of the first tier made was looked at more closely. */
const FIRST_TIER = 1.1;
/** A hundred thousand installs double a score. */
const POPULAR = 5;

/** Few hits: bm25, in which a name weighs ten times a description, lifted by what else says that it is meant, and by popularity. */
function byScore(db: Reader, page: Page): number[] {
  const expression = page.words.map(expressionOf).join(' AND ');
  const rows = db.all<{ entry: number; score: number; installs: number; name: string }>(
    `SELECT texts.rowid AS entry, bm25(texts, 10.0, 5.0, 4.0, 1.0) AS score, entries.installs, entries.folded_name AS name
     FROM texts JOIN entries ON entries.entry = texts.rowid WHERE texts MATCH @expression`, { expression });
  const first = new Set(exact(db, page));
  const [about, trusted] = [tagged(db, page), page.index.stored('tier', 'tier1')];
  const begin = page.words[0]?.word ?? '';
  const whole = page.words.map(({ word }) => word).join(' ');
  const scored = rows.filter(({ entry }) => has(page.hits, entry)).map(({ entry, score, installs, name }) =>
    ({ entry, score: score * (1 + Math.log10(1 + installs) / POPULAR) * (name.startsWith(whole) ? NAMED_WHOLE : name.startsWith(begin) ? NAMED_FIRST : 1) * (has(about, entry) ? TAGGED : 1) * (trusted && has(trusted, entry) ? FIRST_TIER : 1) - (first.has(entry) ? 1e6 : 0) }));
  return scored.sort((a, b) => a.score - b.score || a.entry - b.entry).map(({ entry }) => entry);
}

interface CardRow { entry: number; card: string; registry: string; installs: number; rating: number | null; ratings: number; compatible: number; trend: string | null }

/** Cards in the order of the entries. */
export function cardsOf(db: Reader, entries: readonly number[]): FoundCard[] {
  const rows = db.all<CardRow>(
    `SELECT entry, card, entries.registry, entries.installs, entries.rating, entries.ratings, compatible, trend FROM entries
     LEFT JOIN figures ON figures.registry = entries.registry AND figures.plugin_id = entries.plugin_id WHERE entry IN (SELECT value FROM json_each(@entries))`, { entries: JSON.stringify(entries) });
  const found = new Map(rows.map((row) => [row.entry, row]));
  return entries.flatMap((entry) => {
    const row = found.get(entry);
    return row ? [foundCard(row)] : [];
  });
}

export const foundCard = (row: Omit<CardRow, 'entry'>): FoundCard =>
  ({ card: JSON.parse(row.card) as StoredCard, registry: row.registry, installs: row.installs, trend: row.trend === null ? [] : JSON.parse(row.trend) as number[], rating: row.rating, ratings: row.ratings, compatible: row.compatible === 1 });

/** The shown entries of one registry with these ids, in their order. */
export function cardsNamed(db: Reader, registry: string, ids: readonly string[]): FoundCard[] {
  const rows = db.all<{ entry: number; plugin_id: string }>('SELECT entry, plugin_id FROM entries WHERE registry = @registry AND shown = 1 AND plugin_id IN (SELECT value FROM json_each(@ids))', { registry, ids: JSON.stringify(ids) });
  const entries = new Map(rows.map((row) => [row.plugin_id, row.entry]));
  return cardsOf(db, [...new Set(ids)].flatMap((id) => entries.get(id) ?? []));
}

/** For counts without a query: how many shown entries each category has. */
export const categoryCounts = (db: Reader): Record<string, number> => {
  const index = indexOf(db);
  return Object.fromEntries(index.categories.map(({ slug, entries }) => [slug, countBoth(entries, index.shown)]));
};


export interface LikelyIcon { registry: string; sha512: string; size: number }

/**
 * Icons that are likely looked at soon, each once: of these installed plugins, of collections, of the `popular` that stand first.
 * At most `most`, none larger than `bytes`, and none of the embedded registry, which is always there.
 */
export function likelyIcons(db: Reader, { installed, popular, most, bytes }: { installed: readonly string[]; popular: number; most: number; bytes: number }): LikelyIcon[] {
  const named = db.all<{ entry: number }>('SELECT entry FROM entries WHERE shown = 1 AND plugin_id IN (SELECT value FROM json_each(@ids))', { ids: JSON.stringify(installed) }).map(({ entry }) => entry);
  const collected = db.all<{ registry: string; plugins: string }>('SELECT registry, plugins FROM collections').flatMap(({ registry, plugins }) =>
    db.all<{ entry: number }>('SELECT entry FROM entries WHERE registry = @registry AND shown = 1 AND plugin_id IN (SELECT value FROM json_each(@plugins))', { registry, plugins }).map(({ entry }) => entry));
  const index = indexOf(db);
  const entries = [...new Set([...named, ...collected, ...walk(index.order('popular'), index.shown, popular)])];
  const found = new Map<string, LikelyIcon>();
  const rows = db.all<{ entry: number; registry: string; icon: string | null }>(
    `SELECT entry, registry, json_extract(card, '$.icon') AS icon FROM entries JOIN registries ON registries.id = registry WHERE kind <> 'embedded' AND entry IN (SELECT value FROM json_each(@entries))`, { entries: JSON.stringify(entries) });
  const byEntry = new Map(rows.map((row) => [row.entry, row]));
  for (const entry of entries) {
    const row = byEntry.get(entry);
    const icon = row?.icon == null ? null : JSON.parse(row.icon) as { sha512: string; size: number };
    if (row && icon && icon.size <= bytes && found.size < most && !found.has(icon.sha512)) found.set(icon.sha512, { registry: row.registry, sha512: icon.sha512, size: icon.size });
  }
  return [...found.values()];
}
