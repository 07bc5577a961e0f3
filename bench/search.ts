/**
 * Catalog search at 1,000, 10,000 and 100,000 entries, beside MiniSearch on the same data.
 * `node scripts/run.cjs bench/search.ts [sizes…]` prints one line a size and kind of query: machine, n, median, p95, rival.
 * Both are measured where they run (store thread, main thread), counts per category included on our side; MiniSearch
 * gets the words and the filter and counts nothing.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import MiniSearch from 'minisearch';
import { openCatalogStore, textOfChange, type CatalogStore } from '../main/core/base/store/index.ts';
import { lineOf } from '../main/core/marketplace/catalog/line-of.ts';
import type { CatalogFilters, CatalogSort } from '../contract/model/catalog.ts';
import { generateCatalog, seeded } from './generate-catalog.ts';

interface Query { group: string; words: string; filters: CatalogFilters; sort: CatalogSort }
export interface SearchFigure { size: number; group: string; n: number; median: number; p95: number; rivalMedian: number; rivalP95: number; rivalN: number }

const RIVAL_QUERIES = 40;

export function queriesFor(vocabulary: readonly string[], perGroup: number): Query[] {
  const random = seeded(99);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(list.length * random())] as T;
  const words = vocabulary.filter((word) => word.length >= 6);
  const typo = (word: string): string => { const at = 1 + Math.floor(random() * (word.length - 3)); return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2); };
  const texts: Record<string, () => string> = {
    'no words': () => '', '1 letter': () => pick(words).slice(0, 1), '2 letters': () => pick(words).slice(0, 2), '3 letters': () => pick(words).slice(0, 3),
    '5 letters': () => pick(words).slice(0, 5), 'two words': () => `${pick(words)} ${pick(words).slice(0, 4)}`, 'one typo': () => typo(pick(words)),
  };
  const shapes: [CatalogFilters, CatalogSort][] = [[{}, 'relevance'], [{ category: 'data', kind: 'agent', compatible: true }, 'relevance'], [{}, 'popular']];
  return Object.entries(texts).flatMap(([group, text]) => Array.from({ length: perGroup }, (_, index): Query => {
    const [filters, sort] = shapes[index % shapes.length] ?? [{}, 'relevance'];
    return { group, words: text(), filters, sort };
  }));
}

/** Fills a catalog store by the same transaction that a sync uses. Answers the words of the names, by which it is searched. */
export async function fillCatalog(catalog: CatalogStore, folder: string, size: number): Promise<{ vocabulary: string[]; milliseconds: number }> {
  const vocabulary = new Set<string>();
  const file = path.join(folder, 'changes.jsonl');
  await pipeline(function* () {
    for (const { record, figures: { ratings: histogram, ...figures } } of generateCatalog(size)) {
      for (const word of `${record.name} ${record.description}`.toLowerCase().split(' ')) vocabulary.add(word);
      yield textOfChange({ put: lineOf(record, JSON.stringify(record), { version: '1.0.0', platform: 'linux' }) }) + textOfChange({ figures: { ...figures, histogram } });
    }
  }, createWriteStream(file));
  const started = performance.now();
  await catalog.write('applyCatalog', {
    registry: { id: 'bench', name: 'Bench', kind: 'embedded', priority: 0 }, changes: file, whole: true, sequence: 1, said: { version: 1, keyId: '', digest: '' }, basis: '', syncedAt: 0, expiresAt: null,
    categories: [], revoked: [], collections: [], figuresOf: '2026-01-01' });
  return { vocabulary: [...vocabulary], milliseconds: performance.now() - started };
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const figures = (times: number[]): { median: number; p95: number } => { times.sort((a, b) => a - b); return { median: at(times, 0.5), p95: at(times, 0.95) }; };

async function ours(catalog: CatalogStore, queries: readonly Query[]): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (const { group, words, filters, sort } of queries) {
    const started = performance.now();
    await catalog.read('searchCatalog', { words, filters, sort, offset: 0, limit: 50, installed: [] });
    const taken = performance.now() - started;
    times.set(group, [...(times.get(group) ?? []), taken]);
  }
  return times;
}

