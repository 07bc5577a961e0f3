import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { SandboxPool, SandboxPoolOptions } from '../../sandbox/host/index.ts';
import { ENGINES, makePool, sleep, toolRequest, until, type Call } from './pool-for-tests.ts';

const pools: SandboxPool[] = [];
const start = (options: Partial<SandboxPoolOptions> = {}): SandboxPool => {
  const pool = makePool(options);
  pools.push(pool);
  return pool;
};
afterEach(async () => { await Promise.all(pools.splice(0).map((pool) => pool.stop())); });

const never: Call = () => new Promise(() => undefined);
const good = toolRequest('return "good";');

describe('many runs at once', () => {
  test.each(ENGINES)('100 runs end well, on two processes of $name', async ({ options }) => {
    const pool = start(options);
    const results = await Promise.all(Array.from({ length: 100 }, (_, n) => pool.run(toolRequest('const doubled = await ctx.storage.get(String(input)); return [input, doubled];', async (_name, args) => { await sleep(5); return Number(args['key']) * 2; }, { input: n }))));
    expect(results.map((result) => result.output)).toEqual(Array.from({ length: 100 }, (_, n) => [n, n * 2]));
    expect(pool.stats()).toMatchObject({ running: 0, waiting: 0, queued: 0 });
  });

  test('50 runs that each call a tool of another plugin that sleeps a second end within three', async () => {
    const pool = start();
    await pool.run(good);
    const began = performance.now();
    const outer: Call = async (name) => {
      expect(name).toBe('tools.call');
      return (await pool.run(toolRequest('await ctx.sleep(1000); return "slept";', (_, args) => sleep(args['ms'] as number), { depth: 2 }))).output;
    };
    const results = await Promise.all(Array.from({ length: 50 }, () => pool.run(toolRequest('return ctx.tools.call("com.example.other/slow", {});', outer))));
    expect(results.map((result) => result.output)).toEqual(new Array(50).fill('slept'));
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  test('300 runs four tools deep do not lock each other up', async () => {
    const pool = start();
    const at = (depth: number): Promise<unknown> => pool.run(toolRequest('return 1 + (input < 4 ? await ctx.tools.call("x", {}) : 0);', () => at(depth + 1), { depth, input: depth })).then((result) => result.output);
    expect(await Promise.all(Array.from({ length: 300 }, () => at(1)))).toEqual(new Array(300).fill(4));
    await expect(at(5)).rejects.toMatchObject({ code: 'tools/too-deep' });
    expect(pool.stats().processes).toBeLessThanOrEqual(6);
  }, 30_000);

  test('more processes come when all are full of waiting runs, and go when they are empty', async () => {
    const pool = start({ idleMs: 300 });
    const release: (() => void)[] = [];
    const runs = Promise.all(Array.from({ length: 100 }, () => pool.run(toolRequest('await ctx.storage.get("k"); return 1;', () => new Promise<void>((resolve) => { release.push(resolve); })))));
    await until(() => release.length === 100);
    expect(pool.stats()).toMatchObject({ processes: 4, running: 0, waiting: 100 });
    for (const go of release) go();
    await runs;
    await until(() => pool.stats().processes === 2);
    expect((await pool.run(good)).output).toBe('good');
  });

  test('more than 1,000 in the queue is refused', async () => {
    const pool = start({ processes: 1 });
    const stop = new AbortController();
    const runs = Array.from({ length: 1_001 }, () => pool.run(toolRequest('', never, { signal: stop.signal })).catch((error: { code: string }) => error.code));
    expect(await runs.at(-1)).toBe('sandbox/busy');
    stop.abort();
    expect(new Set(await Promise.all(runs.slice(0, -1)))).toEqual(new Set(['sandbox/cancelled']));
  });
});

describe.each(ENGINES)('cancelling on $name', ({ options }) => {
  test.each([
    ['before it begins', 'return 1;', undefined],
    ['while it waits', 'await ctx.storage.get("k");', 'waiting'],
    ['while it runs', 'for (;;);', 'running'],
  ] as const)('%s', async (_, body, state) => {
    const pool = start(options);
    if (state) await pool.run(good);
    const stop = new AbortController();
    let aborted = false;
    const run = pool.run(toolRequest(body, (_name, _args, signal) => new Promise(() => { signal.addEventListener('abort', () => { aborted = true; }); }), { signal: stop.signal }));
    const ended = expect(run).rejects.toMatchObject({ code: 'sandbox/cancelled' });
    await until(() => state === undefined || pool.stats()[state] === 1);
    stop.abort();
    await ended;
    if (body.includes('storage')) expect(aborted).toBe(true);
    expect((await pool.run(good)).output).toBe('good');
    await until(() => pool.stats().running === 0 && pool.stats().waiting === 0);
  });

  test('with a signal that has fired already', async () => {
    await expect(start(options).run(toolRequest('', never, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'sandbox/cancelled' });
  });
});

describe.each(ENGINES)('loss of a process on $name', ({ name, options }) => {
  test('ends its runs with sandbox/crashed; the next run is served', async () => {
    const pool = start(options);
    await pool.run(good);
    const waiting = Promise.allSettled(Array.from({ length: 8 }, () => pool.run(toolRequest('await ctx.storage.get("k");', never))));
    await until(() => pool.stats().waiting === 8);
    const before = pool.stats().pids;
    for (const pid of before) process.kill(pid, 'SIGKILL');
    for (const result of await waiting) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'sandbox/crashed', retryable: true } });
    await until(() => !pool.stats().pids.some((pid) => before.includes(pid)));
    expect((await pool.run(good)).output).toBe('good');
  });

  test('a process that stops answering is killed after the deadline', async () => {
    const pool = start({ ...options, processes: 1 });
    await pool.run(good);
    const [pid = 0] = pool.stats().pids;
    process.kill(pid, 'SIGSTOP');
    const began = performance.now();
    await expect(pool.run(toolRequest('return 1;', () => null, { limits: { deadlineMs: 200 } }))).rejects.toMatchObject({ code: 'sandbox/deadline' });
    expect(performance.now() - began).toBeLessThan(1_500);
    expect((await pool.run(good)).output).toBe('good');
    expect(pool.stats().pids).not.toContain(pid);
  });

  test('a process that does not answer a cancel is killed', async () => {
    const pool = start({ ...options, processes: 1 });
    const stop = new AbortController();
    const run = pool.run(toolRequest('await ctx.storage.get("k");', never, { signal: stop.signal }));
    await until(() => pool.stats().waiting === 1);
    const [pid = 0] = pool.stats().pids;
    process.kill(pid, 'SIGSTOP');
    stop.abort();
    await expect(run).rejects.toMatchObject({ code: 'sandbox/cancelled' });
    await until(() => !pool.stats().pids.includes(pid));
    expect((await pool.run(good)).output).toBe('good');
  });

  test('after a deadline the process is replaced where a thread may be left in it, and runs that wait in it end well', async () => {
    const pool = start({ ...options, processes: 1 });
    let answer: ((value: string) => void) | undefined;
    const waiting = pool.run(toolRequest('return ctx.storage.get("k");', () => new Promise((resolve) => { answer = resolve; })));
    await until(() => answer !== undefined);
    const [pid = 0] = pool.stats().pids;
    await expect(pool.run(toolRequest('for (;;);', never, { limits: { deadlineMs: 100 } }))).rejects.toMatchObject({ code: 'sandbox/deadline' });
    expect((await pool.run(good)).output).toBe('good');
    answer?.('still there');
    expect((await waiting).output).toBe('still there');
    if (name === 'isolated-vm') await until(() => !pool.stats().pids.includes(pid));
    else expect(pool.stats().pids).toEqual([pid]); // an instance of QuickJS is gone with all that it held
  });
});

