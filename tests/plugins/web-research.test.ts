import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { cleanUrl } from '../../plugins/http-tools/src/addresses.ts';
import { planRetry } from '../../plugins/http-tools/src/retry.ts';
import { extractLinks } from '../../plugins/text-toolkit/src/extract.ts';
import { pluginUnderTest, type Host, type PluginUnderTest } from './plugin-under-test.ts';

let plugin: PluginUnderTest;
beforeAll(async () => { plugin = await pluginUnderTest('web-research'); });
afterAll(() => plugin.stop());

const PAGE = `<!doctype html><html><head><title>Ada Lovelace - Wikipedia</title><script>steal()</script><style>p{}</style></head><body>
<nav><a href="/menu">Menu</a></nav><main><h1>Ada Lovelace</h1><p>Ada <b>Lovelace</b> was a mathematician&nbsp;&amp; writer.<sup>[1]</sup></p>
<!-- <p>hidden</p> --><ul><li>Born 10&#160;December 1815</li><li><a href="/wiki/Charles_Babbage#Life">Babbage</a> <a href="javascript:x()">bad</a></li></ul>
<script>var a = "<p>not read</p>";</script></main><footer>Imprint</footer></body></html>`;

/** Answers every address with one page and remembers what was asked. */
function web(body: string, more: Record<string, unknown> = {}): { host: Host; asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = [];
  return { asked, host: { fetch: (args) => { asked.push(args); return { url: args['url'], status: 200, statusText: 'OK', headers: [['content-type', 'text/html; charset=UTF-8']], redirected: false, encoding: 'utf8', body, ...more }; } } };
}

