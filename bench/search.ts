/**
 * Catalog search at 1,000, 10,000 and 100,000 entries, beside MiniSearch and Orama on the same data: time, memory, share of typos found.
 * `node scripts/run.cjs bench/search.ts [sizes…]` prints one table a size. Each is measured where it runs (store thread, main
 * thread), counts per category included on our side; the others get the words and the filter and count nothing.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openCatalogStore, textOfChange, type CatalogStore } from '../main/core/base/store/index.ts';
import { lineOf } from '../main/core/marketplace/catalog/line-of.ts';
import type { CatalogFilters, CatalogSort } from '../contract/model/catalog.ts';
import { generateCatalog, seeded } from './generate-catalog.ts';
import { spread, timed, type Figure, type Spread } from './measure.ts';
import { RIVALS, type SearchWith } from './search-rivals.ts';

interface Query { group: string; words: string; filters: CatalogFilters; sort: CatalogSort }

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
      yield textOfChange({ figures: { ...figures, histogram } }) + textOfChange({ put: lineOf(record, JSON.stringify(record), { version: '1.0.0', platform: 'linux' }) });
    }
  }, createWriteStream(file));
  const started = performance.now();
  await catalog.write('applyCatalog', {
    registry: { id: 'bench', name: 'Bench', kind: 'embedded', priority: 0 }, changes: file, whole: true, sequence: 1, said: { version: 1, keyId: '', digest: '' }, basis: '', syncedAt: 0, expiresAt: null,
    categories: [], revoked: [], collections: [], figuresOf: '2026-01-01' });
  return { vocabulary: [...vocabulary], milliseconds: performance.now() - started };
}

const SAMPLED = 60;

/** Names of the catalog with a word misspelt (two letters swapped, one left out, doubled or another), and the word. */
export function typosFor(size: number): { words: string; meant: string }[] {
  const random = seeded(41);
  const step = Math.max(1, Math.floor(size / SAMPLED));
  return [...generateCatalog(size)].filter((_, at) => at % step === 0).flatMap(({ record }, at) => {
    const meant = record.name.toLowerCase().split(' ').find((word) => word.length >= 6);
    if (meant === undefined) return [];
    const spot = 1 + Math.floor(random() * (meant.length - 3));
    const [before, letter, next, after] = [meant.slice(0, spot), meant[spot] ?? '', meant[spot + 1] ?? '', meant.slice(spot + 2)];
    return [{ meant, words: [`${before}${next}${letter}${after}`, `${before}${next}${after}`, `${before}${letter}${letter}${next}${after}`, `${before}x${next}${after}`][at % 4] ?? '' }];
  });
}

/** How long each query took by its kind (ms), which typos found the word that was meant among the first ten names, and what it holds in memory (MiB). */
interface Measured { times: Map<string, number[]>; found: boolean[]; memory: number }

const residentMiB = (): number => { collect(); return process.memoryUsage.rss() / 1024 ** 2; };
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function measure(build: () => Promise<SearchWith> | SearchWith, queries: readonly Query[], most: number, typos: readonly { words: string; meant: string }[]): Promise<Measured> {
  const before = residentMiB();
  const search = await build();
  const times = new Map<string, number[]>();
  for (const { group, words, filters } of queries) {
    const known = times.get(group) ?? [];
    if (known.length >= most) continue;
    known.push(await timed(() => search({ words, filters, fuzzy: group === 'one typo' })));
    times.set(group, known);
  }
  const found: boolean[] = [];
  for (const { words, meant } of typos.slice(0, most * 4)) {
    const names = await search({ words, filters: {}, fuzzy: true });
    found.push(names.slice(0, 10).some((name) => name.toLowerCase().split(' ').includes(meant)));
  }
  return { times, found, memory: residentMiB() - before };
}

export interface SearchMeasured { fillMilliseconds: number; ours: Measured; rivals: { name: string; measured: Measured }[] }

/**
 * @param perGroup queries of each kind; a third bare, a third filtered, a third by popularity
 * @param rivalPerGroup how many of them a rival gets, which takes up to a second for one at 100,000 entries
 */
