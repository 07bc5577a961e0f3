import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textMessage, type Message } from '../../../contract/model/message.ts';
import { comparable } from '../../../main/core/engine/tools/addresses.ts';
import { addressesIn, addressesKnown } from '../../../main/core/engine/tools/index.ts';

const PAGE = 'example.com/a/b?c=d';

describe('A9 addresses that no model made up', () => {
  it.each([
    `Read https://${PAGE}`, `Read http://${PAGE}#part, please.`, `(see https://${PAGE})`, `[here](https://${PAGE}).`, `"https://${PAGE}"`, `<https://${PAGE}>`, `**https://${PAGE}**`, `https://${PAGE}!`,
    `It is ${PAGE}, I think.`, `HTTPS://EXAMPLE.com/a/b?c=d`, `one\nhttps://${PAGE}\ntwo`,
  ])('are found in: %s', (text) => { expect(addressesIn(text)).toContain(PAGE); });

  it('may lack their scheme and their path', () => {
    expect(addressesIn('What does example.com say?')).toContain('example.com/');
    expect(addressesIn('Look at sub.example.co.uk:8443.')).toContain('sub.example.co.uk:8443/');
    expect(addressesIn('nothing here, a.b. 3.14 and more … e.g. this')).toEqual([]);
  });

  it('are others with one letter more, and none with a user', () => {
    const known = new Set(addressesIn(`https://${PAGE}`));
    for (const other of [`https://${PAGE}e`, `https://${PAGE}&e=f`, 'https://example.com/a/b', 'https://example.com/', 'https://x.example.com/a/b?c=d', 'https://example.com:8443/a/b?c=d', 'https://example.com/a/B?c=d']) expect([other, known.has(comparable(other) ?? '')]).toEqual([other, false]);
    expect(comparable(`https://secret@${PAGE}`)).toBeUndefined();
    expect(addressesIn(`https://secret@${PAGE}`)).toEqual([]);
  });

  it('come from the person and from searches, and from nobody else', () => {
    const call = (id: string, tool: string, content: string): Message[] => [
      { role: 'assistant', parts: [{ type: 'text', text: 'https://model.example/' }, { type: 'tool_call', id, tool, name: 'web_search', arguments: {} }] },
      { role: 'tool', parts: [{ type: 'tool_result', callId: id, name: 'web_search', content, isError: false }] },
    ];
    const results = (url: string): string => JSON.stringify({ results: [{ title: 'https://title.example/', url, text: 'https://text.example/' }] });
    expect(addressesKnown([
      textMessage('user', '> the model said https://quoted.example/\nRead https://mine.example/'), ...call('h1', 'builtin.web_search@c1', results('https://found.example/x')),
      ...call('h2', 'dev.test.evil/web_search', results('https://plugin.example/')), ...call('h3', 'builtin.web_fetch', results('https://page.example/')), ...call('h4', 'builtin.web_search@c1', '{"results":[{"url": "https://cut.exa'),
    ])).toEqual(['mine.example/', 'found.example/x']);
  });

  it('never throw, and take long texts in their stride', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => { addressesIn(text); }));
    fc.assert(fc.property(fc.webUrl({ withQueryParameters: true }).filter((url) => !url.includes("'")), (url) => { expect(addressesIn(`See ${url} there`)).toContain(comparable(url)); }));
    for (const text of ['a'.repeat(1e6), 'a.'.repeat(5e5), 'http://'.repeat(1e5), '.'.repeat(1e6)]) {
      const began = process.cpuUsage().user;
      addressesIn(text);
      expect(process.cpuUsage().user - began).toBeLessThan(2_000_000);
    }
  });
});
