import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareTexts } from '../../plugins/text-toolkit/src/diff.ts';
import { findReplace } from '../../plugins/text-toolkit/src/replace.ts';
import { summarize } from '../../plugins/text-toolkit/src/summary.ts';
import { sentencesOf } from '../../plugins/text-toolkit/src/words.ts';
import { pluginUnderTest, type PluginUnderTest } from './plugin-under-test.ts';

let plugin: PluginUnderTest;
beforeAll(async () => { plugin = await pluginUnderTest('text-toolkit'); });
afterAll(() => plugin.stop());

const ARTICLE = 'Heat pumps move heat instead of making it. A heat pump takes heat from the air or the ground. It needs electricity for its compressor. '
  + 'Dr. Miller, who owns two, says that they are quiet. In winter the air holds less heat, so the pump works harder. My cousin likes cats. A good heat pump gives three units of heat for each unit of electricity.';

describe('text-toolkit', () => {
  it('word_count counts as people do', async () => {
    expect(await plugin.call('word_count', { text: 'Don\'t panic: it\'s well-known.\n\nZwei Wörter 42!' })).toEqual({ words: 7, characters: 46, characters_without_spaces: 39, sentences: 2, lines: 3, paragraphs: 2, reading_minutes: 0 });
    expect(await plugin.call('word_count', { text: '' })).toMatchObject({ words: 0, lines: 0, paragraphs: 0, sentences: 0 });
    expect(await plugin.call('word_count', { text: '👍🏽 日本語' })).toMatchObject({ words: 1 });
  });
  it('summarize quotes the sentences that matter, in their order', async () => {
    const { summary, sentences_kept: kept, sentences_total: total } = await plugin.call('summarize', { text: ARTICLE, sentences: 3 });
    expect([kept, total]).toEqual([3, 7]);
    expect(summary).toBe('Heat pumps move heat instead of making it. In winter the air holds less heat, so the pump works harder. A good heat pump gives three units of heat for each unit of electricity.');
    expect(await plugin.call('summarize', { text: '' })).toEqual({ summary: '', sentences_kept: 0, sentences_total: 0 });
  });
  it('summarize makes nothing up', () => {
    fc.assert(fc.property(fc.array(fc.lorem({ maxCount: 1, mode: 'sentences' }), { maxLength: 12 }), fc.integer({ min: 1, max: 6 }), (sentences, wanted) => {
      const text = sentences.join(' ');
      const { summary, sentences_kept: kept } = summarize({ text, sentences: wanted });
      expect(kept).toBe(Math.min(wanted, sentencesOf(text).length));
      for (const sentence of sentencesOf(summary)) expect(text).toContain(sentence);
    }));
  });
  it('keywords leaves out what says nothing', async () => {
    const { keywords } = await plugin.call('keywords', { text: ARTICLE, limit: 3 });
    expect(keywords).toEqual([{ word: 'heat', count: 7 }, { word: 'pump', count: 4 }, { word: 'air', count: 2 }]);
  });
  it('find_replace replaces and counts', async () => {
    expect(await plugin.call('find_replace', { text: 'a.b.c', find: '.', replace: '$&-' })).toEqual({ text: 'a$&-b$&-c', replaced: 2 });
    expect(await plugin.call('find_replace', { text: 'Jan 5, jan 6', find: 'jan (\\d)', replace: '$1 January', regular_expression: true, ignore_case: true })).toEqual({ text: '5 January, 6 January', replaced: 2 });
    await expect(plugin.call('find_replace', { text: 'x', find: '(', replace: '', regular_expression: true })).rejects.toMatchObject({ code: 'sandbox/plugin-threw' });
  });
  it('find_replace undone gives the text back', () => {
    fc.assert(fc.property(fc.string(), fc.string({ minLength: 1 }), (text, find) => {
      const mark = '\u0000mark\u0000';
      fc.pre(!text.includes(mark) && !find.includes('mark'));
      expect(findReplace({ text: findReplace({ text, find, replace: mark }).text, find: mark, replace: find }).text).toBe(text);
    }));
  });
  it.each([['Größe & Gewicht: Übersicht', 'groesse-gewicht-uebersicht'], ['  L\'été à Nice  ', 'lete-a-nice'], ['日本語 Text', '日本語-text'], ['!!!', '']])('slugify writes %j as %j', async (text, slug) => {
    expect(await plugin.call('slugify', { text })).toEqual({ slug });
  });
  it('slugify drops whole words', async () => { expect(await plugin.call('slugify', { text: 'one two three', max_length: 8, separator: '_' })).toEqual({ slug: 'one_two' }); });
  it.each([['upper', 'THE PARSED FILENAME'], ['title', 'The Parsed Filename'], ['sentence', 'The parsed filename'], ['camel', 'theParsedFileName'], ['snake', 'the_parsed_file_name'], ['kebab', 'the-parsed-file-name'], ['lower', 'the parsed filename']])('change_case %s', async (style, text) => {
    expect(await plugin.call('change_case', { text: 'the parsed fileName', style })).toEqual({ text });
  });
  it('extracts addresses, each once', async () => {
    expect(await plugin.call('extract_emails', { text: 'Ask ada@example.com, ADA@example.com or <jörg.müller@büro.example>. Not a@b or @x.com.' })).toEqual({ emails: ['ada@example.com', 'jörg.müller@büro.example'], count: 2 });
    expect((await plugin.call('extract_links', { text: 'See https://a.example/x(1). [Docs](https://b.example "Title") and (https://c.example/y), again https://a.example/x(1)!' }))['links']).toEqual([
      { url: 'https://a.example/x(1)', label: null }, { url: 'https://b.example', label: 'Docs' }, { url: 'https://c.example/y', label: null }]);
  });
  it('json_format formats, sorts and says where it breaks', async () => {
    expect(await plugin.call('json_format', { json: '{"b":1,"a":[true]}', sort_keys: true, indent: 0 })).toEqual({ valid: true, formatted: '{"a":[true],"b":1}', error: null, line: null, column: null });
    expect(await plugin.call('json_format', { json: '{\n  "a": 1,\n  b: 2\n}' })).toMatchObject({ valid: false, formatted: null, line: 3, column: 3 });
    expect(await plugin.call('json_format', { json: '['.repeat(100_000) })).toMatchObject({ valid: false });
    expect(await plugin.call('json_format', { json: '{"__proto__": {"x": 1}}', indent: 0, sort_keys: true })).toMatchObject({ formatted: '{"__proto__":{"x":1}}' });
  });
  it('diff shows what changed', async () => {
    expect(await plugin.call('diff', { before: 'a\nb\nc\nd\ne\n', after: 'a\nb\nx\nd\ne\nf\n', context: 1 })).toEqual({ equal: false, added: 2, removed: 1, unified: '@@ -2,4 +2,5 @@\n b\n-c\n+x\n d\n e\n+f' });
    expect(await plugin.call('diff', { before: 'same', after: 'same\n' })).toEqual({ equal: true, added: 0, removed: 0, unified: '' });
  });
  it('diff, applied, gives the later text', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(text, text, (before, after) => {
      const { unified, added, removed } = compareTexts({ before: `${before.join('\n')}\n`, after: `${after.join('\n')}\n`, context: 100 });
      const lines = unified.split('\n').slice(1);
      if (added + removed === 0) expect(before).toEqual(after);
      else expect([lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1)), lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1))]).toEqual([before, after]);
    }), { numRuns: 500 });
  });
  it('diff of long and wholly different texts ends', async () => {
    const lines = (salt: string): string => Array.from({ length: 4000 }, (_, index) => `${salt} ${index}`).join('\n');
    expect(await plugin.call('diff', { before: lines('old'), after: lines('new'), context: 0 })).toMatchObject({ added: 4000, removed: 4000 });
  });
  it('sort_lines sorts and tidies', async () => {
    expect(await plugin.call('sort_lines', { text: 'b\nA\n\nb\na', unique: true })).toEqual({ text: 'A\na\nb', lines: 3, dropped: 2 });
    expect(await plugin.call('sort_lines', { text: 'x 10\nx 9,5\nnone', by: 'number', descending: true })).toMatchObject({ lines: 3 });
    expect(await plugin.call('sort_lines', { text: 'x 10\nx 9,5\nnone', by: 'number' })).toMatchObject({ text: 'x 9,5\nx 10\nnone' });
  });

  it('redacts what points at a person, the same value by the same label, and leaves other numbers', async () => {
    const text = 'Ada <ada@example.com>, +44 20 7946 0958, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, from 192.0.2.7. Again ADA@example.com. Order 4111111111111112 of 2026-11-21, version 1.2.3, 12.500 EUR.';
    expect(await plugin.call('redact', { text })).toMatchObject({ found: 6,
      text: 'Ada <[email 1]>, [phone 1], card [card 1], IBAN [iban 1], from [ip 1]. Again [email 1]. Order 4111111111111112 of 2026-11-21, version 1.2.3, 12.500 EUR.' });
    expect(await plugin.call('redact', { text: '1.23.4.5 is not 12.3.4.5, a.b@c.example not ab@c.example, +44 20 7946 0958 is +44-20-7946-0958.' })).toMatchObject({ text: '[ip 1] is not [ip 2], [email 1] not [email 2], [phone 1] is [phone 1].' });
    expect(await plugin.call('redact', { text: 'a@b.example, 192.0.2.7', kinds: ['ip'] })).toEqual({ text: 'a@b.example, [ip 1]', found: 1, counts: [{ kind: 'ip', found: 1, distinct: 1 }] });
  });
});
