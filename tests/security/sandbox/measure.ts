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
import type { SandboxRequest } from '../../../sandbox/host/request.ts';
import { ENGINES, poolOptions } from '../../sandbox/pool-for-tests.ts';
import { ATTACKS, moduleOf, type Attack } from './attacks.ts';

export interface Measured { name: string; code: string; output: unknown; tookMs: number; stallMs: number; calls: number; next: unknown; message: string }

const [off = '', pattern = '', engineName = 'isolated-vm', every = '1', deadline = '1000'] = process.argv.slice(2);
const engine = ENGINES.find(({ name }) => name === engineName) ?? ENGINES[0];
const guards: HostGuards = { ...ALL_GUARDS };
for (const name of off.split(',')) if (name in guards) guards[name as keyof HostGuards] = false;

const pool = createGuardedPool({ ...poolOptions, ...engine?.options }, guards);
let calls = 0;

function request(code: string, tool: string, deadlineMs = Number(deadline)): SandboxRequest {
  return {
    code, entry: { kind: 'tool', tool }, input: null, limits: { deadlineMs },
    context: { execution: { user_id: 'u', session_id: 's', execution_id: 'e' }, parameters: {}, config: {} },
    hostCalls: {
      async call(name, args) {
        if (name === 'sleep') await new Promise((resolve) => setTimeout(resolve, (args as { ms: number }).ms));
        else calls += 1;
        return { name };
      },
    },
  };
}

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
  calls = 0;
  const began = performance.now();
  const limit = new Promise<{ code: string; output: null; message: string }>((resolve) => setTimeout(() => resolve({ code: 'no answer', output: null, message: '' }), Number(deadline) + 3_000).unref());
  const ended = pool.run(request(moduleOf(attack), 'attack')).then(
    (result) => ({ code: 'ok', output: result.output, message: '' }),
    (error: { code: string; message: string }) => ({ code: error.code, output: null, message: error.message.slice(0, 100) }));
  const { code, output, message } = await Promise.race([ended, limit]);
  const tookMs = performance.now() - began;
  const next = code === 'no answer' ? null : await pool.run(request('export default { tools: { good: async (i, ctx) => { await ctx.sleep(1); return new URL("b", "https://a.example/").href; } } };', 'good')).then((result) => result.output, (error: { code: string }) => error.code);
  beat();
  return { name: attack.name, code, output, tookMs, stallMs, calls, next, message };
}

/** One line; says so when the result breaks the process that has to pass it on. */
function lineOf(measured: Measured): string {
  const short = typeof measured.output === 'string' && measured.output.length > 1_000 ? { ...measured, output: measured.output.length } : measured;
  try {
    structuredClone(measured.output); // as on the way to another thread
    return JSON.stringify(short);
  } catch (error) {
    return JSON.stringify({ ...measured, code: 'parent broken', output: error instanceof Error ? error.message : null });
  }
}

// The first run waits for the processes to start and for this process to compile its own code.
await pool.run(request('export default { tools: { warm: () => 1 } };', 'warm', 30_000));
await new Promise((resolve) => setTimeout(resolve, 300));
const timer = setInterval(beat, 5);
for (const attack of ATTACKS.filter((candidate, index) => (pattern === '' || candidate.name === pattern) && index % Number(every) === 0)) process.stdout.write(`${lineOf(await measure(attack))}\n`);
clearInterval(timer);
await pool.stop();
