import fc from 'fast-check';
import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { search, type Candidate, type Choice, type InstalledVersion, type Needed, type ResolveInput } from '../../../main/core/marketplace/plugins/resolver.ts';
import { defaultResolverThreadFile, resolveIn } from '../../../main/core/marketplace/plugins/resolving.ts';
import { resolve, solve } from '../../../main/core/marketplace/plugins/solve.ts';

type Graph = Record<string, Record<string, Needed[]>>;
const needs = (...texts: string[]): Needed[] => texts.map((text) => { const [id = '', range = '*'] = text.split('@'); return { id, range }; });
const descending = (a: string, b: string): number => Number(b.split('.')[0]) - Number(a.split('.')[0]);
const candidatesOf = (graph: Graph) => (id: string): Candidate[] | undefined =>
  graph[id] && Object.keys(graph[id]).sort(descending).map((version) => ({ version, dependencies: graph[id]?.[version] ?? [] }));
const chosen = (graph: Graph, wanted: Needed[], installed: InstalledVersion[] = []): Record<string, string> =>
  Object.fromEntries(resolve({ wanted, installed, candidates: candidatesOf(graph) }).map(({ id, version }) => [id, version]));
const failure = (run: () => unknown): { code: string; message: string; details: Record<string, unknown> } => {
  try { run(); } catch (error) { return error as never; }
  throw new Error('It was expected to fail.');
};

describe('I4 dependency resolution', () => {
  it('prefers the newest version in range and lists dependencies before what needs them', () => {
    const graph: Graph = { app: { '1.0.0': needs('tool@>=1 <2', 'base@*') }, tool: { '1.0.0': [], '1.5.0': needs('base@^2'), '2.0.0': [] }, base: { '1.0.0': [], '2.0.0': [], '3.0.0': [] } };
    expect(resolve({ wanted: needs('app'), installed: [], candidates: (id) => candidatesOf(graph)(id)?.toSorted((a, b) => (a.version < b.version ? 1 : -1)) }).map(({ id, version, reason }) => `${id} ${version} ${reason}`))
      .toEqual(['base 2.0.0 dependency', 'tool 1.5.0 dependency', 'app 1.0.0 asked']);
  });

  it('takes a decision back when it leads nowhere', () => {
    const graph: Graph = { app: { '2.0.0': needs('a', 'b') }, a: { '2.0.0': needs('c@^2'), '1.0.0': needs('c@^1') }, b: { '1.0.0': needs('c@^1') }, c: { '2.0.0': [], '1.0.0': [] } };
    expect(chosen(graph, needs('app'))).toEqual({ app: '2.0.0', a: '1.0.0', b: '1.0.0', c: '1.0.0' });
  });

  it('reuses an installed dependency that is in range, though a newer one exists', () => {
    const graph: Graph = { app: { '1.0.0': needs('tool@>=1') }, tool: { '1.0.0': [], '2.0.0': [] } };
    expect(chosen(graph, needs('app'), [{ id: 'tool', version: '1.0.0', dependencies: [] }])).toEqual({ app: '1.0.0' });
  });

  it('replaces an installed dependency that is out of range, when all who need it agree', () => {
    const graph: Graph = { app: { '1.0.0': needs('tool@>=2') }, tool: { '1.0.0': [], '2.0.0': [] }, other: { '1.0.0': needs('tool@<2'), '2.0.0': needs('tool@>=1') } };
    const tool = { id: 'tool', version: '1.0.0', dependencies: [] };
    expect(chosen(graph, needs('app'), [tool])).toEqual({ app: '1.0.0', tool: '2.0.0' });
    // The other one is hurt by that and has to move too.
    expect(chosen(graph, needs('app'), [tool, { id: 'other', version: '1.0.0', dependencies: needs('tool@<2') }])).toEqual({ app: '1.0.0', tool: '2.0.0', other: '2.0.0' });
  });

  it('says who wants what when versions conflict', () => {
    const graph: Graph = { app: { '1.0.0': needs('a@^1', 'b@^1') }, a: { '1.0.0': needs('c@>=2') }, b: { '1.0.0': needs('c@<2') }, c: { '1.0.0': [], '2.0.0': [] } };
    const { code, message, details } = failure(() => chosen(graph, needs('app')));
    expect(code).toBe('plugins/conflict');
    expect(message).toBe('No version of c fits everyone: a 1.0.0 wants >=2 and b 1.0.0 wants <2. Available: 2.0.0 and 1.0.0.');
    expect(details['wants']).toEqual([{ by: 'a', version: '1.0.0', range: '>=2', installed: false }, { by: 'b', version: '1.0.0', range: '<2', installed: false }]);
  });

  it('tells missing, out of range, withdrawn and unsuitable apart', () => {
    const one = (candidate: Partial<Candidate>) => ({ wanted: needs('app'), installed: [], candidates: () => [{ version: '1.0.0', dependencies: [], ...candidate }] });
    expect(failure(() => resolve({ ...one({}), candidates: () => undefined })).code).toBe('plugins/no-version');
    expect(failure(() => resolve({ ...one({}), wanted: needs('app@>=2') })).message).toContain('you want >=2');
    expect(failure(() => resolve(one({ withdrawn: 'It leaks keys.' }))).message).toBe('Every fitting version of app was withdrawn: It leaks keys.');
    expect(failure(() => resolve(one({ misfits: ['It needs Troupe >=9, and this is 1.'] }))).code).toBe('plugins/incompatible');
  });

  it('ignores foreign dependencies and takes circles as they are', () => {
    const graph: Graph = { app: { '1.0.0': [{ id: 'crewai', range: '>=1', foreign: true }, { id: 'friend', range: '*' }] }, friend: { '1.0.0': needs('app@^1') } };
    expect(chosen(graph, needs('app'))).toEqual({ app: '1.0.0', friend: '1.0.0' });
  });
});

