import { beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS } from './attacks.ts';
import { measureAttacks } from './measure-attacks.ts';
import type { Measured } from './measure.ts';

describe('hostile plugins', () => {
  let measured: Map<string, Measured>;
  beforeAll(async () => { measured = await measureAttacks(); }, 240_000);

  test('there are at least 80 of them, each with its own name', () => {
    expect(new Set(ATTACKS.map((attack) => attack.name)).size).toBe(ATTACKS.length);
    expect(ATTACKS.length).toBeGreaterThanOrEqual(80);
  });

  test.each(ATTACKS.map((attack) => [attack.name, attack] as const))('%s', (name, attack) => {
    const result = measured.get(name);
    if (result === undefined) throw new Error(`No measurement of "${name}".`);
    if (result.code === 'ok') {
      expect(attack, `ended well with ${JSON.stringify(result.output)}`).toHaveProperty('returns');
      expect(result.output).toEqual(attack.returns);
    } else expect(attack.ends, result.message).toContain(result.code);
    expect(result.tookMs, 'answered within two seconds').toBeLessThan(2_000);
    expect(result.stallMs, 'the parent never stalls').toBeLessThan(50);
    expect(result.next, 'the pool serves the next run').toBe('https://a.example/b');
    if (attack.mostCalls !== undefined) expect(result.calls).toBeLessThanOrEqual(attack.mostCalls);
    expect(result.logChars, 'the log has its cap').toBeLessThanOrEqual(1_048_576 + 512);
    expect(result.logLines).toBeLessThanOrEqual(10_001);
  });
});

/** These may end well. Most use what only V8 has: QuickJS asks no formatter for stacks, and nobody looks at a rejection that is not handled. */
const HARMLESS = new Set(['unhandled rejection whose stack loops', 'stack trace formatter that loops', 'walking the stack for the kernel',
  // The result is settled before the chain goes on, and may be taken then: what is left of the chain ends with its instance.
  'endless microtasks after the result']);

/**
 * Every third attack on QuickJS, all of them with TROUPE_EVERY_ATTACK set. How one ends may differ: QuickJS is slower, so that
 * time is over where memory would be, and it tells a plugin when memory is. What counts is that it ends and harms nobody.
 */
describe('hostile plugins on QuickJS', () => {
  const every = process.env['TROUPE_EVERY_ATTACK'] === undefined ? 3 : 1;
  const chosen = ATTACKS.filter((_, index) => index % every === 0);
  let measured: Map<string, Measured>;
  beforeAll(async () => { measured = await measureAttacks([], '', 'quickjs', every); }, 360_000);

  test.each(chosen.map((attack) => [attack.name, attack] as const))('%s', (name, attack) => {
    const result = measured.get(name);
    if (result === undefined) throw new Error(`No measurement of "${name}".`);
    if (result.code === 'ok' && 'returns' in attack && !HARMLESS.has(name)) expect(result.output).toEqual(attack.returns);
    else if (result.code === 'ok') expect(HARMLESS, `ended well with ${JSON.stringify(result.output)}`).toContain(name);
    else expect(['sandbox/deadline', 'sandbox/memory', 'sandbox/crashed', 'sandbox/plugin-threw', 'sandbox/bad-plugin', 'sandbox/result-too-large', 'sandbox/never-settles', ...('ends' in attack ? attack.ends ?? [] : [])], result.message).toContain(result.code);
    expect(result.tookMs, 'answered within two seconds').toBeLessThan(2_000);
    expect(result.stallMs, 'the parent never stalls').toBeLessThan(50);
    expect(result.next, 'the pool serves the next run').toBe('https://a.example/b');
    if (attack.mostCalls !== undefined) expect(result.calls).toBeLessThanOrEqual(attack.mostCalls);
    expect(result.logChars, 'the log has its cap').toBeLessThanOrEqual(1_048_576 + 512);
    expect(result.logLines).toBeLessThanOrEqual(10_001);
  });
});
