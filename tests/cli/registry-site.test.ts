import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { connect as connectTls, type SecureVersion } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveStatic } from '../../main/cli/static-server.ts';
import { escaped, webAddress } from '../../main/cli/registry-site/markup.ts';
import { fingerprintOf } from '../../packaging/index.ts';
import { testRegistry, type PluginSpec, type TestRegistry } from '../core/plugins/registry.ts';
import { selfSigned } from '../support/self-signed.ts';

/** What a record may try, in every field that takes it. */
const ATTACKS = [
  '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'><svg onload=alert(1)>", '</title><script>alert(1)</script>', '<!--><script>alert(1)</script>', ']]><script>alert(1)</script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;', '&#x3c;script&#x3e;', '{{constructor.constructor("alert(1)")()}}', '${alert(1)}', '<a href="javascript:alert(1)">x</a>', '<style>*{display:none}</style>', '<iframe srcdoc="<script>1</script>">',
  '<base href="//evil.example/">', '<meta http-equiv="refresh" content="0;url=//evil.example">', '<form action="//evil.example"><input name=q>', '"onmouseover="alert(1)', '`-alert(1)-`', '%3Cscript%3E', '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
];
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const attacked: PluginSpec[] = ATTACKS.map((text, at) => ({
  id: `com.evil.plugin-${at}`, publishedAt: at + 1,
  distortRecord: (record) => ({
    ...record, name: text, description: text, long_description: `${text}\n${text}`, tags: [text.slice(0, 50)], categories: [text.slice(0, 64)], license: text,
    publisher: { ...record.publisher, id: `evil ${text}`.slice(0, 100), name: text, website: `https://evil.example/${encodeURIComponent(text)}?a='&b` }, docs_url: `https://x.example/'onclick=alert(1)`, pricing: { model: 'paid', paid_tiers: [{ name: text.slice(0, 100), price: 1, currency: 'EUR', period: 'once', executions: 'unlimited' }] },
    capabilities: [{ kind: 'tool', id: 'x', name: text, description: text }], permissions: [{ key: 'network:x', kind: 'network', value: text, danger: 'high', detail: {} }],
    versions: record.versions.map((version) => ({ ...version, changelog: text, deprecated: text, withdrawn: at % 2 === 0 ? text : null, dependencies: [{ id: text, range: text, foreign: true }], use_instead: { id: 'com.acme.monitor', version: null } })) as typeof record.versions,
  }),
}));

let folder: string;
let registry: TestRegistry;
let server: Awaited<ReturnType<typeof serveStatic>>;
let fingerprint: string;
let now = Date.now();
const reported: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-site-'));
  registry = await testRegistry(path.join(folder, 'public'));
  await registry.publish([
    { id: 'com.acme.monitor', name: 'Site Monitor', tags: ['alerts'], publishedAt: Date.UTC(2026, 0, 2), files: { 'assets/icon.png': PNG }, network: ['api.example.com'] },
    { id: 'com.acme.notes', name: 'Émile’s Notes', categories: ['testing'], publishedAt: Date.UTC(2026, 0, 1) },
    { id: 'com.acme.old', publishedAt: Date.UTC(2025, 0, 1), distort: (version) => ({ ...version, withdrawn: 'It lost data.', use_instead: { id: 'com.acme.monitor', version: '2.0.0' } }),
      distortRecord: (record) => ({ ...record, pricing: { model: 'freemium', free_tier: { executions: 10, period: 'day' }, paid_tiers: [{ name: 'Team', price: 9.5, currency: 'EUR', period: 'month', executions: 1 }] } }) },
    { id: 'com.acme.aged', publishedAt: Date.UTC(2025, 0, 1), distort: (version) => ({ ...version, deprecated: 'Nobody looks after it.', use_instead: { id: 'com.elsewhere.one', version: null } }) },
    { id: 'com.acme.secret', name: 'Hidden', distortRecord: (record) => ({ ...record, moderation: 'blocked' }) }, ...attacked,
  ], { stats: { date: '2026-01-01', plugins: [{ id: 'com.acme.monitor', installs: 77, trend: [], ratings: [0, 0, 0, 0, 0] }] } });
  fingerprint = fingerprintOf(registry.root);
  server = await serveStatic(registry.folder, 0, { title: 'Acme’s <plugins>', now: () => now, report: (message) => { reported.push(message); } });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
const get = (where: string, init: RequestInit = {}) => fetch(`${server.address}${where}`, init);
const text = async (where: string): Promise<string> => (await get(where)).text();

