import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillCatalog } from '../../../bench/search.ts';
import { inlineCatalogStore } from '../plugins/inline-store.ts';
import { CATEGORIES, generateCatalog, type GeneratedEntry } from '../../../bench/generate-catalog.ts';
import type { CatalogStore } from '../../../main/core/base/store/index.ts';
import type { Reader } from '../../../main/core/base/store/handles.ts';
import { and, count, countBoth, decodeSet, encodeSet, fullBitmapOf, has } from '../../../main/core/base/store/queries/catalog-bitmap.ts';
import { quoted, tokensOf } from '../../../main/core/base/store/queries/catalog-tokens.ts';
import { correctionOf, distanceOf, spellingOf } from '../../../main/core/base/store/queries/catalog-spelling.ts';
import type { CatalogFilters, CatalogSort } from '../../../contract/model/catalog.ts';

/** Enough for words that more entries have than are ranked one by one. */
const SIZE = 3_000;

describe('D2 and D3 search, against looking at every entry', () => {
  let folder: string;
  let catalog: CatalogStore;
  let entries: GeneratedEntry[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-search-'));
    catalog = inlineCatalogStore(path.join(folder, 'catalog.db'));
    await fillCatalog(catalog, folder, SIZE);
    entries = [...generateCatalog(SIZE)];
  });
  afterAll(async () => {
    await catalog.stop();
    await rm(folder, { recursive: true });
  });

  const texts = new Map<GeneratedEntry, string[]>();
  const textOf = (entry: GeneratedEntry): string[] => {
    const known = texts.get(entry) ?? wordsOf(entry);
    texts.set(entry, known);
    return known;
  };
  const wordsOf = ({ record }: GeneratedEntry): string[] => tokensOf([record.name, ...record.tags, ...record.categories, record.id.split('.').at(-1) ?? '', record.publisher.name, record.publisher.id, record.description, ...record.capabilities.map(({ name }) => name)].join(' '));
  const fits = (entry: GeneratedEntry, words: readonly string[], filters: CatalogFilters): boolean => {
    const { record } = entry;
    const all = textOf(entry);
    return words.every((word, index) => all.some((one) => (index === words.length - 1 ? one.startsWith(word) : one === word)))
      && (filters.category === undefined || record.categories.includes(filters.category)) && (filters.kind === undefined || record.kinds.includes(filters.kind))
      && (filters.tier === undefined || record.publisher.tier === filters.tier) && (filters.price === undefined || record.pricing.model === filters.price)
      && (filters.compatible === undefined || (record.versions[0]?.requirements.app_version === '*') === filters.compatible)
      && (filters.minimumRating === undefined || ratingOf(entry) >= filters.minimumRating);
  };
  const ratingOf = ({ figures: { ratings } }: GeneratedEntry): number => Math.round((ratings.reduce((sum, count, stars) => sum + count * (stars + 1), 0) / Math.max(1, ratings.reduce((sum, count) => sum + count, 0))) * 100) / 100;
  const orders: Record<Exclude<CatalogSort, 'relevance'>, (a: GeneratedEntry, b: GeneratedEntry) => number> = {
    popular: (a, b) => b.figures.installs - a.figures.installs, recent: (a, b) => (b.record.versions[0]?.published_at ?? 0) - (a.record.versions[0]?.published_at ?? 0),
    rating: () => 0, name: (a, b) => (a.record.name.toLowerCase() < b.record.name.toLowerCase() ? -1 : a.record.name.toLowerCase() > b.record.name.toLowerCase() ? 1 : 0),
  };

  const words = fc.array(fc.tuple(fc.constantFrom('monitor', 'data', 'agent', 'report', 'web', 'review', 'labs', 'publisher', 'research', 'ba', 'vox'), fc.integer({ min: 1, max: 9 })), { maxLength: 2 })
    .map((list) => list.map(([word, length], index) => (index === list.length - 1 ? word.slice(0, length) : word)));
  const filters: fc.Arbitrary<CatalogFilters> = fc.record({
    category: fc.constantFrom(...CATEGORIES), kind: fc.constantFrom('agent', 'tool', 'flow'), tier: fc.constantFrom('tier1', 'tier2', 'tier3'), price: fc.constantFrom('free', 'paid'),
    compatible: fc.boolean(), minimumRating: fc.constantFrom(1, 3.5, 4.9),
  }, { requiredKeys: [] }) as fc.Arbitrary<CatalogFilters>;

  it('finds, counts and sorts exactly what is there', async () => {
    await fc.assert(fc.asyncProperty(words, filters, fc.constantFrom<CatalogSort>('relevance', 'popular', 'recent', 'name'), async (sought, filter, sort) => {
      const expected = entries.filter((entry) => fits(entry, sought, filter));
      const found = await catalog.read('searchCatalog', { words: sought.join(' '), filters: filter, sort, offset: 0, limit: 100, installed: [] });
      // Only a word that nothing has is corrected; those cases are another test's.
      fc.pre(found.corrected === null);
      expect(found.total).toBe(expected.length);
      const everywhere = entries.filter((entry) => fits(entry, sought, { ...filter, category: undefined } as CatalogFilters));
      for (const category of CATEGORIES) expect(found.facets[category] ?? 0).toBe(everywhere.filter(({ record }) => record.categories.includes(category)).length);
      const known = new Set(expected.map(({ record }) => record.id));
      for (const { card } of found.items) expect(known.has(card.id)).toBe(true);
      expect(new Set(found.items.map(({ card }) => card.id)).size).toBe(Math.min(100, expected.length));
      if (sort === 'relevance') return;
      const place = new Map(entries.map((entry) => [entry.record.id, entry]));
      const listed = found.items.map(({ card }) => place.get(card.id) as GeneratedEntry);
      for (let at = 1; at < listed.length; at += 1) expect(orders[sort](listed[at - 1] as GeneratedEntry, listed[at] as GeneratedEntry)).toBeLessThanOrEqual(0);
    }), { numRuns: 150 });
  });

  it('pages without a gap or a repeat', async () => {
    for (const text of ['', 'da', 'publisher', 'monitor', 'data rep']) {
      const seen: string[] = [];
      let total = 1;
      for (let offset = 0; offset < Math.min(total, 300); offset += 50) {
        const page = await catalog.read('searchCatalog', { words: text, filters: {}, sort: 'relevance', offset, limit: 50, installed: [] });
        total = page.total;
        seen.push(...page.items.map(({ card }) => card.id));
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBe(Math.min(total, 300));
    }
  });

  it('puts the plugin of exactly that name first', async () => {
    for (const { record } of entries.filter((_, index) => index % 200 === 0)) {
      const { items } = await catalog.read('searchCatalog', { words: record.name, filters: {}, sort: 'relevance', offset: 0, limit: 5, installed: [] });
      expect(items[0]?.card.name.toLowerCase()).toBe(record.name.toLowerCase());
    }
  });
});

