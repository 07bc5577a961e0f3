import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { queryJson } from '../../plugins/http-tools/src/json-query.ts';
import { pluginUnderTest, type Host, type PluginUnderTest } from './plugin-under-test.ts';

let plugin: PluginUnderTest;
beforeAll(async () => { plugin = await pluginUnderTest('http-tools'); });
afterAll(() => plugin.stop());

const RATES = 'https://api.frankfurter.dev/v1/latest?base=EUR';
interface Answer { status?: number; headers?: [string, string][]; body?: string }
/** Gives one answer after the other, the last one for ever, and remembers what was asked and how long was waited. */
function service(...answers: Answer[]): { host: Host; asked: Record<string, unknown>[]; slept: unknown[] } {
  const asked: Record<string, unknown>[] = [];
  const slept: unknown[] = [];
  return { asked, slept, host: {
    fetch: (args) => {
      const { status = 200, headers = [], body = '{"rates":{"CHF":0.93}}' } = answers[Math.min(asked.length, answers.length - 1)] ?? {};
      asked.push(args);
      return { url: args['url'], status, statusText: '', headers: [['content-type', 'application/json'], ...headers], redirected: false, encoding: 'utf8', body };
    },
    sleep: (args) => { slept.push(args['ms'] ?? args['milliseconds']); return null; },
  } };
}

