import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../main/core/engine/tools/builtin/expression.ts';
import { calculator } from '../../../main/core/engine/tools/builtin/calculator.ts';
import { dateTime } from '../../../main/core/engine/tools/builtin/date-time.ts';
import { providerNames, type ToolCallContext } from '../../../main/core/engine/tools/index.ts';

const call = { session: { context: { clock: { now: () => Date.UTC(2026, 2, 1, 12) } } } } as unknown as ToolCallContext;

describe('A9 calculator', () => {
  it.each([
    ['1 + 2 * 3', 7], ['(1 + 2) * 3', 9], ['-2^2', -4], ['2^3^2', 512], ['2 ** -1', 0.5], ['7 % 4', 3], ['1e3 / 4', 250], ['.5 + 1.', 1.5], ['--3', 3],
    ['sqrt(16) + ABS(-2)', 6], ['round(3.14159, 2)', 3.14], ['max(1, 5, 3) - min(4, 2)', 3], ['pi', Math.PI], ['log(1000)', 3], ['ln(e)', 1],
  ])('%s = %d', (expression, value) => { expect(evaluate(expression)).toBeCloseTo(value, 12); });

  it.each(['', '1 +', '2 2', '(1', '1)', 'x + 1', 'constructor(1)', '__proto__', 'toString', 'f(1)', '1 / 0', '5 % 0', '0/0', '10^400', 'sqrt(-1)', '1;2', '"a"', 'max()', '(('.repeat(200), '1'.repeat(1001)])('refuses %s with a reason', (expression) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code: 'tools/bad-arguments' }));
  });

  it('agrees with JavaScript on any sum and product, and never does anything but calculate', async () => {
    const number = fc.integer({ min: 1, max: 999 }).map(String);
    const expression = fc.letrec<{ e: string }>((tie) => ({ e: fc.oneof({ depthSize: 'small', withCrossShrink: true }, number, fc.tuple(tie('e'), fc.constantFrom('+', '-', '*'), tie('e')).map(([a, sign, b]) => `(${a} ${sign} ${b})`)) })).e;
    fc.assert(fc.property(expression, (text) => {
      fc.pre(text.length < 1000);
      expect(evaluate(text)).toBe(new Function(`return ${text}`)());
    }));
    fc.assert(fc.property(fc.string(), (text) => {
      try { expect(Number.isFinite(evaluate(text))).toBe(true); } catch (error) { expect(error).toMatchObject({ code: 'tools/bad-arguments' }); }
    }));
    expect((await calculator.run({ expression: '0.1 + 0.2' }, call)).output).toEqual({ result: 0.3 });
  });
});

describe('A9 date and time', () => {
  const tell = async (input: Record<string, unknown>) => (await dateTime.run(input, call)).output;

  it('tells now and then, here and there', async () => {
    expect(await tell({ zone: 'Europe/Berlin' })).toEqual({ utc: '2026-03-01T12:00:00.000Z', zone: 'Europe/Berlin', date: '2026-03-01', time: '13:00:00', weekday: 'Sunday', offset: '+01:00' });
    expect(await tell({ zone: 'UTC', at: '2026-02-28T23:30:00Z', add: { days: 1, minutes: -30 } })).toMatchObject({ date: '2026-03-01', time: '23:00:00', offset: '+00:00' });
    expect(await tell({})).toMatchObject({ utc: '2026-03-01T12:00:00.000Z' });
  });

  it.each([{ zone: 'Mars/Base' }, { at: 'soon' }, { at: '+275760-09-13T00:00:00.000Z', add: { days: 2 } }])('refuses %j', async (input) => {
    await expect(dateTime.run(input, call)).rejects.toMatchObject({ code: 'tools/bad-arguments' });
  });
});

describe('names that every provider takes', () => {
  it('are short where they can be, unique always, and the same each time', () => {
    expect([...providerNames(['builtin.calculator', 'dev.a/count', 'dev.b/find', 'dev.c/find']).values()]).toEqual(['calculator', 'count', 'dev_b_find', 'dev_c_find']);
    // None that looks like a tool of somebody else who is there, by case, by dashes or by its owner's name.
    expect([...providerNames(['builtin.calculator', 'com.evil/Calculator']).values()]).toEqual(['builtin_calculator', 'com_evil_Calculator']);
    expect([...providerNames(['dev.a/pay', 'com.evil/dev-a_pay', 'mcp:files/read', 'com.evil/files__read', 'com.evil/builtin_time', 'builtin.now']).values()])
      .toEqual(['pay', 'com_evil_dev-a_pay', 'mcp_files_read', 'com_evil_files__read', 'com_evil_builtin_time', 'now']);
    const id = fc.oneof(fc.string({ minLength: 1, maxLength: 100 }), fc.tuple(fc.constantFrom('dev.a', 'dev.a.b', `dev.${'x'.repeat(90)}`), fc.constantFrom('one', 'one.', 'two_', 'y'.repeat(70))).map((parts) => parts.join('/')));
    fc.assert(fc.property(fc.uniqueArray(id, { maxLength: 30 }), (ids) => {
      const names = providerNames(ids);
      expect(new Set(names.values()).size).toBe(ids.length);
      for (const name of names.values()) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(providerNames(ids)).toEqual(names);
    }));
  });
});