describe('web-research', () => {
  it('asks for Wikipedia, the text tools and those for addresses, and nothing else', () => {
    expect(permissionsOf(plugin.archive.manifest).map(({ key }) => key)).toEqual(['network:*.wikipedia.org', 'tools:dev.troupe.text-toolkit/*', 'tools:dev.troupe.http-tools/*']);
  });
  it('reads a page as a person does, and runs nothing of it', async () => {
    const { host, asked } = web(PAGE);
    expect(await plugin.call('fetch_page', { url: 'https://en.wikipedia.org/wiki/Ada_Lovelace' }, host)).toEqual({
      url: 'https://en.wikipedia.org/wiki/Ada_Lovelace', title: 'Ada Lovelace', truncated: false,
      text: '# Ada Lovelace\nAda Lovelace was a mathematician & writer.\n- Born 10 December 1815\n- Babbage bad',
      links: [{ url: 'https://en.wikipedia.org/wiki/Charles_Babbage', label: 'Babbage' }],
    });
    expect(asked[0]).toMatchObject({ method: 'GET' });
  });
  it('cuts a long page at the end of a line', async () => {
    const { host } = web(`<main>${'<p>A sentence of some length.</p>'.repeat(50)}</main>`);
    const page = await plugin.call('fetch_page', { url: 'https://en.wikipedia.org/wiki/X', max_characters: 200 }, host);
    expect(page['truncated']).toBe(true);
    expect(String(page['text'])).toMatch(/length\.$/u);
    expect(String(page['text']).length).toBeLessThanOrEqual(200);
  });
  it('survives pages that are no pages', async () => {
    for (const body of ['', '<', '<main><p>open', '<a href="::::">x</a>', '&#0;&#xFFFFFF;&nope;', '<script>'.repeat(2000)]) {
      expect(await plugin.call('fetch_page', { url: 'https://en.wikipedia.org/wiki/X' }, web(body).host), body.slice(0, 20)).toMatchObject({ title: '' });
    }
  });
  it.each([
    ['an address that is not https', 'http://en.wikipedia.org/', {}],
    ['no address', 'not an address', {}],
    ['a missing page', 'https://en.wikipedia.org/wiki/X', { status: 404 }],
    ['an image', 'https://en.wikipedia.org/x.png', { headers: [['content-type', 'image/png']] }],
  ])('refuses %s', async (_, url, answer) => {
    await expect(plugin.call('fetch_page', { url }, web('', answer).host)).rejects.toMatchObject({ code: 'sandbox/plugin-threw' });
  });
  it('says which permission is missing when it is offline', async () => {
    await expect(plugin.call('fetch_page', { url: 'https://en.wikipedia.org/wiki/X' })).rejects.toMatchObject({ code: 'sandbox/plugin-threw', details: { code: 'permission/denied' } });
  });
  it('searches Wikipedia in the language that is set', async () => {
    const { host, asked } = web(JSON.stringify({ query: { search: [{ title: 'Ada Lovelace', snippet: '<span class="searchmatch">Ada</span> &amp; more', wordcount: 12 }, { title: 'AC/DC?' }] } }), { headers: [['content-type', 'application/json']] });
    expect(await plugin.call('search_wikipedia', { query: 'ada & babbage', limit: 2 }, host, { language: 'de' })).toEqual({ results: [
      { title: 'Ada Lovelace', url: 'https://de.wikipedia.org/wiki/Ada_Lovelace', snippet: 'Ada & more', words: 12 },
      { title: 'AC/DC?', url: 'https://de.wikipedia.org/wiki/AC%2FDC%3F', snippet: '', words: 0 }] });
    expect(asked[0]?.['url']).toBe('https://de.wikipedia.org/w/api.php?action=query&list=search&format=json&srlimit=2&srsearch=ada+%26+babbage');
    await expect(plugin.call('search_wikipedia', { query: 'x' }, host, { language: 'evil.example/' })).rejects.toMatchObject({ code: 'sandbox/plugin-threw' });
  });
  it('writes citations from what it is given', async () => {
    const source = { title: 'Sketch of the [Engine]', url: 'https://example.com/a(b)', author: 'Ada Lovelace', published: '1843' };
    expect(await plugin.call('format_citation', { ...source, number: 3, accessed: '2026-11-21' })).toEqual({ citation: '[3] Ada Lovelace, Sketch of the [Engine], 1843, https://example.com/a(b), read 2026-11-21' });
    expect(await plugin.call('format_citation', { ...source, style: 'markdown' })).toEqual({ citation: '[Sketch of the \\[Engine\\]](https://example.com/a%28b%29)' });
    expect(await plugin.call('format_citation', { ...source, style: 'bibtex' })).toEqual({ citation: '@misc{lovelace1843,\n  title = {Sketch of the [Engine]},\n  author = {Ada Lovelace},\n  year = {1843},\n  url = {https://example.com/a(b)}\n}' });
  });
  it('has a crew whose tasks pass notes, draft and review on', () => {
    const crew = plugin.archive.documents.crews.get('research-crew');
    expect(Object.keys(crew?.agents ?? {})).toEqual(['researcher', 'writer', 'reviewer']);
    expect(crew?.tasks.map(({ name, agent, context }) => [name, agent, context])).toEqual([['notes', 'researcher', undefined], ['draft', 'writer', ['notes']], ['review', 'reviewer', ['notes', 'draft']], ['report', 'writer', ['notes', 'draft', 'review']]]);
    const used = new Set(crew?.tasks.flatMap((task) => [...task.description.matchAll(/\{(\w+)\}/gu)].map((match) => match[1])));
    expect([...used].sort()).toEqual(Object.keys(crew?.inputs ?? {}).sort());
  });

  it('lists each source once, under a clean address, by the tools of two others', async () => {
    const called: string[] = [];
    const host: Host = { 'tools.call': ({ name, input }) => {
      called.push(String(name));
      const given = input as never;
      return name === 'dev.troupe.text-toolkit/extract_links' ? extractLinks(given) : cleanUrl(given);
    } };
    const text = '- Harbours freeze [1] https://a.example/winter-ports?utm_source=mail\n- They thaw, see [A. Lind](https://b.example/x?id=2).\n- Again https://a.example/winter-ports.';
    expect(await plugin.call('list_sources', { text }, host)).toEqual({ repeated: 1, sources: [
      { number: 1, url: 'https://a.example/winter-ports', citation: '[1] winter ports, a.example, https://a.example/winter-ports' },
      { number: 2, url: 'https://b.example/x?id=2', citation: '[2] A. Lind, https://b.example/x?id=2' },
    ] });
    expect(called).toHaveLength(4);
    await expect(plugin.call('list_sources', { text })).rejects.toMatchObject({ code: 'sandbox/plugin-threw' });
  });
  it('asks a busy site once more when HTTP Tools says so, and not without it', async () => {
    let asked = 0;
    const slept: unknown[] = [];
    const busy: Host = { fetch: (args) => { asked += 1; return { url: args['url'], status: asked === 1 ? 503 : 200, statusText: '', headers: [['content-type', 'text/html'], ['retry-after', '2']], redirected: false, encoding: 'utf8', body: PAGE }; }, sleep: (args) => { slept.push(args); return null; } };
    expect(await plugin.call('fetch_page', { url: 'https://en.wikipedia.org/wiki/A' }, { ...busy, 'tools.call': ({ input }) => planRetry(input as never) })).toMatchObject({ title: 'Ada Lovelace' });
    expect([asked, slept.length]).toEqual([2, 1]);
    asked = 0;
    await expect(plugin.call('fetch_page', { url: 'https://en.wikipedia.org/wiki/A' }, busy)).rejects.toThrow(/503/);
    expect(asked).toBe(1);
  });
});
