import { connect as connectTcp, type AddressInfo } from 'node:net';
import { createServer, type Server, type ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectTarget } from '../../../main/core/base/http/index.ts';
import { createPageReader } from '../../../main/core/engine/tools/builtin/page-reader.ts';
import { readPage } from '../../../main/core/engine/tools/builtin/page-text.ts';
import { webFetch } from '../../../main/core/engine/tools/builtin/web-fetch.ts';
import type { ToolCallContext } from '../../../main/core/engine/tools/index.ts';
import { openConnected, type Connected } from './connected.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = { 'news.example': ['93.184.216.34'], 'inner.example': ['10.0.0.8'], 'both.example': ['93.184.216.34', '127.0.0.1'] };
const reached: ConnectTarget[] = [];
let at: Connected;
let server: Server;
let answer: (url: string, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => { answer(request.url ?? '', response); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  // Every public address is this server; what was refused is never reached for.
  const connect = async (target: ConnectTarget) => {
    reached.push(target);
    const socket = connectTcp((server.address() as AddressInfo).port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => { socket.once('connect', resolve).once('error', reject); });
    return socket;
  };
  at = await openConnected({ connect, lookup: (host) => Promise.resolve(NAMES[host] ?? []) });
});
beforeEach(() => { reached.length = 0; });
afterEach(() => at.clear());
afterAll(async () => { await at.close(); server.closeAllConnections(); await new Promise((resolve) => { server.close(resolve); }); });

const page = (body: string, type = 'text/html; charset=utf-8', status = 200) => { answer = (_url, response) => { response.writeHead(status, { 'content-type': type }).end(body); }; };
const fetchPage = (url = 'http://news.example/a/b.html', signal?: AbortSignal) => at.use('builtin.web_fetch', { url }, signal);
const WORDS = 'Blue whales are the largest animals that have ever lived on this planet, as far as anybody knows. '.repeat(6);

describe('A9 web pages', () => {
  it('tells the article with its headings, lists and links, and nothing of the menus around it', async () => {
    page(`<!doctype html><html><head><title>Whales &amp; more</title><script>alert('script')</script><style>p{}</style></head><body><nav><a href="/menu">Menu entry</a></nav><article><h2>Size</h2><p>${WORDS}</p><ul><li>long</li><li>heavy <a href="../c?d=1">than a house</a></li></ul><pre>a  b
c</pre><p>${WORDS} <a href="javascript:alert(1)">bad</a></p></article><footer>Imprint</footer></body></html>`);
    const { output } = await fetchPage() as { output: { text: string } };
    expect(output).toMatchObject({ url: 'http://news.example/a/b.html', title: 'Whales & more', type: 'text/html', links: [{ text: 'than a house', url: 'http://news.example/c?d=1' }], cut: false });
    expect(output.text).toMatch(/^## Size\n\nBlue whales/);
    expect(output.text).toContain('\n- long\n- heavy than a house\n\n```\na  b\nc\n```');
    expect(output.text).not.toMatch(/alert|Menu entry|Imprint/);
    expect(at.questions.map(({ toolId }) => toolId)).toEqual(['builtin.web_fetch']);
    expect(reached.map(({ addresses }) => addresses)).toEqual([['93.184.216.34']]);
    expect(at.told.map(({ action, subject, outcome }) => [action, subject, outcome])).toContainEqual(['host_reached', 'GET news.example', 'done']);
  });

  it('tells a page without an article whole, and text and JSON as they are', async () => {
    page('<p>One</p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>');
    expect((await fetchPage()).output).toMatchObject({ text: 'One\n\na | b\n1 | 2' });
    page('{"a": 1}', 'application/json');
    expect((await fetchPage()).output).toMatchObject({ text: '{"a": 1}', type: 'application/json', title: '' });
    answer = (_url, response) => { response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from([0x63, 0xe9])); };
    expect((await fetchPage()).output).toMatchObject({ text: 'cé' });
    page('%PDF', 'application/pdf');
    expect((await fetchPage()).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('application/pdf') as string });
    page('gone', 'text/html', 404);
    expect((await fetchPage()).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('404') as string });
  });

  it.each(['http://127.0.0.1:9/', 'http://localhost/', 'http://[::1]/', 'http://10.1.2.3/', 'http://169.254.169.254/latest/meta-data/', 'http://0x7f.1/', 'http://inner.example/', 'http://both.example/', 'http://[::ffff:127.0.0.1]/'])('never reaches %s', async (url) => {
    expect((await fetchPage(url)).error).toMatchObject({ code: 'permission/denied' });
    expect(reached).toEqual([]);
  });

  it('follows a redirect to another public host and to no private one', async () => {
    answer = (url, response) => { response.writeHead(302, { location: url === '/in' ? 'http://inner.example/' : 'http://127.0.0.1:80/' }).end(); };
    for (const url of ['http://news.example/in', 'http://news.example/here']) expect((await fetchPage(url)).error).toMatchObject({ code: 'permission/denied' });
    expect(reached).toHaveLength(2);
  });

  it.each(['file:///etc/passwd', 'ftp://news.example/', 'news', 'http://me:secret@news.example/'])('refuses %s', async (url) => {
    expect((await fetchPage(url)).error?.code).toMatch(/bad-arguments|bad-input/);
    expect(reached).toEqual([]);
  });

  it('is not there for an agent that was not given it', async () => {
    expect(await at.toolsOf('builtin.calculator')).toHaveLength(1);
    expect((await at.toolsOf('builtin.web_fetch')).map(({ id, effect }) => [id, effect])).toEqual([['builtin.web_fetch', 'read']]);
  });
});