/** No combination of the upper levels can work, which a search finds out only by trying all of them. */
function hopeless(bottom: string): Graph {
  const graph: Graph = {};
  for (let level = 0; level < 14; level += 1) graph[`p${level}`] = Object.fromEntries([1, 2, 3, 4].map((major) => [`${major}.0.0`, level === 13 ? needs(bottom) : needs(`p${level + 1}@*`)]));
  return graph;
}

/** Only the oldest of each fits the last one, and nothing says so before that is reached. */
function tangled(levels: number): Graph {
  const graph: Graph = { app: { '1.0.0': needs(...Array.from({ length: levels }, (_, level) => `p${level}`), 'judge') }, judge: { '1.0.0': needs(...Array.from({ length: levels }, (_, level) => `p${level}@1`)) } };
  for (let level = 0; level < levels; level += 1) graph[`p${level}`] = { '3.0.0': needs(`q${level}`), '2.0.0': needs(`q${level}`), '1.0.0': needs(`q${level}`) };
  for (let level = 0; level < levels; level += 1) graph[`q${level}`] = { '2.0.0': [], '1.0.0': [] };
  return graph;
}

const never = new AbortController().signal;
const inThread = (graph: Graph, wanted: Needed[], signal = never): Promise<Choice[]> => resolveIn(defaultResolverThreadFile(), { wanted, installed: [], candidates: new Map(Object.keys(graph).map((id) => [id, candidatesOf(graph)(id) ?? []])) }, signal);

describe('I4 graphs that the search gives up on', () => {
  it('are solved, with the newest versions that fit', () => {
    const graph = tangled(12);
    expect(search({ wanted: needs('app'), installed: [], candidates: candidatesOf(graph) })).toHaveProperty('gaveUp');
    const found = chosen(graph, needs('app'));
    expect(found['p7']).toBe('1.0.0');
    expect(found['q7']).toBe('2.0.0');
    expect(Object.keys(found)).toHaveLength(2 + 2 * 12);
  });

  it('are found to have no solution, and it is said who wants what', () => {
    const { code, message } = failure(() => chosen(hopeless('p0@99'), needs('p0')));
    expect(code).toBe('plugins/conflict');
    expect(message).toMatch(/^No version of p13 agrees with the rest: p12 4.0.0 wants any version, and p13 4.0.0 itself wants p0 99\.$/);
  });

  it('are left to a thread, which gives the same answer', async () => {
    const graph = tangled(12);
    expect(await inThread(graph, needs('app'))).toEqual(resolve({ wanted: needs('app'), installed: [], candidates: candidatesOf(graph) }));
    await expect(inThread(hopeless('p0@99'), needs('p0'))).rejects.toMatchObject({ code: 'plugins/conflict', message: expect.stringContaining('p12 4.0.0 wants any version') as string });
  });

  it('are let go of when the installation is cancelled', async () => {
    const stop = new AbortController();
    const asked = inThread(tangled(12), needs('app'), stop.signal);
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(inThread({}, needs('app'), stop.signal)).rejects.toThrow('enough');
  });
});

