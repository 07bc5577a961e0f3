/**
 * What the sandbox costs. Printed when run alone; `bench()` gives the rows to bench/main.ts.
 * Calls are made one after the other with a pause between them, as an agent makes them, and back to back, as a flood.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createSandboxPool, findAddon, type SandboxPool, type SandboxRequest } from '../sandbox/host/index.ts';

export interface Row { name: string; value: number; unit: 'ms' | 'MiB'; target?: number }

const root = path.resolve(import.meta.dirname, '..');
const CODE = `export default { tools: {
  bare: async (input) => ({ doubled: input.n * 2 }),
  one: async (input, ctx) => { ctx.log.info('read', input.n); const url = new URL('?q=1', 'https://example.com/a'); return { found: await ctx.storage.get(url.href) }; },
  many: async (input, ctx) => { for (let n = 0; n < 1000; n += 1) await ctx.storage.get('k'); return null; },
  wide: async (input, ctx) => { await Promise.all(Array.from({ length: 1000 }, () => ctx.storage.get('k'))); return null; },
  three: async (input, ctx) => { await Promise.all([1, 2, 3].map(() => ctx.sleep(50))); return null; },
  hold: async (input, ctx) => { await ctx.sleep(1500); return null; },
} };`;

const request = (tool: string): SandboxRequest => ({
  code: CODE, entry: { kind: 'tool', tool }, input: { n: 21 },
  context: { execution: { user_id: 'u', session_id: 's', execution_id: 'e' }, parameters: {}, config: {} },
  hostCalls: { async call(name, args) { if (name === 'sleep') await pause((args as { ms: number }).ms); return null; } },
});

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const quantile = (values: number[], part: number): number => values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? NaN;

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

async function calls(pool: SandboxPool, tool: string, count: number, gapMs: number): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < count; n += 1) {
    took.push(await timed(() => pool.run(request(tool))));
    if (gapMs > 0) await pause(gapMs);
  }
  return took;
}

/** Resident memory of processes, in MiB each; Linux only. */
function memoryOf(pids: readonly number[]): number {
  if (process.platform !== 'linux') return NaN;
  const pages = pids.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN));
  return pages.reduce((sum, kib) => sum + kib, 0) / pages.length / 1_024;
}

export async function bench(): Promise<Row[]> {
  const began = performance.now();
  const pool = createSandboxPool({ workerFile: path.join(root, 'sandbox/guest/worker.ts'), addonFile: findAddon(path.join(root, 'node_modules/isolated-vm')) ?? '' });
  try {
    await pool.run(request('bare'));
    const first = performance.now() - began;
    const idle = memoryOf(pool.stats().pids);
    await calls(pool, 'one', 50, 0);
    const bare = await calls(pool, 'bare', 200, 6);
    const one = await calls(pool, 'one', 200, 6);
    const flood = await calls(pool, 'bare', 300, 0);
    const rows: Row[] = [
      { name: 'sandbox: pool start to first result', value: first, unit: 'ms' },
      { name: 'sandbox: call, warm process, fresh isolate, p50', value: quantile(bare, 0.5), unit: 'ms', target: 3 },
      { name: 'sandbox: the same, p95', value: quantile(bare, 0.95), unit: 'ms' },
      { name: 'sandbox: call with a log line and one host call, p50', value: quantile(one, 0.5), unit: 'ms', target: 3 },
      { name: 'sandbox: calls back to back, p50', value: quantile(flood, 0.5), unit: 'ms' },
      { name: 'sandbox: three 50 ms host calls side by side', value: quantile(await calls(pool, 'three', 5, 0), 0.5), unit: 'ms' },
      { name: 'sandbox: 1,000 host calls in turn', value: quantile(await calls(pool, 'many', 3, 0), 0.5), unit: 'ms' },
      { name: 'sandbox: 1,000 host calls at once', value: quantile(await calls(pool, 'wide', 3, 0), 0.5), unit: 'ms' },
      { name: 'sandbox: 100 runs at once', value: await timed(() => Promise.all(Array.from({ length: 100 }, () => pool.run(request('one'))))), unit: 'ms' },
      { name: 'sandbox: memory of an idle process', value: idle, unit: 'MiB' },
    ];
    const holding = Promise.all(Array.from({ length: 60 }, () => pool.run(request('hold'))));
    await pause(1_000);
    rows.push({ name: 'sandbox: memory of a process with 30 waiting isolates', value: memoryOf(pool.stats().pids), unit: 'MiB' });
    await holding;
    return rows;
  } finally {
    await pool.stop();
  }
}

if (import.meta.main) for (const row of await bench()) process.stdout.write(`${row.name.padEnd(60)} ${row.value.toFixed(2).padStart(9)} ${row.unit}${row.target === undefined ? '' : `   target < ${row.target}`}\n`);
