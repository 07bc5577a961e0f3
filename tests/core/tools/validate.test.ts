import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createValidator } from '../../../main/core/engine/tools/index.ts';

const validator = createValidator();
afterAll(() => validator.stop());
const problem = (schema: Record<string, unknown>, value: unknown): Promise<string | undefined> => validator.problem(schema, value);

describe('tool arguments against schemas from outside', () => {
  it('says where and what, in one sentence', async () => {
    const schema = { type: 'object', required: ['name'], additionalProperties: false, properties: { name: { type: 'string', pattern: '^[a-z]+$' }, kind: { enum: ['a', 'b'] }, other: { pattern: '^[0-9]+$' } } };
    expect(await problem(schema, { name: 'abc', kind: 'a', other: '12' })).toBeUndefined();
    expect(await problem(schema, { name: 'ABC' })).toContain('/name must match pattern');
    expect(await problem(schema, { name: 'abc', other: 'x' })).toContain('/other must match pattern');
    expect(await problem(schema, { name: 'abc', kind: 'c' })).toContain('["a","b"]');
    expect(await problem(schema, { name: 'abc', more: 1 })).toContain('"more" is not known');
    expect(await problem(schema, {})).toContain('name');
  });

  it('runs patterns in linear time', async () => {
    const began = performance.now();
    expect(await problem({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`)).toContain('pattern');
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it('stops a schema that would have to be checked for ever', async () => {
    const down = { properties: { x: { $ref: '#/$defs/a' } } };
    let value: unknown = {};
    for (let depth = 0; depth < 60; depth += 1) value = { x: value };
    const began = performance.now();
    await expect(problem({ $ref: '#/$defs/a', $defs: { a: { allOf: [down, down] } } }, value)).rejects.toEqual(expect.objectContaining({ code: 'tools/bad-arguments' }));
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('refuses what is too deep or too large before it looks at it, and schemas that it cannot use', async () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(await problem({}, deep)).toContain('nested deeper');
    expect(await problem({}, 'x'.repeat(1_100_000))).toContain('characters');
    expect(await problem({ allOf: [{ $ref: '#' }] }, {})).toContain('nested too deeply');
    const list = { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false };
    expect([await problem(list, { next: { next: {} } }), await problem(list, { next: { other: 1 } })]).toEqual([undefined, expect.stringContaining('other')]);
    const unusable = expect.objectContaining({ code: 'tools/failed' });
    await expect(problem({ type: 'string', pattern: '(?=a)' }, 'a')).rejects.toEqual(unusable);
    await expect(problem({ $ref: 'https://example.com/x.json' }, 1)).rejects.toEqual(unusable);
    await expect(problem({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, {})).rejects.toEqual(unusable);
    await expect(problem({ type: 5 }, 1)).rejects.toEqual(unusable);
    await expect(problem({ enum: ['x'.repeat(300_000)] }, 1)).rejects.toEqual(unusable);
  });

  it('compares values by their JSON, whatever their members are called', async () => {
    const odd = { toString: [], valueOf: 1, constructor: { name: 'x' }, hasOwnProperty: null };
    expect(await problem({ const: odd }, structuredClone(odd))).toBeUndefined();
    expect(await problem({ enum: [1, odd] }, structuredClone(odd))).toBeUndefined();
    expect(await problem({ const: odd }, { ...odd, valueOf: 2 })).toContain('constant');
    expect(await problem({ enum: [{ a: 1, b: [2] }] }, { b: [2], a: 1 })).toBeUndefined();
    expect(await problem({ enum: [1, null] }, '1')).toContain('[1,null]');
    expect(await problem({ type: 'array', uniqueItems: true }, [odd, structuredClone(odd)])).toContain('twice');
    await expect(problem({ enum: 'abc' }, 'a')).rejects.toEqual(expect.objectContaining({ code: 'tools/failed' }));
  });

  it('takes drafts 7 and 2020-12, and plugins that give different schemas the same name', async () => {
    expect(await problem({ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }, { type: 'number' }] }, ['a', 'b'])).toContain('/1 must be number');
    expect(await problem({ $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'string' }, { type: 'number' }] }, ['a', 'b'])).toContain('/1 must be number');
    expect(await problem({ $id: 'https://example.com/same', type: 'string' }, 1)).toContain('must be string');
    expect(await problem({ $id: 'https://example.com/same', type: 'number' }, 'x')).toContain('must be number');
  });

  it('finds repeated items as JSON sees them', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 6 }), async (items) => {
      const normal = JSON.parse(JSON.stringify(items)) as unknown[];
      const doubled = [...normal, normal[0] ?? 'x', normal[0] ?? 'x'];
      expect(await problem({ uniqueItems: true }, doubled)).toContain('twice');
    }));
    expect(await problem({ uniqueItems: true }, [{ a: 1, b: 2 }, { b: 2, a: 1 }])).toContain('twice');
    expect(await problem({ uniqueItems: true }, [1, '1', [1], { a: 1 }])).toBeUndefined();
  });
});

describe('I3 schemas from outside and the event loop of the core', () => {
  /** Asks for 2^60 checks. */
  const endless = { $ref: '#/$defs/a', $defs: { a: { allOf: [{ properties: { x: { $ref: '#/$defs/a' } } }, { properties: { x: { $ref: '#/$defs/a' } } }] } } };
  let nested: unknown = {};
  for (let depth = 0; depth < 60; depth += 1) nested = { x: nested };
  const HOSTILE: [string, Record<string, unknown>, unknown][] = [
    ['checks that double at each level', endless, nested],
    ['a pattern that doubles its own size', { type: 'string', pattern: '((((a{1,100}){1,100}){1,100}){1,100})' }, 'a'.repeat(1_000)],
    ['thousands of patterns on a long text', { allOf: Array.from({ length: 2_000 }, (_, index) => ({ pattern: `^(a|b|${index})*c$` })) }, 'ab'.repeat(200_000)],
    ['an enum of many against a large value', { enum: Array.from({ length: 20_000 }, (_, index) => `v${index}`) }, Array.from({ length: 90_000 }, () => 1)],
    ['a list of as many things as may come, each unlike the others', { uniqueItems: true }, Array.from({ length: 90_000 }, (_, index) => [index])],
    ['a thousand schemas in one', { anyOf: Array.from({ length: 4_000 }, (_, index) => ({ type: 'object', required: [`k${index}`] })) }, {}],
  ];

  /** The longest stall of this event loop while `work` ran: what this thread computed, not what other processes took from it. */
  async function stallOf(work: () => Promise<unknown>): Promise<number> {
    const cpu = (): number => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1_000; };
    let [wall, used, worst] = [performance.now(), cpu(), 0];
    const beat = (): void => { const [now, spent] = [performance.now(), cpu()]; worst = Math.max(worst, Math.min(now - wall - 2, spent - used)); [wall, used] = [now, spent]; };
    const timer = setInterval(beat, 2);
    await work();
    beat();
    clearInterval(timer);
    return worst;
  }

  it.each(HOSTILE)('%s: the core is not held up', async (_, schema, value) => {
    await problem({}, 1); // started, and compiled here
    expect(await stallOf(() => problem(schema, value).then(() => undefined, (error: unknown) => { expect(error).toMatchObject({ code: expect.stringMatching(/^tools\//) as string }); }))).toBeLessThan(50);
  });

  it('others are served while one takes its time', async () => {
    await problem({}, 1);
    let fastest = Infinity;
    // Another thread is started at the first time, which takes a while on a busy machine.
    for (let round = 0; round < 6 && fastest > 700; round += 1) {
      const slow = problem(endless, nested).catch(() => undefined);
      const began = performance.now();
      expect(await problem({ type: 'string' }, 1)).toContain('must be string');
      fastest = Math.min(fastest, performance.now() - began);
      await slow;
    }
    expect(fastest).toBeLessThan(700);
  });

  it('costs less than a millisecond a call', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    await problem(schema, { a: 'x' });
    const times: number[] = [];
    for (let round = 0; round < 200; round += 1) {
      const began = performance.now();
      await problem(schema, { a: 'x' });
      times.push(performance.now() - began);
    }
    expect(times.sort((a, b) => a - b)[100]).toBeLessThan(1);
  });

  it('a thread that does not listen is ended, its question fails, and the next is answered by another', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-schema-'));
    const file = path.join(folder, 'stuck.mjs');
    await writeFile(file, 'import { parentPort } from "node:worker_threads"; parentPort.on("message", ({ value }) => { if (value === "1") for (;;); parentPort.postMessage({ problem: value }); }); parentPort.postMessage({ ready: true });');
    const stuck = createValidator(file, 100);
    await expect(stuck.problem({}, 1)).rejects.toMatchObject({ code: 'tools/bad-arguments' });
    expect(await stuck.problem({}, 2)).toBe('2');
    await stuck.stop();
    // Who asks after the end is told so, and never waits for ever.
    await expect(stuck.problem({}, 2)).rejects.toMatchObject({ code: 'tools/failed' });
    await writeFile(file, 'throw new Error("no");');
    const broken = createValidator(file);
    await expect(broken.problem({}, 1)).rejects.toMatchObject({ code: 'tools/failed' });
    await broken.stop();
    await rm(folder, { recursive: true });
  });

  it('memory without end fails its own question and no other', async () => {
    const greedy = createValidator();
    const nest = (text: string): string => `(${text}){1,30}`;
    await expect(greedy.problem({ allOf: Array.from({ length: 50 }, (_, index) => ({ pattern: nest(nest(`a${index}{1,30}`)) })) }, 'a')).rejects.toMatchObject({ code: expect.stringMatching(/^tools\//) as string });
    expect(await greedy.problem({ type: 'string' }, 'a')).toBeUndefined();
    await greedy.stop();
  });
});
