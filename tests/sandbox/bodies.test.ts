import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../contract/errors/app-error.ts';
import { BodyCount, HeldBytes } from '../../sandbox/host/bodies.ts';
import { ALL_GUARDS } from '../../sandbox/host/guards.ts';
import { createGuardedPool } from '../../sandbox/host/pool.ts';
import type { HostCallName, SandboxPool, SandboxRequest } from '../../sandbox/host/index.ts';
import { poolOptions, toolRequest } from './pool-for-tests.ts';

const MIB = 1_048_576;
/** Six files at once; says how each ended. */
const READS_SIX = 'const one = () => ctx.files.readBytes("k", "p").then(() => "read", (e) => e.code); return await Promise.all([one(), one(), one(), one(), one(), one()]);';

/** A host whose calls have brought so many bytes and then wait to be let go. */
function slowHost(bytes: number): { request(body: string, more?: Partial<SandboxRequest>): SandboxRequest; begun: HostCallName[]; letGo(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun: HostCallName[] = [];
  return {
    begun,
    letGo: () => resolve(),
    request: (body, more = {}) => toolRequest(body, undefined, {
      ...more,
      hostCalls: {
        async call(name, _, signal, onBytes) {
          begun.push(name);
          onBytes?.(bytes);
          const stopped = new Promise((_resolve, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)); });
          await Promise.race([promise, stopped]);
          return 'x';
        },
      },
    }),
  };
}

describe('I3 bodies under way to and from plugins', { timeout: 30_000 }, () => {
  let pool: SandboxPool;
  const begun = (condition: () => boolean): Promise<void> => vi.waitFor(() => { expect(condition()).toBe(true); }, { timeout: 20_000, interval: 10 });
  afterEach(() => pool.stop());
  /** What each of five runs made of its six files. */
  async function thirtyReads(guards = ALL_GUARDS): Promise<{ held: number; read: number; busy: number }> {
    pool = createGuardedPool({ ...poolOptions, processes: 1 }, guards);
    const host = slowHost(10 * MIB);
    const runs = Array.from({ length: 5 }, () => pool.run(host.request(READS_SIX)));
    await begun(() => host.begun.length === 30);
    const held = pool.stats().bodyBytes;
    host.letGo();
    const ends = (await Promise.all(runs)).flatMap(({ output }) => output as string[]);
    const count = (wanted: string): number => ends.filter((end) => end === wanted).length;
    return { held, read: count('read'), busy: count('sandbox/busy') };
  }

  test('have one limit for all runs: what would pass it fails and says so, the others go on, and nothing stays counted', async () => {
    const { held, read, busy } = await thirtyReads();
    expect([read, busy]).toEqual([25, 5]);
    expect(held).toBeGreaterThan(250 * MIB);
    expect(held).toBeLessThanOrEqual(256 * MIB);
    expect(pool.stats().bodyBytes).toBe(0);
  });

  test('with the limit off, they take what they like', async () => {
    const { held, read } = await thirtyReads({ ...ALL_GUARDS, bodies: false });
    expect(read).toBe(30);
    expect(held).toBeGreaterThan(300 * MIB);
  });

  test('have a limit for each run, so that one alone cannot take the room of all', async () => {
    pool = createGuardedPool({ ...poolOptions, processes: 1 });
    const host = slowHost(20 * MIB);
    const run = pool.run(host.request(READS_SIX));
    await begun(() => host.begun.length === 6);
    host.letGo();
    expect(((await run).output as string[]).toSorted()).toEqual([...Array<string>(4).fill('read'), 'sandbox/busy', 'sandbox/busy'].toSorted());
  });

  test('are six at once in a run, files among them, until an answer is on its way in', async () => {
    pool = createGuardedPool({ ...poolOptions, processes: 1 });
    const host = slowHost(0);
    const run = pool.run(host.request('const all = []; for (let i = 0; i < 10; i += 1) all.push(ctx.files.readText("k", "p"), ctx.fetch("https://a.example/").catch(() => null)); void ctx.storage.get("x"); return (await Promise.all(all)).length;'));
    await begun(() => host.begun.includes('storage.get'));
    expect(host.begun.filter((name) => name !== 'storage.get')).toHaveLength(6);
    host.letGo();
    expect((await run).output).toBe(20);
    expect(host.begun).toHaveLength(21);
  });

  test.each<[string, string, Partial<SandboxRequest>]>([
    ['a result before the answer', 'void ctx.files.readText("k", "p"); await ctx.sleep(1); return 1;', {}],
    ['an error', 'void ctx.files.readText("k", "p"); throw new Error("x");', {}],
    ['a deadline', 'void ctx.files.readText("k", "p"); await ctx.sleep(1); for (;;);', { limits: { deadlineMs: 100 } }],
    ['too much memory', 'void ctx.files.readText("k", "p"); await ctx.sleep(1); const a = []; for (;;) a.push(new Array(1000).fill(a));', { limits: { memoryMiB: 16 } }],
    ['a cancel', 'void ctx.files.readText("k", "p"); await ctx.fetch("https://stop.example/");', {}],
  ])('are let go of at every end of a run: %s', async (_, body, more) => {
    pool = createGuardedPool({ ...poolOptions, processes: 1 });
    const host = slowHost(10 * MIB);
    const stop = new AbortController();
    const request = host.request(body, { ...more, signal: stop.signal });
    let most = 0;
    const { call } = request.hostCalls;
    await pool.run({ ...request, hostCalls: { call: async (name, args, signal, onBytes) => {
      if (name === 'sleep') return null;
      const answer = call(name, args, signal, onBytes);
      most = Math.max(most, pool.stats().bodyBytes);
      if (name === 'fetch') stop.abort();
      return answer;
    } } }).catch((error: unknown) => error);
    expect(most).toBeGreaterThan(9 * MIB);
    expect(pool.stats().bodyBytes).toBe(0);
  });

  test('count what leaves and what comes, as long as either is there', () => {
    const all = new BodyCount(100, 'all plugins');
    const run = new BodyCount(60, 'one run of a plugin', all);
    const [one, two] = [new HeldBytes(run), new HeldBytes(run)];
    one.add(50);
    expect(() => two.add(11)).toThrow(AppError);
    one.change(20);
    two.add(40);
    expect([run.bytes, all.bytes]).toEqual([60, 60]);
    const other = new HeldBytes(new BodyCount(60, 'one run of a plugin', all));
    expect(() => other.add(41)).toThrow(/all plugins/);
    one.end();
    one.end();
    other.add(41);
    expect([run.bytes, all.bytes]).toEqual([40, 81]);
    expect(() => one.add(1)).toThrow(expect.objectContaining({ code: 'sandbox/cancelled' }));
  });
});
