import { afterEach, describe, expect, test, vi } from 'vitest';
import { CALL_NAMES } from '../../sandbox/guest/boot-source.ts';
import { contextMaker } from '../../sandbox/guest/inside/context.ts';
import { kernel } from '../../sandbox/guest/inside/kernel.ts';
import { IsolateRun, type Ivm } from '../../sandbox/guest/isolate-run.ts';
import { IsolateServer } from '../../sandbox/guest/isolate-server.ts';
import { ProcessorShare } from '../../sandbox/guest/processor-share.ts';
import type { Guard, Order, Report } from '../../sandbox/guest/protocol.ts';
import { RssGuard } from '../../sandbox/guest/rss-guard.ts';
import { sleep, until } from './pool-for-tests.ts';

/**
 * The server with a library in isolated-vm's place that runs the real kernel in this process; what a plugin "does" is a
 * function by name. The real library stands in the tests of the pool; here each way it can fail is made to happen.
 */
interface Plan { load?: () => Promise<void> | void; tool?: (...args: never[]) => unknown; apply?: () => Promise<void> }

class FakeIsolate {
  static made: FakeIsolate[] = [];
  isDisposed = false;
  readonly memoryLimit: number;
  readonly onCatastrophicError: (message: string) => void;
  plan: Plan = {};

  constructor(options: { memoryLimit: number; onCatastrophicError: (message: string) => void }) {
    this.memoryLimit = options.memoryLimit;
    this.onCatastrophicError = options.onCatastrophicError;
    FakeIsolate.made.push(this);
  }

  getHeapStatisticsSync(): unknown { return { used_heap_size: 5, externally_allocated_size: 1 }; }

  dispose(): void {
    if (this.isDisposed) throw new Error('Isolate is disposed');
    this.isDisposed = true;
  }

  createContextSync(): unknown {
    const inside = kernel();
    inside.useContext(contextMaker(inside, CALL_NAMES));
    const apply = async (_: undefined, [operation, first, second]: [number, unknown, string]): Promise<unknown> => {
      if (operation !== 2) await this.plan.apply?.();
      const answer = inside.enter(operation, first, second);
      await sleep(2);
      return answer;
    };
    return { evalSync: () => ({ apply }) };
  }

  async compileModule(code: string): Promise<unknown> {
    this.plan = plans[code] ?? {};
    return {
      instantiate: async (_: unknown, resolve: (specifier: string) => void) => { if (code === 'imports') resolve('/home/user/x.js'); },
      evaluate: async () => { await this.plan.load?.(); },
      namespace: { derefInto: () => ({ default: { tools: { t: this.plan.tool } } }) },
    };
  }
}

/** What the process has used of a processor. */
let usedMs = 0;
let plans: Record<string, Plan> = {};
const order = JSON.stringify({ entry: { kind: 'tool', tool: 't' }, input: null, context: {}, caps: { resultChars: 1_000, logChars: 1_000, calls: 10, pendingCalls: 10, logLines: 10_000, argumentChars: 262_144, underWayChars: 8_388_608 } });

function serve(off: Guard[] = [], watch?: (onBreach: () => void) => RssGuard): { server: IsolateServer; reports: [Report, string | undefined][]; kill: ReturnType<typeof vi.fn> } {
  FakeIsolate.made = [];
  const reports: [Report, string | undefined][] = [];
  const kill = vi.fn();
  const share = new ProcessorShare(() => usedMs);
  const server = new IsolateServer({ make: (memoryMiB, onCatastrophe) => new IsolateRun({ Isolate: FakeIsolate } as unknown as Ivm, {} as never, memoryMiB, new Set(off), share, onCatastrophe), watch, report: (message, body) => reports.push([message, body]), kill });
  return { server, reports, kill };
}

async function start(plan: Plan, more: Partial<Extract<Order, { t: 'start' }>> = {}, off: Guard[] = []): Promise<ReturnType<typeof serve>> {
  plans = { code: plan };
  const served = serve(off);
  served.server.obey({ t: 'code', code: 1 }, 'code');
  served.server.obey({ t: 'start', run: 1, code: 1, budgetMs: 1_000, cpuMs: 1_000, memoryMiB: 128, ...more }, order);
  await sleep(30);
  return served;
}

