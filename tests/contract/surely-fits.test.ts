import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { generateRegistry } from '../../bench/generate-registry.ts';
import { catalogRecordSchema, pluginStatsSchema, surelyFits } from '../../contract/manifest/index.ts';

const { records, stats } = generateRegistry(25);
const HEX = 'a'.repeat(128);
/** Those with as much in them as there can be. */
const full = records.map((record) => catalogRecordSchema.parse({
  ...record, docs_url: 'https://a.example/docs', support_email: 'help@a.example', license: null, screenshots: [{ sha512: HEX, size: 3, type: 'image/png' }],
  publisher: { ...record.publisher, logo: { sha512: HEX, size: 3, type: 'image/png' }, keys: [{ key_id: HEX.slice(64), public_key: HEX.slice(64) }, { key_id: HEX.slice(64), public_key: HEX.slice(64), revoked_at: null }] },
  configuration: [{ key: 'rows', type: 'number', description: 'How many.', required: false, default: 3, options: ['3'], label: 'Rows', example: null }],
  pricing: { model: 'paid', free_tier: { executions: 'unlimited', period: 'day' }, paid_tiers: [{ name: 'One', price: 1.5, currency: 'EUR', period: 'month', executions: 10 }] },
  versions: record.versions.map((version) => ({ ...version, requirements: { ...version.requirements, platforms: ['linux'], dependencies: ['com.example.one>=1.0.0'] }, use_instead: { id: 'com.example.other', version: null } })),
}));

/** Values that a careless or hostile registry may put anywhere. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', ' ', 'x'.repeat(60_000), 'line\nbreak', 'a\u202eb', '1.0', '-0', [], {}, [null], 0, -1, 1.5, 1e300, -0, 2 ** 53, '__proto__', 'https://a.example/', 'javascript:alert(1)', HEX, HEX.toUpperCase(), 'unlimited', 'tier1', '1.0.0'),
  fc.jsonValue(),
);

/** The text of a value in which something at one place is other, missing or more than there should be. */
const spoilt = (values: readonly unknown[]): fc.Arbitrary<string> => fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('set', 'drop', 'add', 'proto', 'keep'), odd).map(([which, where, how, value]) => {
  const copy = structuredClone(values[which % values.length]);
  const places: [holder: Record<string, unknown>, name: string][] = [];
  const walk = (holder: unknown): void => { if (typeof holder === 'object' && holder !== null) for (const name of Object.keys(holder)) { places.push([holder as Record<string, unknown>, name]); walk((holder as Record<string, unknown>)[name]); } };
  walk(copy);
  const [holder, name] = places[where % places.length] ?? [{}, ''];
  if (how === 'set') holder[name] = value;
  else if (how === 'drop') Reflect.deleteProperty(holder, name);
  else if (how === 'add') { if (Array.isArray(holder)) holder.push(value); else holder['more'] = value; }
  else if (how === 'proto') Object.defineProperty(holder, '__proto__', { value, enumerable: true, configurable: true, writable: true });
  return JSON.stringify(copy);
});

describe('J2 the quick yes to a record of a catalog', () => {
  it.each([['records', catalogRecordSchema, [...records, ...full]], ['figures', pluginStatsSchema, stats.plugins]] as const)('says yes to good %s, and otherwise exactly where the schema takes a value and leaves it as it is', (_, schema, good) => {
    const fits = surelyFits(schema);
    expect(good.filter((one) => !fits(JSON.parse(JSON.stringify(one))))).toEqual([]);
    let [yes, no] = [0, 0];
    fc.assert(fc.property(spoilt(good), (text) => {
      const said = fits(JSON.parse(text));
      const parsed = schema.safeParse(JSON.parse(text));
      if (said) yes += 1; else no += 1;
      expect(said).toBe(parsed.success && isDeepStrictEqual(parsed.data, JSON.parse(text)));
    }), { numRuns: 1_500 });
    expect(yes).toBeGreaterThan(50);
    expect(no).toBeGreaterThan(50);
  });

  it('takes no number that JSON writes and JavaScript cannot hold', () => {
    const fits = surelyFits(z.object({ many: z.number() }));
    expect([fits(JSON.parse('{"many":1e300}')), fits(JSON.parse('{"many":1e999}'))]).toEqual([true, false]);
  });

  it.each<[string, z.core.$ZodType, unknown]>([
    ['a schema of a kind that it does not know', z.date(), new Date(0)], ['one that changes what it takes', z.pipe(z.string(), z.transform((text: string) => text.trim())), ' a'], ['one that turns what it takes into a number', z.coerce.number(), 1],
    ['a check that changes the value', z.string().check(z.trim()), ' a'], ['several objects to choose from', z.union([z.object({}), z.object({ a: z.string() })]), { a: 'b' }], ['a field that is filled in', z.object({ a: z._default(z.string(), 'b') }), {}],
    ['a field that is left out', z.object({}), { a: 1 }], ['an address that is read', z.url(), 'https://a.example'], ['a set of keys', z.record(z.enum(['a']), z.string()), { a: 'b' }],
  ])('leaves %s to the schema', (_, schema, value) => {
    expect(surelyFits(schema)(value)).toBe(false);
  });
});
