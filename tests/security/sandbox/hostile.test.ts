import { beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS } from './attacks.ts';
import { measureAttacks } from './measure-attacks.ts';
import type { Measured } from './measure.ts';

describe('hostile plugins', () => {
  let measured: Map<string, Measured>;
  beforeAll(async () => { measured = await measureAttacks(); }, 240_000);

  test('there are at least 30 of them, each with its own name', () => {
    expect(new Set(ATTACKS.map((attack) => attack.name)).size).toBe(ATTACKS.length);
    expect(ATTACKS.length).toBeGreaterThanOrEqual(30);
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
  });
});
