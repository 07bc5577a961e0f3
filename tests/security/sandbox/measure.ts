/**
 * Runs every attack against one pool and prints a line of JSON for each: how it ended, after how long, whether the pool
 * served the next run, and the longest stall of this process' event loop. It is a process of its own, so that what the test
 * runner does is not counted. A stall counts with the processor time that this thread used in it: a machine that is busy
 * elsewhere delays every process, but charges nothing for it.
 *
 * Arguments, all optional: names of guards to switch off (comma-separated), the name of one attack, the engine, n to make
 * every n-th attack alone, and the deadline of an attack in milliseconds.
 */
import { ALL_GUARDS, type HostGuards } from '../../../sandbox/host/guards.ts';
import { createGuardedPool } from '../../../sandbox/host/pool.ts';
import { ENGINES, poolOptions } from '../../sandbox/pool-for-tests.ts';
import { attackOn, hostileRequest } from './attack-run.ts';
import { ATTACKS, type Attack } from './attacks.ts';
import type { Seen } from './controls.ts';

export interface Measured extends Seen { name: string; tookMs: number; stallMs: number; next: unknown }

const [off = '', pattern = '', engineName = 'isolated-vm', every = '1', deadline = '1000'] = process.argv.slice(2);
const deadlineMs = Number(deadline);
const engine = ENGINES.find(({ name }) => name === engineName) ?? ENGINES[0];
const guards: HostGuards = { ...ALL_GUARDS };
for (const name of off.split(',')) if (name in guards) guards[name as keyof HostGuards] = false;

const pool = createGuardedPool({ ...poolOptions, ...engine?.options }, guards);
let stallMs = 0;
let lastWall = performance.now();
let lastCpu = cpuMs();
function cpuMs(): number { const { user, system } = process.threadCpuUsage(); return (user + system) / 1_000; }
function beat(): void {
  const wall = performance.now();
  const cpu = cpuMs();
  stallMs = Math.max(stallMs, Math.min(wall - lastWall - 5, cpu - lastCpu));
  lastWall = wall;
  lastCpu = cpu;
}

async function measure(attack: Attack): Promise<Measured> {
  stallMs = 0;
  const began = performance.now();
  const { seen, ended } = attackOn(pool, attack, { deadlineMs });
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, deadlineMs + 3_000).unref())]);
  const tookMs = performance.now() - began;
  const good = hostileRequest('export default { tools: { good: async (i, ctx) => { await ctx.sleep(1); return new URL("b", "https://a.example/").href; } } };', 'good', {});
  const next = seen.code === 'no answer' ? null : await pool.run(good).then((result) => result.output, (error: { code: string }) => error.code);
  beat();
  return { ...seen, name: attack.name, tookMs, stallMs, next };
}

// The first run waits for the processes to start and for this process to compile its own code.
await pool.run(hostileRequest('export default { tools: { warm: () => 1 } };', 'warm', {}));
await new Promise((resolve) => setTimeout(resolve, 300));
const timer = setInterval(beat, 5);
for (const attack of ATTACKS.filter((candidate, index) => (pattern === '' || candidate.name === pattern) && index % Number(every) === 0)) process.stdout.write(`${JSON.stringify(await measure(attack))}\n`);
clearInterval(timer);
await pool.stop();