describe('D2 the parts of search', () => {
  it('sets survive storing, and counting is counting', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 500 })), fc.uniqueArray(fc.integer({ min: 1, max: 500 })), (left, right) => {
      const one = decodeSet(encodeSet(left.toSorted((a, b) => a - b), 500), 500);
      const other = fullBitmapOf(right, 500);
      expect(count(one)).toBe(left.length);
      expect(countBoth(one, other)).toBe(left.filter((entry) => right.includes(entry)).length);
      expect(count(and(one, other))).toBe(countBoth(one, other));
      for (const entry of [1, 31, 32, 33, 500]) expect(has(one, entry)).toBe(left.includes(entry));
    }));
  });

  it('tokens are folded words, and folding again changes nothing', () => {
    expect(tokensOf('Größe: 3.5 Straßen, CSV-Reader (Émile) 文档')).toEqual(['große', '3', '5', 'straßen', 'csv', 'reader', 'emile', '文', '档']);
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const tokens = tokensOf(text);
      expect(tokensOf(tokens.join(' '))).toEqual(tokens);
      for (const token of tokens) expect(token.length).toBeLessThanOrEqual(40);
    }));
    expect(quoted('a"b', true)).toBe('"a""b" *');
  });

  it('distance is symmetric, and a swap of neighbours is one change', () => {
    expect(distanceOf('monitor', 'montior')).toBe(1);
    expect(distanceOf('kitten', 'sitting')).toBe(3);
    fc.assert(fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (one, other) => {
      expect(distanceOf(one, other)).toBe(distanceOf(other, one));
      expect(distanceOf(one, one)).toBe(0);
    }));
  });

  it('a misspelt word is corrected as comparing it with every word would', () => {
    const letters = fc.constantFrom('a', 'b', 'é', 'ж');
    const word = fc.string({ unit: letters, minLength: 4, maxLength: 9 });
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(word, fc.integer({ min: 1, max: 3 })), { maxLength: 12, selector: ([one]) => one }), word, fc.boolean(), (known, token, prefix) => {
      const row = { words: known.map(([one]) => one).join(' '), counts: known.map(([, count]) => count).join(' ') };
      const found = correctionOf(spellingOf({ get: () => row } as unknown as Reader), token, prefix);
      const most = token.length < 8 ? 1 : 2;
      const beginnings = (one: string): number[] => [-1, 0, 1].map((more) => token.length + more).filter((end) => prefix && end < one.length).map((end) => distanceOf(token, one.slice(0, end)) + 0.5);
      const near = known.map(([one, documents]) => ({ one, documents, distance: Math.min(distanceOf(token, one), ...beginnings(one)) })).filter(({ distance }) => Math.floor(distance) <= most);
      const best = near.sort((a, b) => a.distance - b.distance || b.documents - a.documents)[0];
      const chosen = near.find(({ one }) => one === found);
      expect([chosen?.distance, chosen?.documents]).toEqual([best?.distance, best?.documents]);
    }));
  });
});
