import { describe, expect, it } from 'vitest';
import prices from '../../../resources/prices.json' with { type: 'json' };
import { PRESETS } from '../../../main/core/engine/models/index.ts';

describe('T4 the price table', () => {
  it('is dated, in whole micro-units, for providers that there are, each model once', () => {
    expect(prices.updated).toMatch(/^\d{4}-\d\d-\d\d$/);
    const names = prices.prices.map((price) => `${price.provider} ${price.match}`);
    expect(new Set(names).size).toBe(names.length);
    for (const price of prices.prices) {
      expect(PRESETS.map((preset) => preset.id)).toContain(price.provider);
      for (const amount of [price.input, price.output, price.cachedInput ?? 0]) expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
      expect(price.output).toBeGreaterThanOrEqual(price.input);
    }
  });
});