describe('http-tools', () => {
  it('asks for six hosts by name, none with a wildcard, and for those that a person enters', () => {
    const [own, ...permissions] = permissionsOf(plugin.archive.manifest);
    expect(own).toMatchObject({ key: 'network:config:hosts', danger: 'normal' });
    expect(permissions.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'network'));
    for (const { danger, detail } of permissions) { expect(danger).toBe('normal'); expect(detail).toMatchObject({ scheme: 'https', wildcard: false, private: false }); }
  });
  it('gets an answer, with cookies left out', async () => {
    const { host, asked } = service({ headers: [['set-cookie', 'id=topsecret'], ['x-rate', '9']] });
    const answer = await plugin.call('request', { url: RATES, headers: { 'Accept-Language': 'de' } }, host);
    expect(answer).toMatchObject({ url: RATES, status: 200, ok: true, content_type: 'application/json', attempts: 1, body: '{"rates":{"CHF":0.93}}', truncated: false });
    expect(JSON.stringify(answer)).not.toContain('topsecret');
    expect(asked[0]).toMatchObject({ method: 'GET', headers: expect.arrayContaining([['accept-language', 'de']]) as unknown });
    expect(await plugin.call('request', { url: RATES, method: 'HEAD', max_characters: 100 }, service().host)).toMatchObject({ body: '' });
  });
  it('waits as long as a busy service asks, and gives up in time', async () => {
    const busy = service({ status: 429, headers: [['retry-after', '2']] }, { status: 503 }, {});
    expect(await plugin.call('request', { url: RATES }, busy.host)).toMatchObject({ status: 200, attempts: 3 });
    expect(busy.slept).toEqual([2000, 2000]);
    const down = service({ status: 503 });
    expect(await plugin.call('request', { url: RATES, retries: 1 }, down.host)).toMatchObject({ status: 503, ok: false, attempts: 2, note: expect.stringMatching(/2 times.*later/u) as string });
    const long = service({ status: 429, headers: [['retry-after', '3600']] });
    expect(await plugin.call('request', { url: RATES }, long.host)).toMatchObject({ attempts: 1, note: expect.stringContaining('Wait 3600 s') as string });
    const gone = service({ status: 404 });
    expect(await plugin.call('request', { url: RATES }, gone.host)).toMatchObject({ attempts: 1, note: expect.stringContaining('nothing at this address') as string });
  });
  it.each([
    [{ url: 'ftp://api.github.com/' }, /input of request/u], [{ url: 'https://' }, /input of request|whole https address/u], [{ url: 'https://ada:pw@api.github.com/' }, /without a name and password/u],
    [{ url: RATES, headers: { Authorization: 'Bearer x' } }, /cannot be set here/u], [{ url: RATES, headers: { 'a b': 'x' } }, /header's name/u], [{ url: RATES, method: 'POST' }, /input of request/u],
  ])('refuses %j', async (input, message) => {
    const { host, asked } = service();
    await expect(plugin.call('request', input, host)).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });
  it('says which permission is missing, and reads no pictures', async () => {
    await expect(plugin.call('request', { url: RATES })).rejects.toMatchObject({ details: { code: 'permission/denied' } });
    await expect(plugin.call('request', { url: RATES }, { fetch: () => ({ url: RATES, status: 200, statusText: '', headers: [['content-type', 'image/png']], redirected: false, encoding: 'base64', body: '' }) })).rejects.toThrow(/text or JSON was expected/u);
  });
  it('takes values out of JSON, and says what is there when the path is wrong', async () => {
    const json = JSON.stringify({ items: [{ name: 'tea', 'unit price': 3 }, { name: 'milk' }], n: null });
    const query = (path: string): Promise<Record<string, unknown>> => plugin.call('json_query', { json, path });
    expect(await query('items[*].name')).toEqual({ found: true, count: 2, values: [{ type: 'string', json: '"tea"' }, { type: 'string', json: '"milk"' }], hint: null, truncated: false });
    expect(await query('$.items[-1].name')).toMatchObject({ values: [{ json: '"milk"' }] });
    expect(await query('items[0]["unit price"]')).toMatchObject({ values: [{ type: 'number', json: '3' }] });
    expect(await query('')).toMatchObject({ count: 1, values: [{ type: 'object' }] });
    expect(await query('n')).toMatchObject({ values: [{ type: 'null', json: 'null' }] });
    expect(await query('items[0].price')).toMatchObject({ found: false, hint: 'Nothing at items[0].price: before it stands an object with the keys name, unit price.' });
    expect(await query('items[9]')).toMatchObject({ hint: expect.stringContaining('a list of 2') as string });
    expect(await query('__proto__')).toMatchObject({ found: false });
    expect(await plugin.call('json_query', { json: { a: [1, 2] }, path: 'a[1]' })).toMatchObject({ values: [{ json: '2' }] });
    await expect(query('items[x')).rejects.toThrow(/A path such as.*"\[x"/u);
    await expect(plugin.call('json_query', { json: '{a', path: 'a' })).rejects.toThrow(/JSON was expected/u);
  });
  it('takes addresses apart, cleans and builds them', async () => {
    expect(await plugin.call('parse_url', { url: 'http://ada:hush@10.0.0.1:8080/a%20b?x=1&x=2&token=t#top' })).toEqual({
      scheme: 'http', host: '10.0.0.1', port: 8080, path: '/a%20b', query: [{ name: 'x', value: '1' }, { name: 'x', value: '2' }, { name: 'token', value: 't' }], fragment: 'top',
      warnings: [expect.stringContaining('unprotected'), expect.stringContaining('name or password'), expect.stringContaining('bare address'), expect.stringContaining('looks like a secret')],
    });
    expect(await plugin.call('clean_url', { url: 'https://Example.com/a?utm_source=x&b=2&fbclid=y&a=1#part' })).toEqual({ url: 'https://example.com/a?a=1&b=2', removed: ['utm_source', 'fbclid', 'fragment'] });
    expect(await plugin.call('clean_url', { url: 'https://example.com/?gclid=1#x', keep_fragment: true })).toEqual({ url: 'https://example.com/#x', removed: ['gclid'] });
    expect(await plugin.call('build_url', { base: 'https://api.open-meteo.com/v1/', path: '/fore cast', query: [{ name: 'q', value: 'a&b=c' }, { name: 'days', value: 3 }] })).toEqual({ url: 'https://api.open-meteo.com/v1/fore%20cast?q=a%26b%3Dc&days=3' });
    await expect(plugin.call('parse_url', { url: 'example' })).rejects.toThrow(/A whole address was expected, such as/u);
  });
  it('reads headers and cookies, and shows no value of a cookie', async () => {
    expect(await plugin.call('parse_headers', { headers: 'HTTP/2 200\r\nContent-Type: text/html; charset="UTF-8"\r\nCache-Control: private, max-age=3600\r\nX-A: 1\r\n 2\r\nX-A: 3\r\noops\r\n' })).toMatchObject({
      status: 200, headers: [{ name: 'content-type' }, { name: 'cache-control' }, { name: 'x-a', values: ['1 2', '3'] }], content_type: { type: 'text/html', charset: 'utf-8' }, caching: 'A copy may be used for 1 h, by the one who asked alone.',
      problems: ['Line 7 is no header such as "Content-Type: text/html".', expect.stringContaining('strict-transport-security'), expect.stringContaining('content-security-policy'), expect.stringContaining('x-content-type-options')],
    });
    const cookies = await plugin.call('parse_cookies', { text: 'Set-Cookie: __Host-id=topsecret; Path=/x; Secure; HttpOnly; SameSite=Lax\nlang=de; Max-Age=60' });
    expect(cookies).toMatchObject({ count: 2, cookies: [{ name: '__Host-id', value_length: 9, secure: true, http_only: true, same_site: 'lax', problems: ['__Host- needs Secure, Path=/ and no Domain.'] }, { name: 'lang', expires: 'after 60 s', problems: [expect.stringContaining('Secure'), expect.stringContaining('HttpOnly'), expect.stringContaining('SameSite')] }] });
    expect(JSON.stringify(cookies)).not.toContain('topsecret');
    expect(await plugin.call('parse_cookies', { text: 'Cookie: a=1; b=2' })).toMatchObject({ count: 2, cookies: [{ name: 'a', problems: [] }, { name: 'b' }] });
    await expect(plugin.call('parse_headers', { headers: 'nothing' })).rejects.toThrow(/Headers were expected/u);
    await expect(plugin.call('parse_cookies', { text: 'nothing' })).rejects.toThrow(/A cookie such as/u);
  });
  it('plans retries', async () => {
    const plan = (input: Record<string, unknown>): Promise<Record<string, unknown>> => plugin.call('plan_retry', input);
    expect(await plan({ status: 503, attempt: 2 })).toMatchObject({ retry: true, wait_seconds: 2 });
    expect(await plan({ status: 429, retry_after: 'Sat, 21 Nov 2026 10:00:30 GMT', now: '2026-11-21T10:00:00Z' })).toMatchObject({ retry: true, wait_seconds: 30 });
    expect(await plan({ status: 500, method: 'POST' })).toMatchObject({ retry: false, reason: expect.stringContaining('twice') as string });
    expect(await plan({ status: 401 })).toMatchObject({ retry: false });
    expect(await plugin.call('explain_status', { status: 429 })).toMatchObject({ kind: 'client_error', may_pass: true });
    expect(await plugin.call('explain_status', { status: 404 })).toMatchObject({ kind: 'client_error', may_pass: false, meaning: expect.stringContaining('nothing at this address') as string });
  });
});

describe('paths into JSON', () => {
  const key = fc.string({ minLength: 1, maxLength: 8 });
  it('reach every value of any document', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const walk = (at: unknown, path: string): void => {
        if (path !== '') expect(queryJson({ json: JSON.stringify(value), path }).values[0]?.json).toBe(JSON.stringify(at));
        if (Array.isArray(at)) at.slice(0, 3).forEach((inner, index) => { walk(inner, `${path}[${index}]`); });
        else if (typeof at === 'object' && at !== null) for (const [name, inner] of Object.entries(at).slice(0, 3)) walk(inner, `${path}[${JSON.stringify(name)}]`);
      };
      walk(value, '');
    }), { numRuns: 60 });
  });
  it('are refused with a sentence when they are none', () => {
    fc.assert(fc.property(key, (path) => { try { queryJson({ json: '{}', path }); } catch (error) { expect(String(error)).toMatch(/A path such as|bad escape|JSON/iu); } }));
  });
});