afterEach(() => { plans = {}; usedMs = 0; });

describe('the worker carries out orders', () => {
  test('a run that ends at once', async () => {
    const { reports } = await start({ tool: () => { usedMs += 5; return 'done'; } });
    expect(reports).toEqual([[{ t: 'turn', run: 1, usedMs: expect.any(Number), cpuMs: 5, memoryBytes: 6, note: '' }, 'dr,6\n"done"']]);
    expect(FakeIsolate.made[0]?.isDisposed).toBe(true);
    await sleep(5);
    expect(FakeIsolate.made.filter((isolate) => !isolate.isDisposed)).toHaveLength(1); // the next spare
  });

  test('a run that waits is entered again, and forgets nothing but what it is told to', async () => {
    const { server, reports } = await start({ tool: async (_: never, ctx: { storage: { get(key: string): Promise<unknown> } }) => ctx.storage.get('k') });
    expect(reports[0]?.[1]).toBe('pc,1,2,11,-1\n{"key":"k"}');
    server.obey({ t: 'deliver', run: 1, budgetMs: 100, heads: '[[1,1,2,-1]]' }, '42');
    server.obey({ t: 'deliver', run: 9, budgetMs: 100, heads: '[]' }, '');
    server.obey({ t: 'forget', code: 1 }, '');
    await sleep(20);
    expect(reports[1]).toEqual([expect.objectContaining({ t: 'turn', run: 1 }), 'dr,2\n42']);
    server.obey({ t: 'start', run: 2, code: 1, budgetMs: 100, cpuMs: 100, memoryMiB: 64 }, order);
    await sleep(20);
    expect(FakeIsolate.made.at(-1)?.memoryLimit).toBe(64);
  });

  test('an error nobody caught comes along as a note', async () => {
    const { reports } = await start({ tool: () => 1, apply: async () => { throw new Error('unhandled in /home/user/troupe/x.js'); } });
    expect(reports[0]?.[0]).toMatchObject({ t: 'turn', note: 'Error: unhandled in …' });
  });
});

