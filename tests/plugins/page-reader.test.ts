import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { quotesIn } from '../../plugins/page-reader/src/quotes.ts';
import { pluginUnderTest, type Host, type PluginUnderTest } from './plugin-under-test.ts';

let plugin: PluginUnderTest;
beforeAll(async () => { plugin = await pluginUnderTest('page-reader'); });
afterAll(() => plugin.stop());

const TEXT = `# The harbour

The harbour opens in May. It has room for forty boats.

## Prices

Boats pay by the metre. A night costs 12 euros, and a week costs 70 euros.

- Dogs are welcome.
- Water and power are included.

## How to come

Take the train to Lindau. The harbour is ten minutes from the station.`;
const asked: unknown[] = [];
const host: Host = { 'tools.call': (call) => { asked.push(call); return { url: 'https://example.com/harbour', title: 'The harbour of Lindau', type: 'text/html', text: TEXT, links: [{ text: 'Trains', url: 'https://example.com/trains' }], cut: true }; } };

describe('page-reader', () => {
  it('asks for the tool that reads public pages, and nothing else', () => {
    expect(permissionsOf(plugin.archive.manifest).map(({ key }) => key)).toEqual(['tools:builtin.web_fetch']);
  });

  it('reads a page by its address, and a text that was pasted without any address', async () => {
    expect(await plugin.call('read_page', { url: ' https://example.com/harbour ', max_characters: 200 }, host)).toMatchObject({
      title: 'The harbour of Lindau', url: 'https://example.com/harbour', words: 54, reading_minutes: 0.2, truncated: true, links: [{ text: 'Trains' }],
      outline: [{ level: 1, heading: 'The harbour' }, { level: 2, heading: 'Prices' }, { level: 2, heading: 'How to come' }], text: TEXT.slice(0, 200),
    });
    expect(asked).toEqual([{ name: 'builtin.web_fetch', input: { url: 'https://example.com/harbour' } }]);
    expect(await plugin.call('read_page', { text: TEXT })).toMatchObject({ title: 'The harbour', url: null, truncated: false });
    await expect(plugin.call('read_page', {})).rejects.toThrow(/An address or a text was expected/u);
    await expect(plugin.call('read_page', { url: 'https://example.com/' })).rejects.toMatchObject({ details: { code: 'permission/denied' } });
  });

  it('sums up in sentences that stand there', async () => {
    const { summary, ...counts } = await plugin.call('summarize_page', { text: TEXT, sentences: 2 });
    expect(counts).toMatchObject({ sentences_kept: 2, sentences_total: 8, title: 'The harbour', keywords: expect.arrayContaining(['harbour', 'boats']) as string[] });
    expect(summary).not.toContain('#');
    for (const sentence of String(summary).split(/(?<=\.) /u)) expect(TEXT).toContain(sentence);
    expect(await plugin.call('summarize_page', { text: '- Tea\n- Milk\n- Bread and butter', sentences: 1 })).toMatchObject({ sentences_total: 3 });
  });

  it('answers with quotes and where they stand, and says what the text does not tell', async () => {
    expect(await plugin.call('find_quotes', { question: 'What does a week cost?', text: TEXT, limit: 1 })).toEqual({ quotes: [{ quote: 'A night costs 12 euros, and a week costs 70 euros.', heading: 'Prices', score: 100 }], missing: [] });
    expect(await plugin.call('find_quotes', { question: 'Are dogs welcome?', text: TEXT, limit: 1 })).toMatchObject({ quotes: [{ quote: 'Dogs are welcome.', heading: 'Prices' }] });
    expect(await plugin.call('find_quotes', { question: 'Is there a swimming pool?', text: TEXT })).toMatchObject({ quotes: [], missing: ['swimm', 'pool'] });
  });

  it('tells quotes that stand there from those that nearly do and those that were made up', async () => {
    expect(await plugin.call('check_quotes', { text: TEXT, quotes: ['“The harbour opens  in May.”', 'Take the train … ', 'A night costs 15 euros, and a week costs 70 euros.', 'The harbour has a swimming pool.'] })).toEqual({ all_exact: false, checked: [
      { quote: '“The harbour opens  in May.”', found: 'exact', stands: null }, { quote: 'Take the train … ', found: 'exact', stands: null },
      { quote: 'A night costs 15 euros, and a week costs 70 euros.', found: 'nearly', stands: 'A night costs 12 euros, and a week costs 70 euros.' }, { quote: 'The harbour has a swimming pool.', found: 'no', stands: null },
    ] });
    expect(await plugin.call('check_quotes', { url: 'https://example.com/harbour', quotes: ['Dogs are welcome.'] }, host)).toMatchObject({ all_exact: true });
  });

  it('never quotes what does not stand there', () => {
    const word = fc.stringMatching(/^[a-z]{2,8}$/u);
    const sentence = fc.array(word, { minLength: 2, maxLength: 8 }).map((words) => `${words.join(' ')}.`);
    fc.assert(fc.property(fc.array(fc.oneof(sentence, sentence.map((text) => `- ${text}`), word.map((text) => `## ${text}`)), { maxLength: 12 }), fc.array(word, { minLength: 1, maxLength: 4 }), (lines, question) => {
      const text = lines.join('\n');
      for (const { quote, score } of quotesIn(text, question.join(' '), 5)) {
        expect(text.replace(/\s+/gu, ' ').replaceAll('- ', '')).toContain(quote.replaceAll('- ', ''));
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(100);
      }
    }));
  });
});
