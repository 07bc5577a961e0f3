import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createValidator } from '../../../main/core/engine/tools/index.ts';

const validator = createValidator();
const problem = (schema: Record<string, unknown>, value: unknown): string | undefined => validator.problem(schema, value);

describe('tool arguments against schemas from outside', () => {
  it('says where and what, in one sentence', () => {
    const schema = { type: 'object', required: ['name'], additionalProperties: false, properties: { name: { type: 'string', pattern: '^[a-z]+$' }, kind: { enum: ['a', 'b'] }, other: { pattern: '^[0-9]+$' } } };
    expect(problem(schema, { name: 'abc', kind: 'a', other: '12' })).toBeUndefined();
    expect(problem(schema, { name: 'ABC' })).toContain('/name must match pattern');
    expect(problem(schema, { name: 'abc', other: 'x' })).toContain('/other must match pattern');
    expect(problem(schema, { name: 'abc', kind: 'c' })).toContain('["a","b"]');
    expect(problem(schema, { name: 'abc', more: 1 })).toContain('"more" is not known');
    expect(problem(schema, {})).toContain('name');
  });

  it('runs patterns in linear time', () => {
    const began = performance.now();
    expect(problem({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`)).toContain('pattern');
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it('stops a schema that would have to be checked for ever', () => {
    const down = { properties: { x: { $ref: '#/$defs/a' } } };
    let value: unknown = {};
    for (let depth = 0; depth < 60; depth += 1) value = { x: value };
    const began = performance.now();
    expect(() => problem({ $ref: '#/$defs/a', $defs: { a: { allOf: [down, down] } } }, value)).toThrow(expect.objectContaining({ code: 'tools/bad-arguments' }));
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('refuses what is too deep or too large before it looks at it, and schemas that it cannot use', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(problem({}, deep)).toContain('nested deeper');
    expect(problem({}, 'x'.repeat(1_100_000))).toContain('characters');
    expect(problem({ allOf: [{ $ref: '#' }] }, {})).toContain('nested too deeply');
    const list = { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false };
    expect([problem(list, { next: { next: {} } }), problem(list, { next: { other: 1 } })]).toEqual([undefined, expect.stringContaining('other')]);
    const unusable = expect.objectContaining({ code: 'tools/failed' });
    expect(() => problem({ type: 'string', pattern: '(?=a)' }, 'a')).toThrow(unusable);
    expect(() => problem({ $ref: 'https://example.com/x.json' }, 1)).toThrow(unusable);
    expect(() => problem({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, {})).toThrow(unusable);
    expect(() => problem({ type: 5 }, 1)).toThrow(unusable);
    expect(() => problem({ enum: ['x'.repeat(300_000)] }, 1)).toThrow(unusable);
  });

  it('takes drafts 7 and 2020-12, and plugins that give different schemas the same name', () => {
    expect(problem({ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }, { type: 'number' }] }, ['a', 'b'])).toContain('/1 must be number');
    expect(problem({ $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'string' }, { type: 'number' }] }, ['a', 'b'])).toContain('/1 must be number');
    expect(problem({ $id: 'https://example.com/same', type: 'string' }, 1)).toContain('must be string');
    expect(problem({ $id: 'https://example.com/same', type: 'number' }, 'x')).toContain('must be number');
  });

  it('finds repeated items as JSON sees them', () => {
    fc.assert(fc.property(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 6 }), (items) => {
      const normal = JSON.parse(JSON.stringify(items)) as unknown[];
      const doubled = [...normal, normal[0] ?? 'x', normal[0] ?? 'x'];
      expect(problem({ uniqueItems: true }, doubled)).toContain('twice');
    }));
    expect(problem({ uniqueItems: true }, [{ a: 1, b: 2 }, { b: 2, a: 1 }])).toContain('twice');
    expect(problem({ uniqueItems: true }, [1, '1', [1], { a: 1 }])).toBeUndefined();
  });
});