describe('the worker says how a run was lost', () => {
  test.each<[string, Plan, string]>([
    ['a module that throws', { load: () => { throw new TypeError('x'); } }, 'sandbox/bad-plugin'],
    ['a module that calls itself a timeout', { load: () => { throw new Error('Script execution timed out.'); } }, 'sandbox/bad-plugin'],
    ['a module that throws no Error', { load: () => { throw 'text'; } }, 'sandbox/bad-plugin'],
  ])('%s', async (_, plan, code) => {
    const { reports } = await start(plan);
    expect(reports[0]?.[0]).toMatchObject({ t: 'end', run: 1, code, stuck: false });
  });

  test('a module that imports; no path of the host is told', async () => {
    plans = {};
    const { server, reports } = serve();
    server.obey({ t: 'code', code: 1 }, 'imports');
    server.obey({ t: 'start', run: 1, code: 1, budgetMs: 100, cpuMs: 100, memoryMiB: 128 }, order);
    await sleep(10);
    expect(reports[0]?.[0]).toMatchObject({ code: 'sandbox/bad-plugin', message: expect.not.stringContaining('/home') });
  });

  test('a timeout of the isolate', async () => {
    const { reports } = await start({ load: async () => { await sleep(15); throw new Error('Script execution timed out.'); } }, { budgetMs: 10 });
    expect(reports[0]?.[0]).toMatchObject({ t: 'end', code: 'sandbox/deadline', stuck: false });
  });

  test('processor time counts, and time that others took does not', async () => {
    const heldUp = await start({ load: () => sleep(60), tool: () => 'done' }, { cpuMs: 20 });
    await until(() => heldUp.reports.length > 0);
    expect(heldUp.reports[0]).toEqual([expect.objectContaining({ t: 'turn' }), 'dr,6\n"done"']);
    const spinning = await start({ load: () => { usedMs += 40; return new Promise(() => undefined); } }, { cpuMs: 20 });
    await until(() => spinning.reports.length > 0);
    expect(spinning.reports[0]?.[0]).toMatchObject({ t: 'end', code: 'sandbox/deadline', stuck: true });
    const off = await start({ load: () => { usedMs += 40; }, tool: () => 'done' }, { cpuMs: 20 }, ['timeout']);
    await until(() => off.reports.length > 0);
    expect(off.reports[0]?.[0]).toMatchObject({ t: 'turn' });
  });

  test('two at work share what the process uses', () => {
    let used = 100;
    const share = new ProcessorShare(() => used);
    used += 50; // by nobody of them
    share.begin();
    const first = share.ms();
    used += 10;
    share.begin();
    const second = share.ms();
    used += 10;
    expect([share.ms() - first, share.ms() - second]).toEqual([15, 5]);
    share.end();
    used += 10;
    expect(share.ms() - first).toBe(25);
  });

  test('an isolate that disposed itself', async () => {
    const { reports } = await start({ load: () => { FakeIsolate.made[0]?.dispose(); throw new Error('disposed'); } });
    expect(reports[0]?.[0]).toMatchObject({ t: 'end', code: 'sandbox/memory' });
  });

  test('code that nothing stops: the wall deadline', async () => {
    const { reports } = await start({ load: () => new Promise(() => undefined) }, { budgetMs: 10 });
    await sleep(80);
    expect(reports[0]?.[0]).toMatchObject({ t: 'end', code: 'sandbox/deadline', stuck: true });
    expect(FakeIsolate.made[0]?.isDisposed).toBe(true);
  });

  test('with wall and timeout off, nothing is said', async () => {
    const { reports } = await start({ load: () => new Promise(() => undefined) }, { budgetMs: 10 }, ['wall', 'timeout', 'memory', 'strip']);
    await sleep(100);
    expect(reports).toEqual([]);
    expect(FakeIsolate.made[0]?.memoryLimit).toBe(65_536);
  });

  test('a cancelled run: let go, or not', async () => {
    const waiting = await start({ tool: () => new Promise(() => undefined) });
    waiting.server.obey({ t: 'cancel', run: 1 }, '');
    await sleep(10);
    expect(waiting.reports.at(-1)?.[0]).toMatchObject({ t: 'end', run: 1, code: 'gone', stuck: false });
    const stuck = await start({ load: () => new Promise(() => undefined) });
    stuck.server.obey({ t: 'cancel', run: 1 }, '');
    stuck.server.obey({ t: 'cancel', run: 1 }, '');
    await sleep(200);
    expect(stuck.reports.map(([report]) => report)).toEqual([expect.objectContaining({ code: 'gone', stuck: true })]);
  });

  test('a catastrophe of the engine ends the process, and the one run at work is named', async () => {
    const { kill, reports } = await start({ load: () => new Promise(() => undefined) });
    FakeIsolate.made[0]?.onCatastrophicError('out of memory');
    FakeIsolate.made[0]?.onCatastrophicError('again');
    expect(kill).toHaveBeenCalledTimes(1);
    expect(reports.map(([report]) => report)).toEqual([expect.objectContaining({ t: 'end', code: 'sandbox/memory', stuck: true }), { t: 'dying', reason: 'memory' }]);
  });
});

describe('memory of the process', () => {
  test('the limit grows with what lives in it, and its breach is told', async () => {
    const breach = vi.fn();
    const guard = new RssGuard(breach);
    const empty = guard.limit();
    guard.add(1, 128);
    guard.add(2, 64);
    expect(guard.limit() - empty).toBe((2 * 6 + 1.5 * 128) * 1_048_576);
    await sleep(50);
    expect(breach).not.toHaveBeenCalled();
    const rss = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(Number.MAX_SAFE_INTEGER);
    await sleep(50);
    expect(breach).toHaveBeenCalled();
    guard.remove(1);
    guard.remove(2);
    breach.mockClear();
    await sleep(50);
    expect(breach).not.toHaveBeenCalled();
    rss.mockRestore();
  });

  test('the server dies of it', () => {
    let tell: (() => void) | undefined;
    const { kill, reports } = serve([], (onBreach) => { tell = onBreach; return new RssGuard(onBreach); });
    tell?.();
    expect(kill).toHaveBeenCalledTimes(1);
    expect(reports).toEqual([[{ t: 'dying', reason: 'memory' }, undefined]]);
  });
});
