import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packed } from '../../../main/core/base/store/index.ts';

describe('A7 a packed vector', () => {
  it('keeps how near two are, whatever their length', () => {
    const near = (one: number[], other: number[]): number => one.reduce((sum, each, index) => sum + each * (other[index] ?? 0), 0) / Math.hypot(...one) / Math.hypot(...other);
    const value = fc.double({ min: -10, max: 10, noNaN: true });
    const pair = fc.integer({ min: 2, max: 300 }).chain((length) => fc.tuple(fc.array(value, { minLength: length, maxLength: length }), fc.array(value, { minLength: length, maxLength: length })));
    fc.assert(fc.property(pair.filter(([one, other]) => Math.hypot(...one) > 1e-3 && Math.hypot(...other) > 1e-3), ([one, other]) => {
      const [a, b] = [packed(one), packed(other)];
      const of = (bytes: Uint8Array) => ({ step: new DataView(bytes.buffer).getFloat32(0, true), codes: new Int8Array(bytes.buffer, 4) });
      const product = of(a).codes.reduce((sum, code, index) => sum + code * (of(b).codes[index] ?? 0), 0) * of(a).step * of(b).step;
      // Each code is half a step off at most, and a step is a 127th at most: so far is either vector from what it stands for.
      const off = Math.sqrt(one.length) / 254;
      expect(Math.abs(product - near(one, other))).toBeLessThan(off * (2 + off) + 1e-6);
    }));
    expect([...packed([0, 0])].slice(4)).toEqual([0, 0]);
  });
});