describe('a process that is none', () => {
  test('a worker that cannot start tells those who wait', async () => {
    const entries: object[] = [];
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-no-addon-'));
    try {
      const addonFile = path.join(folder, 'isolated-vm.node');
      await writeFile(addonFile, 'not an addon');
      await expect(start({ addonFile, log: (entry) => entries.push(entry) }).run(good)).rejects.toMatchObject({ code: 'sandbox/crashed' });
      await expect(start({ nodeFile: path.join(folder, 'no-node') }).run(good)).rejects.toMatchObject({ code: 'sandbox/crashed' });
      expect(entries.length).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a process has so long to start, and then as long as it likes', async () => {
    const pool = start({ startMs: 1_500 });
    await pool.run(good);
    const { pids } = pool.stats();
    await sleep(1_700);
    expect((await pool.run(good)).output).toBe('good');
    expect(pool.stats().pids).toEqual(pids);
    await expect(start({ startMs: 1 }).run(good)).rejects.toMatchObject({ code: 'sandbox/crashed' });
  });

  test('a worker that breaks the protocol, or kept a permission, is not used', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-bad-worker-'));
    try {
      for (const [name, script] of Object.entries({
        huge: 'const head = Buffer.alloc(8); head.writeUInt32LE(0x7fffffff, 0); pipe.write(head);',
        nonsense: 'const head = Buffer.alloc(12, 0x20); head.writeUInt32LE(8, 0); head.writeUInt32LE(4, 4); pipe.write(head);',
        permitted: 'const text = JSON.stringify({ t: "ready", granted: ["net"] }); const frame = Buffer.alloc(8 + text.length); frame.writeUInt32LE(4 + text.length, 0); frame.writeUInt32LE(text.length, 4); frame.write(text, 8); pipe.write(frame);',
      })) {
        const workerFile = path.join(folder, `${name}.mjs`);
        await writeFile(workerFile, `import { Socket } from 'node:net'; const pipe = new Socket({ fd: 3 }); pipe.on('data', () => {}); ${script} setInterval(() => {}, 1000);`);
        const events: unknown[] = [];
        await expect(start({ workerFile, log: (entry) => events.push((entry as { event: string }).event) }).run(good)).rejects.toMatchObject({ code: 'sandbox/crashed' });
        expect(events).toContain(name === 'permitted' ? 'sandbox/not-denied' : 'sandbox/broken-protocol');
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe.each(ENGINES)('stopping on $name', ({ name, options }) => {
  test('ends every run, every process and every temporary file', async () => {
    // A place of its own: other files make pools at the same time.
    const place = await mkdtemp(path.join(os.tmpdir(), 'troupe-pool-life-'));
    vi.stubEnv('TMPDIR', place);
    const folders = async (): Promise<string[]> => (await readdir(place)).filter((name) => name.startsWith('troupe-sandbox-'));
    const pool = makePool(options);
    const runs = Promise.allSettled([toolRequest('await ctx.storage.get("k");', never), toolRequest('for (;;);'), good].map((request) => pool.run(request)));
    await sleep(300);
    const { pids } = pool.stats();
    expect(await folders()).toHaveLength(1);
    const stopped = pool.stop();
    await expect(pool.run(good)).rejects.toMatchObject({ code: 'sandbox/cancelled' });
    await stopped;
    await pool.stop();
    expect((await runs).filter((result) => result.status === 'rejected').length).toBeGreaterThanOrEqual(2);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
    expect(await folders()).toEqual([]);
    vi.unstubAllEnvs();
    await rm(place, { recursive: true });
    expect(pool.stats()).toEqual({ engine: name, processes: 0, running: 0, waiting: 0, queued: 0, bodyBytes: 0, pids: [] });
  });
});
