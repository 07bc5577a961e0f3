import { describe, expect, test } from 'vitest';
import { measureAttacks } from './measure-attacks.ts';
import type { Measured } from './measure.ts';

/** A defence is worth something only if the attack succeeds without it. */
async function without(guards: readonly string[], attack: string, engine = 'isolated-vm', deadlineMs = 1_000): Promise<Measured> {
  const measured = (await measureAttacks(guards, attack, engine, 1, deadlineMs)).get(attack);
  if (measured === undefined) throw new Error(`There is no attack named "${attack}".`);
  return measured;
}

describe('with its guard off, an attack succeeds', { timeout: 60_000 }, () => {
  test('loops: no timeout, no wall, no kill', async () => {
    expect(await without(['timeout', 'wall', 'kill'], 'loop in the tool')).toMatchObject({ code: 'no answer' });
  });

  test('loops: each of the three layers is enough alone', async () => {
    expect(await without(['timeout', 'kill'], 'loop in the tool')).toMatchObject({ code: 'sandbox/deadline', next: 'https://a.example/b' });
    const killed = await without(['timeout', 'wall'], 'loop in the tool');
    expect(killed).toMatchObject({ code: 'sandbox/deadline', next: 'https://a.example/b' });
    expect(killed.tookMs).toBeGreaterThan(1_400); // it was the SIGKILL
  });

  test('microtasks without end', async () => {
    expect(await without(['timeout', 'wall', 'kill'], 'await without end')).toMatchObject({ code: 'no answer' });
  });

  test('code that no timeout of V8 stops: getters of a thrown object', async () => {
    expect(await without(['wall', 'kill'], 'error whose message loops, thrown while loading')).toMatchObject({ code: 'no answer' });
  });

  test('memory that no isolate counts', async () => {
    expect(await without(['rss'], 'one resizable buffer of 500 MB')).toMatchObject({ code: 'ok', output: 500_000_000 });
  });

  test('shared memory and finalizers', async () => {
    expect(await without(['strip'], 'shared memory')).toMatchObject({ code: 'ok', output: 8 });
    expect(await without(['strip'], 'finalizers, which run where nothing watches')).toMatchObject({ code: 'ok', output: 1 });
  });

  test('depth: whatever walks the result next overflows', async () => {
    expect(await without(['depth'], 'result nested 400,000 deep, written by toJSON')).toMatchObject({ code: 'parent broken', output: 'Maximum call stack size exceeded' });
  });

  test('number of values', async () => {
    expect(await without(['depth'], 'result of 300,000 empty arrays')).toMatchObject({ code: 'ok' });
  });

  test('size of a result', async () => {
    expect(await without(['results'], 'result of 10 MiB')).toMatchObject({ code: 'ok', output: 10_485_760 });
  });

  test('number of host calls', async () => {
    const flooded = await without(['calls'], 'a flood of host calls at once');
    expect(flooded.calls).toBeGreaterThan(14_000);
  });

  test('parsing in slices', async () => {
    const stalled = await without(['depth', 'slice'], 'many calls with 256 KiB of small values each');
    expect(stalled.stallMs).toBeGreaterThan(50);
    // Measured in CPU time, which a busy neighbour stretches too: what counts is how much of the stall the slices take away.
    const sliced = await without(['depth'], 'many calls with 256 KiB of small values each');
    expect(sliced.stallMs).toBeLessThan(stalled.stallMs / 2);
  });
});

/**
 * What QuickJS is held by: its interrupt in place of V8's timeout and of the wall's, and WebAssembly's memory besides its own
 * count. It is slower; with a longer deadline it is the guard alone that decides.
 */
describe('with its guard off, an attack succeeds on QuickJS', { timeout: 60_000 }, () => {
  const LONG = 20_000;

  test('loops: no timeout, no kill; each of both is enough alone', async () => {
    expect(await without(['timeout', 'kill'], 'loop in the tool', 'quickjs')).toMatchObject({ code: 'no answer' });
    expect(await without(['timeout', 'kill'], 'await without end', 'quickjs')).toMatchObject({ code: 'no answer' });
    expect(await without(['kill'], 'loop in the tool', 'quickjs')).toMatchObject({ code: 'sandbox/deadline', next: 'https://a.example/b' });
    const killed = await without(['timeout'], 'loop in the tool', 'quickjs');
    expect(killed).toMatchObject({ code: 'sandbox/deadline', next: 'https://a.example/b' });
    expect(killed.tookMs).toBeGreaterThan(1_400); // it was the SIGKILL
  });

  test('memory: neither its own count nor the process’ limit', async () => {
    const attack = 'one resizable buffer of 500 MB';
    expect(await without(['memory', 'rss'], attack, 'quickjs', LONG)).toMatchObject({ code: 'ok', output: 500_000_000 });
    expect((await without(['rss'], attack, 'quickjs', LONG)).code).not.toBe('ok');
    expect((await without(['memory'], attack, 'quickjs', LONG)).code).not.toBe('ok');
  });

  test('shared memory and finalizers', async () => {
    expect(await without(['strip'], 'shared memory', 'quickjs', LONG)).toMatchObject({ code: 'ok', output: 8 });
    expect(await without(['strip'], 'finalizers, which run where nothing watches', 'quickjs', LONG)).toMatchObject({ code: 'ok', output: 1 });
  });

  test('number of values, size of a result and number of host calls', async () => {
    expect(await without(['depth'], 'result of 300,000 empty arrays', 'quickjs', LONG)).toMatchObject({ code: 'ok' });
    expect(await without(['results'], 'result of 10 MiB', 'quickjs', LONG)).toMatchObject({ code: 'ok', output: 10_485_760 });
    expect((await without(['calls'], 'a flood of host calls at once', 'quickjs', LONG)).calls).toBeGreaterThan(14_000);
  });
});
