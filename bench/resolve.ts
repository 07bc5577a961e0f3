/** Resolving dependencies in a large catalog and in graphs made to be hard, beside the solver alone; and what the core's thread is held up by it. */
import path from 'node:path';
import { search, type Candidate } from '../main/core/marketplace/plugins/resolver.ts';
import { resolveIn } from '../main/core/marketplace/plugins/resolving.ts';
import { solve } from '../main/core/marketplace/plugins/solve.ts';
import { dist } from './built-core.ts';
import { seeded } from './generate-catalog.ts';
import { sample, spread, timed, type Figure } from './measure.ts';

const PLUGINS = 5_000;
const NEEDS = 4;
const ROOTS = 20;
const VERSIONS = ['2.1.0', '2.0.0', '1.2.0', '1.1.0', '1.0.0'];

type Catalog = Map<string, Candidate[]>;

/** Every version of a plugin needs the same four others; one range in a hundred is for the older major version. */
function largeCatalog(seed: number): Catalog {
  const random = seeded(seed);
  return new Map(Array.from({ length: PLUGINS }, (_, number) => {
    const needs = Array.from({ length: NEEDS }, () => ({ id: `com.example.plugin-${Math.floor(random() * PLUGINS)}`, range: random() < 0.01 ? '>=1 <3' : '>=1.1' }));
    return [`com.example.plugin-${number}`, VERSIONS.map((version) => ({ version, dependencies: needs }))] as const;
  }));
}

/** Small and dense: sixty plugins of four versions, each with three needs that leave two or three versions. */
function hardCatalog(seed: number): Catalog {
  const random = seeded(seed);
  const ranges = ['>=2', '<=3', '>=2', '<=3', '<=2'];
  return new Map(Array.from({ length: 60 }, (_, number) => [`p${number}`, ['4.0.0', '3.0.0', '2.0.0', '1.0.0'].map((version) => ({
    version, dependencies: Array.from({ length: 3 }, () => ({ id: `p${Math.floor(random() * 60)}`, range: ranges[Math.floor(random() * ranges.length)] ?? '*' })) })) ] as const));
}

const rootsOf = (catalog: Catalog, count: number): { id: string; range: string }[] => [...catalog.keys()].slice(0, count).map((id) => ({ id, range: '*' }));
const inputOf = (catalog: Catalog, count: number): { wanted: { id: string; range: string }[]; installed: []; candidates: (id: string) => Candidate[] | undefined } => ({ wanted: rootsOf(catalog, count), installed: [], candidates: (id) => catalog.get(id) });

/** The longest time that nothing else could run in this thread while `work` was under way. */
async function longestHold(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const look = (): void => { longest = Math.max(longest, performance.now() - last); last = performance.now(); };
  const timer = setInterval(look, 1);
  try { await work(); } finally { look(); clearInterval(timer); }
  return longest;
}

export async function benchResolve(): Promise<Figure[]> {
  const threadFile = path.join(dist, 'core/resolver-thread.js');
  const signal = new AbortController().signal;
  const run = (catalog: Catalog, count: number): Promise<unknown> => resolveIn(threadFile, { wanted: rootsOf(catalog, count), installed: [], candidates: catalog }, signal).catch((error: unknown) => error);
  const large = largeCatalog(7);
  const reached = await resolveIn(threadFile, { wanted: rootsOf(large, ROOTS), installed: [], candidates: large }, signal);
  const alone = spread(await sample(2, 1_000, () => solve(inputOf(large, ROOTS))));
  const largeTimes = spread(await sample(7, 8_000, () => run(large, ROOTS)));
  const held: number[] = [];
  for (let n = 0; n < 7; n += 1) held.push(await longestHold(() => run(large, ROOTS)));

  // What the search alone gives up on, and how many of those have a solution after all.
  const hard = Array.from({ length: 40 }, (_, seed) => hardCatalog(seed));
  const givenUp = hard.filter((catalog) => 'gaveUp' in search(inputOf(catalog, 2)));
  const solved: number[] = [];
  const theirs: number[] = [];
  for (const catalog of givenUp.slice(0, 20)) {
    solved.push(await timed(() => run(catalog, 2)));
    theirs.push(await timed(() => solve(inputOf(catalog, 2))));
  }
  const solvable = givenUp.slice(0, 20).filter((catalog) => solve(inputOf(catalog, 2)) !== undefined).length;
  return [
    { name: `resolving ${ROOTS} of ${PLUGINS.toLocaleString('en')} plugins with ${NEEDS} needs each (${reached.length.toLocaleString('en')} chosen)`, unit: 'ms', ...largeTimes, rival: { name: 'logic-solver alone', ...alone }, target: { most: 1_000, on: 'median' } },
    { name: 'the same: longest hold of the calling thread', unit: 'ms', ...spread(held), target: { most: 50, on: 'p95' } },
    ...(solved.length === 0 ? [] : [{ name: `hard graphs the search gives up on (${givenUp.length} of ${hard.length}; of ${solved.length} solved here ${solvable} have a solution)`, unit: 'ms' as const, ...spread(solved), rival: { name: 'logic-solver alone', ...spread(theirs) } }]),
  ];
}