function rival(size: number, queries: readonly Query[], most: number): Map<string, number[]> {
  const index = new MiniSearch<Record<string, unknown>>({ fields: ['name', 'tags', 'publisher', 'description'], storeFields: ['kinds', 'categories', 'installs'], idField: 'id' });
  for (const { record, figures } of generateCatalog(size)) index.add({ id: record.id, name: record.name, tags: record.tags.join(' '), publisher: record.publisher.name, description: record.description, kinds: record.kinds, categories: record.categories, installs: figures.installs });
  const times = new Map<string, number[]>();
  for (const { group, words, filters } of queries) {
    const known = times.get(group) ?? [];
    if (known.length >= most) continue;
    const started = performance.now();
    index.search(words === '' ? MiniSearch.wildcard : words, {
      boost: { name: 10, tags: 5, publisher: 4 }, prefix: true, combineWith: 'AND', ...(group === 'one typo' && { fuzzy: 0.2 }),
      filter: (hit) => filters.category === undefined || ((hit['categories'] as string[]).includes(filters.category) && (hit['kinds'] as string[]).includes(filters.kind ?? '')),
    }).slice(0, 50);
    known.push(performance.now() - started);
    times.set(group, known);
  }
  return times;
}

/**
 * @param perGroup queries of each kind; a third bare, a third filtered, a third by popularity
 * @param rivalPerGroup how many of them the rival gets, which takes a second for one at 100,000 entries
 */
export async function benchSearch(size: number, perGroup: number, withRival: boolean, rivalPerGroup = RIVAL_QUERIES): Promise<{ figures: SearchFigure[]; overall: { median: number; p95: number; n: number }; fillMilliseconds: number }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-bench-'));
  const catalog = await openCatalogStore({ file: path.join(folder, 'catalog.db') });
  try {
    const filled = await fillCatalog(catalog, folder, size);
    const queries = queriesFor(filled.vocabulary, perGroup);
    // One search on each reader thread loads what a running app has in memory already.
    await Promise.all([1, 2].map(() => catalog.read('searchCatalog', { words: '', filters: {}, sort: 'popular', offset: 0, limit: 1, installed: [] })));
    const times = await ours(catalog, queries);
    const others = withRival ? rival(size, queries, rivalPerGroup) : new Map<string, number[]>();
    const rows = [...times].map(([group, own]): SearchFigure => {
      const theirs = others.get(group) ?? [];
      const { median, p95 } = figures([...own]);
      const { median: rivalMedian, p95: rivalP95 } = figures([...theirs]);
      return { size, group, n: own.length, median, p95, rivalMedian, rivalP95, rivalN: theirs.length };
    });
    const all = [...times.values()].flat();
    return { figures: rows, overall: { ...figures(all), n: all.length }, fillMilliseconds: filled.milliseconds };
  } finally {
    await catalog.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const sizes = process.argv.slice(2).map(Number).filter((size) => size > 0);
  console.log(`machine: ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, ${os.platform()} ${os.arch()}, Node ${process.versions.node}`);
  console.log('times in milliseconds; rival: MiniSearch 7, which counts no categories');
  for (const size of sizes.length > 0 ? sizes : [1_000, 10_000, 100_000]) {
    const { figures: rows, overall, fillMilliseconds } = await benchSearch(size, 210, true);
    console.log(`\n${size} entries; whole sync ${fillMilliseconds.toFixed(0)} ms; all queries n ${overall.n} median ${overall.median.toFixed(2)} p95 ${overall.p95.toFixed(2)}`);
    console.table(rows.map(({ group, n, median, p95, rivalMedian, rivalP95, rivalN }) => ({
      query: group, n, median: median.toFixed(2), p95: p95.toFixed(2), 'rival median': rivalMedian.toFixed(2), 'rival p95': rivalP95.toFixed(2), 'rival n': rivalN })));
  }
}