describe('A9 web pages that hurt', () => {
  it('ends a page that is larger than may come, and one that has no end', async () => {
    page('x'.repeat(6 * 1024 * 1024));
    expect((await fetchPage()).error).toMatchObject({ message: expect.stringContaining('bytes that may come') as string });
    let sent = 0;
    answer = (_url, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      const more = (): void => { while (sent < 50e6 && !response.destroyed) { sent += 65_536; if (!response.write('<p>'.repeat(21_845))) { response.once('drain', more); return; } } };
      more();
    };
    expect((await fetchPage()).error).toMatchObject({ message: expect.stringContaining('bytes that may come') as string });
    expect(sent).toBeLessThan(50e6);
  });

  it('ends a page that drips, in time and with the run', async () => {
    answer = (_url, response) => { response.writeHead(200, { 'content-type': 'text/html' }).write('<p>'); };
    const tool = webFetch({ http: at.http, callMs: 150 });
    const call = { signal: new AbortController().signal, session: { context: { run: {} } } } as unknown as ToolCallContext;
    await expect(tool.run({ url: 'http://news.example/' }, call)).rejects.toMatchObject({ code: 'core/timeout' });
    const stop = new AbortController();
    setTimeout(() => { stop.abort(new Error('stopped')); }, 50);
    await expect(fetchPage('http://news.example/', stop.signal)).rejects.toThrow('stopped');
  });

  it('reads what is nested 5,000 deep, which weighing it would not in a day', async () => {
    page(`${'<div>'.repeat(5_000)}deep words`);
    expect((await fetchPage()).output).toMatchObject({ text: 'deep words' });
  });

  it('ends a page that takes too long to take apart', async () => {
    const read = createPageReader(1);
    await expect(read({ html: '<p>'.repeat(100_000), address: 'http://news.example/', maxText: 1000 }, new AbortController().signal)).rejects.toMatchObject({ code: 'tools/failed', message: expect.stringContaining('took longer') as string });
  });

  it('tells some text of whatever is called a page', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('<p>', '</p>', '<a href="', '">', '<table>', '<td', '<!--', '-->', '<ul><li>', '</ul>', '<script>', '</script>', '<base href="x:">', '&amp;', '<svg><title>', '<template>', '</html>'));
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { text, links } = readPage(pieces.join(''), 'http://news.example/', 1000);
      expect(text).toBe(text.trim());
      for (const { url } of links) expect(url).toMatch(/^https?:/);
    }), { numRuns: 60 });
  });
});
