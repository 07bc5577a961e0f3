import { beforeAll, describe, expect, test } from 'vitest';
import type { HostGuards } from '../../../sandbox/host/guards.ts';
import type { SandboxLimits } from '../../../sandbox/host/index.ts';
import { ATTACKS, type Attack } from './attacks.ts';
import { won, type Control, type Seen, type Wins } from './controls.ts';
import { measureAlone, measureAttacks } from './measure-attacks.ts';
import { grow, make, stall, withPool } from './without.ts';

/** Of the attacks that stall or grow, how many are made at once. */
const STALL_AT_ONCE = 8;
const GROW_AT_ONCE = 3;

type PoolControl = Extract<Control, { where: 'pool' }>;
const inPools = ATTACKS.flatMap((attack) => (attack.control.where === 'pool' ? [{ attack, control: attack.control }] : []));
const inNodes = ATTACKS.flatMap((attack) => (attack.control.where === 'node' ? [{ attack, control: attack.control }] : []));

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}

function named(name: string): Attack {
  const found = ATTACKS.find((attack) => attack.name === name);
  if (found === undefined) throw new Error(`There is no attack named "${name}".`);
  return found;
}

/** A defence is worth something only if the attack succeeds without it: each attack is made again where its control says. */
describe('without what holds it back, every attack succeeds', { timeout: 120_000 }, () => {
  const loose = new Map<string, Seen>();
  const held = new Map<string, Seen>();

  async function makeInPools(): Promise<void> {
    const groups = Map.groupBy(inPools, ({ control }) => `${control.off.join()} ${['no answer', 'grew'].find((code) => code === control.wins.code) ?? ''}`);
    for (const group of groups.values()) {
      const { off, limits, wins } = (group[0] as { control: PoolControl }).control;
      if (wins.code === 'no answer') {
        for (const some of chunks(group, STALL_AT_ONCE)) {
          const seen = await withPool(off, Math.ceil(some.length / 2), (pool) => stall(pool, some.map(({ attack }) => attack), limits));
          some.forEach(({ attack }, index) => loose.set(attack.name, seen[index] as Seen));
        }
      } else if (wins.code === 'grew') {
        for (const some of chunks(group, GROW_AT_ONCE)) await Promise.all(some.map(async ({ attack, control }) => { loose.set(attack.name, await withPool(off, 1, (pool) => grow(pool, attack, control.limits))); }));
      } else await withPool(off, 1, async (pool) => { for (const { attack, control } of group) loose.set(attack.name, await make(pool, attack, control.limits, control.wins)); });
    }
  }

  async function makeAlone(): Promise<void> {
    const { died, alone } = await measureAlone('kernel');
    expect(died).toBe(false);
    for (const [name, seen] of alone) { loose.set(name, seen.loose); if (seen.held) held.set(name, seen.held); }
    const [deadly, others] = [inNodes.filter(({ control }) => control.wins.code === 'died'), inNodes.filter(({ control }) => control.wins.code !== 'died')];
    const together = await measureAlone('node', others.map(({ attack }) => attack.name));
    expect(together.died).toBe(false);
    for (const [name, seen] of together.alone) loose.set(name, seen.loose);
    for (const { attack, control } of deadly) {
      const one = await measureAlone('node', [attack.name], control.flags);
      const nothing: Seen = { code: 'died', output: null, message: '', messageChars: 0, calls: 0, logChars: 0, logLines: 0 };
      loose.set(attack.name, one.died ? nothing : (one.alone.get(attack.name)?.loose ?? nothing));
    }
  }

  beforeAll(async () => {
    await makeInPools();
    await makeAlone();
  }, 240_000);

  test.each(ATTACKS.map((attack) => [attack.name, attack.control] as const))('%s', (name, control) => {
    expect(Object.keys(control.wins), 'no attack without a control').not.toEqual([]);
    const seen = loose.get(name);
    expect(seen, 'it was made without what holds it back').toBeDefined();
    expect(won(seen as Seen, control.wins), `${JSON.stringify(seen).slice(0, 300)} is not ${JSON.stringify(control.wins)}`).toBe(true);
    if (control.where === 'node' && seen?.code === 'ok') expect(seen.output).not.toEqual(named(name).returns);
    if (control.where !== 'kernel') return;
    // The same harness with all of the kernel's rules: it was the rule and nothing else.
    const before = held.get(name) as Seen;
    expect(won(before, control.wins), `${JSON.stringify(before).slice(0, 300)} with the rule, too`).toBe(false);
    if (before.code === 'ok') expect(before.output).toEqual(named(name).returns);
    else expect(named(name).ends).toContain(before.code);
  });
});