/** Elements that the pages are made of; the records bring none. */
const OWN = new Set('html head meta title link body a header div main p time h1 h2 h3 form label input select option button ul li img span bdi nav footer code strong details summary dl dt dd'.split(' '));
const tagsOf = (html: string): { name: string; attributes: string }[] => [...html.matchAll(/<([a-z!?/][^\s>/]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/gi)].map(([, name = '', attributes = '']) => ({ name: name.toLowerCase(), attributes }));

describe('D9 pages beside a registry', () => {
  it('list, search, a category, a plugin, a publisher, and a way into the app', async () => {
    const all = await text('');
    expect(all).toContain(`href="troupe://install/com.acme.monitor?registry=${fingerprint}"`);
    expect(all).toContain('<title>Acme’s &lt;plugins&gt;</title>');
    expect(all).toContain(`<h2 aria-live="polite">${ATTACKS.length + 4} plugins</h2>`);
    expect(all.indexOf('Site Monitor')).toBeLessThan(all.indexOf('Émile’s Notes'));
    for (const query of ['?q=moni', '?q=SITE+mon', '?q=alerts', '?category=data&q=monitor']) expect(await text(query), query).toContain('<h2 aria-live="polite">1 plugin</h2>');
    expect(await text('?q=emile')).toContain('/plugins/com.acme.notes');
    for (const query of ['?q=hidden', '?q=nothing+here', '?category=none', '?q=onitor']) expect(await text(query), query).toContain('0 plugins');
    for (const query of ['?page=0', '?page=1e9', '?page=x', `?q=${'a'.repeat(3000)}`]) expect((await get(query)).status, query).toBe(200);
    const plugin = await text('plugins/com.acme.monitor');
    for (const part of ['<h1><bdi>Site Monitor</bdi></h1>', 'reach <code>api.example.com</code>', '<dt>Installs</dt><dd>77</dd>', 'href="/publishers/acme"', '2026-01-02', `href="troupe://install/com.acme.monitor?registry=${fingerprint}"`]) expect(plugin).toContain(part);
    expect(await text('publishers/acme')).toContain('<h2>4 plugins</h2>');
    for (const where of ['plugins/com.acme.nobody', 'plugins/com.acme.secret', 'publishers/nobody', 'images/x', 'plugins/', 'elsewhere']) expect((await get(where)).status, where).toBe(404);
    expect((await get('', { method: 'HEAD' })).headers.get('content-length')).toBe(String(Buffer.byteLength(all)));
    expect((await get('', { method: 'POST' })).status).toBe(405);
  });

  it('say what to use instead of what was withdrawn or is deprecated, and what a publisher takes', async () => {
    const old = await text('plugins/com.acme.old');
    expect(old).toContain('Every version was withdrawn. <bdi>It lost data.</bdi> Use instead: <a href="/plugins/com.acme.monitor"><bdi>Site Monitor</bdi> 2.0.0</a>.');
    expect(old).toContain('<dt>Price</dt><dd>freemium<ul><li>Free: 10 runs a day</li><li><bdi>Team</bdi>: 9.5 EUR a month, 1 run a month</li></ul></dd>');
    const aged = await text('plugins/com.acme.aged');
    expect(aged).toContain('Deprecated. <bdi>Nobody looks after it.</bdi> Use instead: <code>com.elsewhere.one</code>.');
    expect(await text('plugins/com.acme.monitor')).not.toContain('Use instead');
  });

  it('shows images that the catalog names, as what they are, and no archive', async () => {
    const sha512 = createHash('sha512').update(PNG).digest('hex');
    expect(await text('')).toContain(`src="/images/${sha512}"`);
    const image = await get(`images/${sha512}`);
    expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png']);
    const archive = (await text('feed.atom')).match(/urn:sha512:([0-9a-f]{128})/)?.[1] ?? '';
    expect(archive).toHaveLength(128);
    expect((await get(`images/${archive}`)).status).toBe(404);
  });

  it('allow no script, no frame and nothing from elsewhere', async () => {
    for (const where of ['', 'plugins/com.acme.monitor', 'plugins/none', 'feed.atom', 'feed.json', 'style.css']) {
      const { headers } = await get(where);
      expect(headers.get('content-security-policy'), where).toBe("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
      expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual(['nosniff', 'no-referrer']);
    }
  });

  it('escape every word of a record, in pages and feeds', async () => {
    const pages = ['', '?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', `?category=${encodeURIComponent('"><script>')}`, ...attacked.map(({ id }) => `plugins/${id}`), ...ATTACKS.map((attack) => `publishers/${encodeURIComponent(`evil ${attack}`.slice(0, 100))}`)];
    let seen = 0;
    for (const where of pages) {
      const answer = await get(where);
      // Names that would lead out of the pages are no addresses.
      if (answer.status === 404 || answer.status === 400) continue;
      seen += 1;
      const html = (await answer.text()).replace('<!doctype html>', '');
      const tags = tagsOf(html);
      // Every "<" of the page begins an element of ours.
      expect(html.split('<').length - 1, where).toBe(tags.length);
      for (const { name, attributes } of tags) {
        expect(OWN.has(name.replace(/^\//, '')), `${where}: ${name}`).toBe(true);
        for (const [, attribute = '', value = ''] of attributes.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g)) {
          expect(attribute, where).not.toMatch(/^(on.*|style|srcdoc|formaction|http-equiv)$/);
          if (['href', 'src', 'action'].includes(attribute)) expect(value, where).toMatch(/^(\/(?!\/)|#|https?:\/\/|troupe:\/\/install\/|mailto:)/);
        }
      }
    }
    expect(seen).toBeGreaterThan(ATTACKS.length + 10);
    const atom = await text('feed.atom');
    expect(atom).not.toMatch(/<(script|img|svg|iframe|style|base|meta|form|x:)/);
    const feed = JSON.parse(await text('feed.json')) as { version: string; items: { title: string; external_url: string; url: string }[] };
    expect(feed).toMatchObject({ version: 'https://jsonfeed.org/version/1.1', feed_url: `${server.address}feed.json` });
    expect(feed.items[0]).toMatchObject({ title: 'Site Monitor 1.0.0', url: `${server.address}plugins/com.acme.monitor`, external_url: `troupe://install/com.acme.monitor?registry=${fingerprint}` });
    expect(feed.items).toHaveLength(ATTACKS.length + 4);
  });

  it('what escapes by construction does: text, attributes, addresses', () => {
    expect(escaped(`<a b="c" d='e'>&\u0000\u0008\ud800`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\ufffd');
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', ' javascript:alert(1)', 'java\nscript:alert(1)', 'file:///etc', 'nothing', '//evil.example', null]) expect(webAddress(bad)).toBeNull();
    expect(webAddress('https://a.example/"><x>')).toBe('https://a.example/%22%3E%3Cx%3E');
  });

  it('answer to a host that is none with one of their own', async () => {
    const asked = (host: string): Promise<string> => new Promise((resolve, reject) => {
      request(`${server.address}feed.atom`, { headers: { host } }, (response) => { let body = ''; response.on('data', (piece) => { body += String(piece); }).on('end', () => { resolve(body); }); }).on('error', reject).end();
    });
    expect(await asked('registry.example:8443')).toContain('href="http://registry.example:8443/feed.atom"');
    for (const host of ['evil.example/x', 'evil"><script>', "evil.example'"]) expect(await asked(host), host).toContain('href="http://localhost/feed.atom"');
  });

  it('follow what is published, and say when it is out of date', async () => {
    await registry.publish([{ id: 'com.acme.fresh', name: 'Freshly Made' }]);
    expect(await text('')).toContain('Freshly Made');
    expect(await text('')).not.toContain('class="notice"');
    // A publication that cannot be read shows what was there before, and the operator is told.
    await writeFile(path.join(registry.folder, 'metadata', 'timestamp.json'), '{}');
    expect(await text('')).toContain('Freshly Made');
    expect(reported).toEqual([expect.stringContaining('was refused')]);
    now += 400 * 86_400_000;
    expect(await text('')).toContain('apps install nothing new from it until it is signed again');
  });
});

describe('D8 serving beyond this machine', () => {
  const ask = (port: number, version: SecureVersion, ca: string): Promise<string> => new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, ca, minVersion: version, maxVersion: version }, () => { socket.write('GET /metadata/timestamp.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'); });
    let answer = '';
    socket.on('data', (piece) => { answer += String(piece); }).on('error', reject).on('close', () => { resolve(answer.split('\r\n')[0] ?? ''); });
  });

  it('is TLS 1.3, and 1.2 is refused', async () => {
    const pair = selfSigned();
    const secure = await serveStatic(registry.folder, 0, { tls: pair });
    try {
      expect(secure.address).toMatch(/^https:/);
      const port = Number(new URL(secure.address).port);
      expect(await ask(port, 'TLSv1.3', pair.cert)).toBe('HTTP/1.1 200 OK');
      await expect(ask(port, 'TLSv1.2', pair.cert)).rejects.toThrow(/protocol version|alert|version/i);
    } finally {
      await secure.stop();
    }
  });

  it('is never plain, and needs a certificate and a key that fit', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.0.7', 'registry.example', '127.0.0.1.example']) await expect(serveStatic(registry.folder, 0, { host }), host).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(serveStatic(registry.folder, 0, { tls: { cert: 'none', key: 'none' } })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(serveStatic(registry.folder, 0, { tls: { cert: selfSigned().cert, key: selfSigned().key } })).rejects.toMatchObject({ code: 'core/bad-input' });
    const six = await serveStatic(registry.folder, 0, { host: 'localhost' });
    await six.stop();
  });
});
