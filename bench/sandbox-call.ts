/** A sandboxed call in a warm process and a fresh isolate, beside a fresh context of node:vm and the plain function. Built worker. */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import vm from 'node:vm';
import { createSandboxPool, findAddon } from '../sandbox/host/index.ts';
import { root } from '../scripts/sources.ts';
import { dist } from './built-core.ts';
import { residentMiB, sample, spread, timed, type Figure, type Rival } from './measure.ts';

const BODY = '{ tools: { double: async (input) => ({ doubled: input.n * 2 }) } }';
const CALLS = 300;
const BUDGET_MS = 8_000;
/** Between two calls, as an agent makes them; a flood of calls waits for fresh isolates. */
const GAP_MS = 6;

/** At once, none of which may fail. */
const CROWD = 100;
const MANY = 10_000;

/** What `measure` says after so many calls, twenty at a time. */
async function afterCalls(call: () => Promise<unknown>, count: number, measure: () => number): Promise<number> {
  for (let done = 0; done < count; done += 20) await Promise.all(Array.from({ length: 20 }, call));
  return measure();
}

/** The same code in a new context of node:vm, which is no wall: input and output cross as JSON as well. */
async function inVm(): Promise<Rival> {
  const script = new vm.Script(`(${BODY}).tools.double(JSON.parse(input)).then(JSON.stringify)`);
  const call = async (): Promise<unknown> => JSON.parse(await (script.runInContext(vm.createContext({ input: '{"n":21}' })) as Promise<string>)) as unknown;
  for (let n = 0; n < 20; n += 1) await call();
  return { name: 'the same in a fresh node:vm context', ...spread(await sample(CALLS, BUDGET_MS, call, () => wait(GAP_MS))) };
}

export async function benchSandboxCall(): Promise<Figure[]> {
  const rival = await inVm();
  const pool = createSandboxPool({ workerFile: path.join(dist, 'core/sandbox-worker.js'), addonFile: findAddon(path.join(root, 'node_modules/isolated-vm')) ?? '' });
  const call = (): Promise<unknown> => pool.run({
    code: `export default ${BODY};`, entry: { kind: 'tool', tool: 'double' }, input: { n: 21 },
    context: { execution: { user_id: 'u', session_id: 's', execution_id: 'e' }, parameters: {}, config: {} }, hostCalls: { call: () => Promise.resolve(null) },
  });
  try {
    for (let n = 0; n < 50; n += 1) await call();
    const spaced = await sample(CALLS, BUDGET_MS, call, () => wait(GAP_MS));
    const flood = await sample(CALLS, BUDGET_MS, call);
    const crowd: number[] = [];
    for (let round = 0; round < 5; round += 1) crowd.push(...await Promise.all(Array.from({ length: CROWD }, () => timed(call))));
    const memory = (): number => [process.pid, ...pool.stats().pids].reduce((sum, pid) => sum + residentMiB(pid), 0);
    const [before, after] = [await afterCalls(call, MANY / 5, memory), await afterCalls(call, MANY, memory)];
    return [
      { name: 'sandboxed call, warm process, fresh isolate', unit: 'ms', ...spread(spaced), rival, target: { most: 3, on: 'median' } },
      { name: 'sandboxed calls back to back', unit: 'ms', ...spread(flood), rival },
      { name: `${CROWD} sandboxed calls at once, each`, unit: 'ms', ...spread(crowd), rival, target: { most: 400, on: 'p95' } },
      { name: `memory of pool and caller after ${MANY.toLocaleString('en')} more calls`, unit: 'MiB', ...spread([after]), rival: { name: `after ${(MANY / 5).toLocaleString('en')}`, ...spread([before]) }, target: { most: before + 24, on: 'median' } },
    ];
  } finally {
    await pool.stop();
  }
}