async function without(off: readonly (keyof HostGuards)[], name: string, limits: Partial<SandboxLimits>, wins: Wins = { code: '' }): Promise<Seen & { tookMs: number }> {
  const began = performance.now();
  const seen = await withPool(off, 1, (pool) => make(pool, named(name), limits, wins));
  return { ...seen, tookMs: performance.now() - began };
}

describe('layers behind each other', { timeout: 60_000 }, () => {
  const SHORT = { deadlineMs: 100 };

  test('loops: each of the three is enough alone', async () => {
    expect(await without(['wall', 'kill'], 'loop in the tool', SHORT)).toMatchObject({ code: 'sandbox/deadline' });
    expect(await without(['timeout', 'kill'], 'loop in the tool', SHORT)).toMatchObject({ code: 'sandbox/deadline' });
    const killed = await without(['timeout', 'wall'], 'loop in the tool', SHORT);
    expect(killed).toMatchObject({ code: 'sandbox/deadline' });
    expect(killed.tookMs).toBeGreaterThan(600); // it was the SIGKILL
  });

  test('code that no timeout of V8 stops: getters of a thrown object', async () => {
    const seen = await withPool(['wall', 'kill'], 1, (pool) => stall(pool, [named('error whose message loops, thrown while loading')], SHORT));
    expect(seen).toMatchObject([{ code: 'no answer' }]);
  });

  test('buffers that no isolate counts: the process’ own limit alone holds them', async () => {
    expect(await without(['rss'], 'one resizable buffer of 500 MB', { deadlineMs: 20_000 })).toMatchObject({ code: 'ok', output: 500_000_000 });
  });

  test('parsing in slices', async () => {
    const name = 'many calls with 256 KiB of small values each';
    const stalled = (await measureAttacks(['depth', 'slice'], name)).get(name);
    expect(stalled?.stallMs).toBeGreaterThan(50);
    // Measured in CPU time, which a busy neighbour stretches too: what counts is how much of the stall the slices take away.
    const sliced = (await measureAttacks(['depth'], name)).get(name);
    expect(sliced?.stallMs).toBeLessThan((stalled?.stallMs ?? 0) / 2);
  });
});

/**
 * What QuickJS is held by: its interrupt in place of V8's timeout and of the wall's, and WebAssembly's memory besides its own
 * count. It is slower; with a longer deadline it is the guard alone that decides.
 */
describe('with its guard off, an attack succeeds on QuickJS', { timeout: 60_000 }, () => {
  const LONG = { deadlineMs: 20_000 };
  const SHORT = { deadlineMs: 100 };
  const quick = (off: readonly (keyof HostGuards)[], names: readonly string[], limits: Partial<SandboxLimits>, wins: Wins = { code: '' }): Promise<Seen[]> =>
    withPool(off, 1, async (pool) => { const all: Seen[] = []; for (const name of names) all.push(await make(pool, named(name), limits, wins)); return all; }, 'quickjs');

  test('loops: no timeout, no kill; each of both is enough alone', async () => {
    const both = [named('loop in the tool'), named('await without end')];
    expect(await withPool(['timeout', 'kill'], 2, (pool) => stall(pool, both, SHORT), 'quickjs')).toMatchObject([{ code: 'no answer' }, { code: 'no answer' }]);
    expect(await quick(['kill'], ['loop in the tool'], SHORT)).toMatchObject([{ code: 'sandbox/deadline' }]);
    const began = performance.now();
    expect(await quick(['timeout'], ['loop in the tool'], SHORT)).toMatchObject([{ code: 'sandbox/deadline' }]);
    expect(performance.now() - began).toBeGreaterThan(600); // it was the SIGKILL
  });

  test('memory: neither its own count nor the process’ limit', async () => {
    const attack = ['one resizable buffer of 500 MB'];
    expect(await quick(['memory', 'rss'], attack, LONG)).toMatchObject([{ code: 'ok', output: 500_000_000 }]);
    expect(await quick(['rss'], attack, LONG)).not.toMatchObject([{ code: 'ok' }]);
    expect(await quick(['memory'], attack, LONG)).not.toMatchObject([{ code: 'ok' }]);
  });

  test('shared memory and finalizers', async () => {
    expect(await quick(['strip'], ['shared memory', 'finalizers, which run where nothing watches'], LONG)).toMatchObject([{ code: 'ok', output: 8 }, { code: 'ok', output: 1 }]);
  });

  test('number of values, size of a result and number of host calls', async () => {
    expect(await quick(['depth'], ['result of 300,000 empty arrays'], LONG)).toMatchObject([{ code: 'ok' }]);
    expect(await quick(['results'], ['result of 10 MiB'], LONG)).toMatchObject([{ code: 'ok', output: 10_485_760 }]);
    const [flooded] = await quick(['calls'], ['a flood of host calls at once'], LONG, { calls: 14_001 });
    expect(flooded?.calls).toBeGreaterThan(14_000);
  });
});