export async function measureSearch(size: number, perGroup: number, rivalPerGroup = RIVAL_QUERIES): Promise<SearchMeasured> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-bench-'));
  const file = path.join(folder, 'catalog.db');
  try {
    const writing = await openCatalogStore({ file });
    const filled = await fillCatalog(writing, folder, size).finally(() => writing.stop());
    const [queries, typos] = [queriesFor(filled.vocabulary, perGroup), typosFor(size)];
    const sorts = new Map(queries.map((query) => [query, query.sort]));
    let catalog: CatalogStore | undefined;
    const ours = await measure(async () => {
      const store = catalog = await openCatalogStore({ file });
      // One search loads what a running app has in memory already.
      await store.read('searchCatalog', { words: '', filters: {}, sort: 'popular', offset: 0, limit: 1, installed: [] });
      let next = 0;
      return async ({ words, filters }) => {
        const sort = sorts.get(queries[next] ?? queries[0] as Query) ?? 'relevance';
        next += 1;
        const { items } = await store.read('searchCatalog', { words, filters, sort: next > queries.length ? 'relevance' : sort, offset: 0, limit: 50, installed: [] });
        return items.map(({ card }) => card.name);
      };
    }, queries, Infinity, typos).finally(() => catalog?.stop());
    const rivals: SearchMeasured['rivals'] = [];
    for (const { name, build } of RIVALS) rivals.push({ name, measured: await measure(() => build(size), queries, rivalPerGroup, typos) });
    return { fillMilliseconds: filled.milliseconds, ours, rivals };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const all = ({ times }: Measured): Spread => spread([...times.values()].flat());
const shareOf = (found: readonly boolean[]): number => found.filter(Boolean).length / found.length * 100;
/** What came of the queries and typos that another was asked as well, which are the first of each kind. */
const asAsked = (ours: Measured, other: Measured): Measured => ({
  ...ours, times: new Map([...ours.times].map(([group, times]) => [group, times.slice(0, other.times.get(group)?.length ?? 0)])), found: ours.found.slice(0, other.found.length),
});
const only = (value: number): Spread => spread([value]);

/** One line for each figure and rival, each of the same queries on both sides; the last of all of ours. */
export async function benchSearch(size: number, perGroup: number, rivalPerGroup: number): Promise<Figure[]> {
  const { ours, rivals } = await measureSearch(size, perGroup, rivalPerGroup);
  const many = `${size.toLocaleString('en')} entries`;
  return [...rivals.flatMap(({ name, measured }): Figure[] => [
    { name: `catalog search, ${many}, the same queries`, unit: 'ms', ...all(asAsked(ours, measured)), target: { most: 10, on: 'p95' }, rival: { name, ...all(measured) } },
    { name: `words with a typo that are found, ${many}`, unit: '%', ...only(shareOf(asAsked(ours, measured).found)), rival: { name, ...only(shareOf(measured.found)) } },
    { name: `memory for searching, ${many}`, unit: 'MiB', ...only(ours.memory), rival: { name, ...only(measured.memory) } },
  ]), { name: `catalog search, ${many}, all queries`, unit: 'ms', ...all(ours), target: { most: 10, on: 'p95' } }];
}

if (import.meta.main) {
  const sizes = process.argv.slice(2).map(Number).filter((size) => size > 0);
  process.stdout.write(`machine: ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, ${os.platform()} ${os.arch()}, Node ${process.versions.node}\ntimes in milliseconds, median and p95; rivals count no categories\n`);
  for (const size of sizes.length > 0 ? sizes : [1_000, 10_000, 100_000]) {
    const { ours, rivals, fillMilliseconds } = await measureSearch(size, 210);
    const columns = [{ name: 'Troupe', measured: ours }, ...rivals];
    const told = ({ median, p95 }: Spread): string => `${median.toFixed(2)} / ${p95.toFixed(2)}`;
    const row = (what: string, of: (measured: Measured) => string): string => `${what.padEnd(18)}${columns.map(({ measured }) => of(measured).padStart(20)).join('')}\n`;
    process.stdout.write(`\n${size} entries; whole sync ${fillMilliseconds.toFixed(0)} ms\n${''.padEnd(18)}${columns.map(({ name }) => name.padStart(20)).join('')}\n`);
    for (const group of ours.times.keys()) process.stdout.write(row(group, ({ times }) => told(spread(times.get(group) ?? []))));
    process.stdout.write(row('all', (measured) => told(all(measured))) + row('typos found', ({ found }) => `${shareOf(found).toFixed(0)} %`) + row('memory', ({ memory }) => `${memory.toFixed(0)} MiB`));
  }
}