/** Tries every assignment: each plugin at any version or absent. */
function bruteForce(graph: Graph, root: string, installed: readonly InstalledVersion[]): { solvable: boolean; newestRoot: number } {
  const ids = Object.keys(graph);
  let newestRoot = -1;
  const holds = (assignment: ReadonlyMap<string, string>): boolean => {
    if (!assignment.has(root)) return false;
    if (installed.some(({ id }) => !assignment.has(id))) return false;
    return [...assignment].every(([id, version]) => (graph[id]?.[version] ?? []).every((need) => { const other = assignment.get(need.id); return other !== undefined && satisfies(other, need.range); }));
  };
  const walk = (index: number, assignment: Map<string, string>): void => {
    const id = ids[index];
    if (id === undefined) { if (holds(assignment)) newestRoot = Math.max(newestRoot, Number(assignment.get(root)?.split('.')[0])); return; }
    walk(index + 1, assignment);
    for (const version of Object.keys(graph[id] ?? {})) { assignment.set(id, version); walk(index + 1, assignment); assignment.delete(id); }
  };
  walk(0, new Map());
  return { solvable: newestRoot >= 0, newestRoot };
}

const IDS = ['a', 'b', 'c', 'd', 'e'];
const rangeArbitrary = fc.constantFrom('*', '^1', '^2', '>=2', '<3', '<=1', '>=1 <3', '^3');
const needArbitrary = fc.record({ id: fc.constantFrom(...IDS), range: rangeArbitrary });
const graphArbitrary: fc.Arbitrary<Graph> = fc.record(Object.fromEntries(IDS.map((id) => [id, fc.dictionary(fc.constantFrom('1.0.0', '2.0.0', '3.0.0'), fc.uniqueArray(needArbitrary, { maxLength: 2, selector: (need) => need.id }), { minKeys: 1 })])));

/** Both stages, and the second alone. */
const STAGES: [string, (input: ResolveInput) => Map<string, string> | undefined][] = [
  ['the search', (input) => {
    try {
      return new Map([...input.installed.map(({ id, version }) => [id, version] as const), ...resolve(input).map(({ id, version }) => [id, version] as const)]);
    } catch (error) {
      expect((error as { code: string }).code).toMatch(/^plugins\/(conflict|no-version)$/);
      return undefined;
    }
  }],
  ['the solver', (input) => { const found = solve(input); return found && new Map([...found].map(([id, { version }]) => [id, version])); }],
];

describe.each(STAGES)('I4 dependency resolution by %s, against every possible assignment', (name, stage) => {
  it('finds a set of versions exactly when there is one, and the newest of what was asked for', () => {
    fc.assert(fc.property(graphArbitrary, fc.boolean(), (graph, withInstalled) => {
      const candidates = candidatesOf(graph);
      // What is installed is sound by itself: it came from an earlier resolution.
      let installed: InstalledVersion[] = [];
      if (withInstalled) {
        try { installed = resolve({ wanted: [{ id: 'e', range: '*' }], installed: [], candidates }).map(({ id, version, dependencies }) => ({ id, version, dependencies })); } catch { installed = []; }
      }
      const { solvable, newestRoot } = bruteForce(graph, 'a', installed);
      const found = stage({ wanted: [{ id: 'a', range: '*' }], installed, candidates });
      expect(found !== undefined).toBe(solvable);
      if (!found) return;
      expect(Number(found.get('a')?.split('.')[0])).toBe(newestRoot);
      for (const [id, version] of found) for (const need of graph[id]?.[version] ?? []) expect(satisfies(found.get(need.id) ?? '0.0.0', need.range)).toBe(true);
      for (const { id } of installed) expect(found.has(id)).toBe(true);
    }), { numRuns: name === 'the search' ? 400 : 60 });
  });
});
