/**
 * Resolving dependencies in a large catalog and in graphs made to be hard, beside the solver alone; and what the core's thread is
 * held up by it. The app plans by `planSet`, which refuses what reaches more than 500 plugins: that entry is measured with a
 * set that stays below, and with the large one, which it refuses; the large one in full is what the resolver itself can do.
 */
import path from 'node:path';
import { planSet } from '../main/core/marketplace/plugins/plan.ts';
import type { PluginsParts } from '../main/core/marketplace/plugins/parts.ts';
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

/** Every version of a plugin needs the same four others, among the next `near`; one range in a hundred is for the older major version. */
function largeCatalog(seed: number, near = PLUGINS): Catalog {
  const random = seeded(seed);
  return new Map(Array.from({ length: PLUGINS }, (_, number) => {
    const first = near === PLUGINS ? 0 : number - number % near;
    const needs = Array.from({ length: NEEDS }, () => ({ id: `com.example.plugin-${first + Math.floor(random() * near)}`, range: random() < 0.01 ? '>=1 <3' : '>=1.1' }));
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

/** What the app's own entry asks for: this catalog and nothing installed. Reading from the store is not in it. */
function partsOver(catalog: Catalog, resolverThreadFile: string): PluginsParts {
  const record = (id: string): object[] => {
    const candidates = catalog.get(id);
    if (candidates === undefined) return [];
    const versions = candidates.map(({ version, dependencies }) => ({ version, dependencies: dependencies.map((one) => ({ ...one, foreign: false })), channel: 'stable', withdrawn: null, sha512: `${id} ${version}`, requirements: { app_version: '*' } }));
    return [{ record: { id, versions }, registry: 'bench', blocked: false }];
  };
  return {
    store: { read: () => Promise.resolve([]) }, app: { version: '1.0.0', platform: 'linux' }, resolverThreadFile,
    catalog: { records: (ids: readonly string[]) => Promise.resolve(ids.flatMap(record)), revoked: () => Promise.resolve([]) },
  } as unknown as PluginsParts;
}

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

  // As the app plans it: twenty roots that reach no more than it installs at once, and the large set, which it refuses.
  const near = largeCatalog(7, 20);
  const nearRoots = [...near.keys()].filter((_, number) => number % 20 === 0).slice(0, ROOTS).map((id) => ({ id, range: undefined }));
  const planned = await planSet(partsOver(near, threadFile), nearRoots);
  const planTimes = spread(await sample(7, 8_000, () => planSet(partsOver(near, threadFile), nearRoots)));
  const refusal = (): Promise<unknown> => planSet(partsOver(large, threadFile), rootsOf(large, ROOTS)).then(() => undefined, (error: unknown) => error);
  if (await refusal() === undefined) throw new Error('A plan that reaches thousands of plugins is refused.');
  const refusedTimes = spread(await sample(7, 8_000, refusal));

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
    { name: `planning ${ROOTS} of ${PLUGINS.toLocaleString('en')} plugins with ${NEEDS} needs each, as the app does (${planned.length.toLocaleString('en')} chosen)`, unit: 'ms', ...planTimes, target: { most: 1_000, on: 'median' } },
    { name: 'the same, reaching more than the 500 that the app installs at once: until it is refused', unit: 'ms', ...refusedTimes, target: { most: 1_000, on: 'median' } },
    { name: `the resolver alone, beyond what the app lets come to it: ${ROOTS} of ${PLUGINS.toLocaleString('en')} plugins with ${NEEDS} needs each (${reached.length.toLocaleString('en')} chosen)`, unit: 'ms', ...largeTimes, rival: { name: 'logic-solver alone', ...alone }, target: { most: 1_000, on: 'median' } },
    { name: 'the same: longest hold of the calling thread', unit: 'ms', ...spread(held), target: { most: 50, on: 'p95' } },
    ...(solved.length === 0 ? [] : [{ name: `hard graphs the search gives up on (${givenUp.length} of ${hard.length}; of ${solved.length} solved here ${solvable} have a solution)`, unit: 'ms' as const, ...spread(solved), rival: { name: 'logic-solver alone', ...spread(theirs) } }]),
  ];
}
