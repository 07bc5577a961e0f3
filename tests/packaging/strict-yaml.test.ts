import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { hasCode } from '../../contract/errors/app-error.ts';
import { readStrictYaml } from '../../packaging/index.ts';
import { problemsIn } from '../support/problems.ts';

const read = (text: string | Uint8Array): unknown => readStrictYaml(text, 'test.yaml');

describe('documents in YAML', () => {
  it('are YAML 1.2 core: no is a word, octal is 0o17, a day is text', () => {
    expect(read('a: no\nb: 0o17\nc: 017\nd: 2026-01-01\ne: ~\nf: [1.5, true]\n"<<": quoted\n')).toEqual({ a: 'no', b: 15, c: 17, d: '2026-01-01', e: null, f: [1.5, true], '<<': 'quoted' });
  });
  it.each([
    ['two documents', 'a: 1\n---\nb: 2', 'it has to be one'],
    ['a directive', '%YAML 1.2\n---\na: 1', 'directive'],
    ['an unknown directive', '%FOO\n---\na: 1', 'directive'],
    ['a tag of its own', 'a: !x b', 'tag'],
    ['a tag of the core', 'a: !!str 1', 'tag'],
    ['the bare tag', 'a: ! b', 'tag'],
    ['an anchor', 'a: &q 1', 'anchor'],
    ['an alias', 'a: &q 1\nb: *q', 'alias'],
    ['a merge key', '<<: { a: 1 }', 'merge key'],
    ['a repeated key', 'a: 1\na: 2', 'unique'],
    ['a number as key', '1: a', 'quotes'],
    ['a list as key', '? [1]\n: 2', 'quotes'],
    ['__proto__', 'a: { __proto__: { admin: true } }', '__proto__'],
    ['an inexact integer', 'a: 9007199254740993', 'too large'],
    ['a huge hexadecimal', 'a: 0x20000000000001', 'too large'],
    ['infinity', 'a: .inf', 'number'],
    ['not a number', 'a: .nan', 'number'],
    ['broken flow', '{ a: b', '}'],
    ['tabs as indentation', 'a:\n\tb: 1', 'line'],
    ['nothing', '', 'empty'],
    ['a comment alone', '# hello', 'empty'],
    ['brackets without end', '['.repeat(60_000), 'test.yaml'],
    ['too much', `a: "${'x'.repeat(256 * 1024)}"`, '262144'],
  ])('refuse %s', (_, text, words) => {
    const problems = problemsIn(() => read(text));
    expect(problems.map((problem) => problem.message).join(' ')).toContain(words);
  });
  it('refuse bytes that are no UTF-8', () => { expect(problemsIn(() => read(Uint8Array.from([0x61, 0x3a, 0x20, 0xc3, 0x28])))[0]?.expected).toBe('UTF-8'); });
  it('name the line', () => { expect(problemsIn(() => read('a: 1\nb: 2\nc: *x\n'))[0]?.message).toContain('line 3'); });
  it('give any JSON back as it was', () => {
    fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'), fc.jsonValue({ maxDepth: 3, noUnicodeString: true } as object)), (value) => {
      const json = JSON.parse(JSON.stringify(value)) as unknown;
      fc.pre(!JSON.stringify(json).includes('__proto__') && !/\d{16}|\de\+?\d\d/.test(JSON.stringify(json)));
      expect(read(stringify(json, { aliasDuplicateObjects: false }))).toEqual(json);
    }));
  });
  it('never throw anything but their own refusal', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', '&', '*', '!', '|', '>', '"', '\'', '%', '#', '?', ',', '\t', '<') })), (text) => {
      try { read(text); } catch (error) { if (!hasCode(error, 'plugins/bad-manifest')) throw error; }
    }), { numRuns: 500 });
  });
});
