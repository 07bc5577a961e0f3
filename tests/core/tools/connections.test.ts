import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../contract/model/tool.ts';
import { AGENT, openConnected, standIn, type Asked, type Connected, type StandIn } from './connected.ts';

let at: Connected;
let servers: StandIn[] = [];
beforeAll(async () => { at = await openConnected(); });
afterEach(async () => { await at.clear(); for (const server of servers) await server.close(); servers = []; });
afterAll(async () => { await at.close(); });
const serve = async (answer: Parameters<typeof standIn>[0]): Promise<StandIn> => { const server = await standIn(answer); servers.push(server); return server; };
const given = (asked: readonly Asked[]): string[] => asked.map(({ method, url }) => `${method} ${url}`);

describe('A9 connections of built-in tools', () => {
  it('are given to nobody by themselves; an agent has those that its document names and that were given to it', async () => {
    const { origin } = await serve(() => ({}));
    const { id } = await at.connections.connect({ kind: 'webhook', name: 'Alerts', set: { address: origin }, secrets: {}, folder: null });
    expect(await at.toolsOf('builtin.webhook_send')).toEqual([]);
    await at.connections.give({ id, agents: [AGENT] });
    expect((await at.toolsOf('builtin.webhook_send')).map((tool) => [tool.id, tool.title, tool.effect])).toEqual([[`builtin.webhook_send@${id}`, 'Webhook · Alerts', 'write']]);
    expect(await at.toolsOf('builtin.slack_post', 'builtin.calculator')).toHaveLength(1);
    await at.connections.give({ id, agents: [] });
    expect(await at.toolsOf('builtin.webhook_send')).toEqual([]);
    await expect(at.connections.give({ id, agents: ['nobody'] })).rejects.toMatchObject({ code: 'team/not-found' });
  });

  it('are given with the same step to who lacks them, and not kept for nobody', async () => {
    const made = await at.connections.connect({ kind: 'webhook', name: 'Alerts', set: { address: 'https://hooks.example.com' }, secrets: {}, folder: null, agents: [AGENT] });
    expect(made.agents).toEqual([AGENT]);
    expect(await at.toolsOf('builtin.webhook_send')).toHaveLength(1);
    await expect(at.connections.connect({ kind: 'webhook', name: 'Others', set: { address: 'https://hooks.example.com' }, secrets: {}, folder: null, agents: ['nobody'] })).rejects.toMatchObject({ code: 'team/not-found' });
    expect(await at.connections.list()).toHaveLength(1);
  });

  it('taken back in the middle of a run they hold no longer, and a change asks again', async () => {
    const server = await serve(() => ({}));
    const { id } = await at.add('webhook', 'Alerts', { set: { address: server.origin } });
    const [before] = await at.toolsOf('builtin.webhook_send');
    if (!before) throw new Error('no tool');
    await at.connections.configure({ id, set: { address: `${server.origin}/other` }, reset: [], secrets: {} });
    expect((await at.call(before, { event: 'x' })).error).toMatchObject({ code: 'permission/denied' });
    const [after] = await at.toolsOf('builtin.webhook_send');
    expect(after?.hash).not.toBe(before.hash);
    await at.connections.give({ id, agents: [] });
    if (after) expect((await at.call(after, { event: 'x' })).error).toMatchObject({ code: 'permission/denied' });
    expect(server.asked).toEqual([]);
  });

  it('keep what was typed where it belongs: values in the store, secrets in the credentials, neither in what a page reads', async () => {
    const made = await at.add('http', 'API', { set: { address: 'https://api.example.com' }, secrets: { token: 'Bearer sk-very-secret' } });
    expect(made).toMatchObject({ kind: 'http', place: 'api.example.com', missing: [], agents: [AGENT], status: { state: 'untested' } });
    expect(made.fields.map(({ key, value, isSet }) => [key, value, isSet])).toEqual([['address', 'https://api.example.com', true], ['access', null, true], ['header', null, true], ['token', null, true]]);
    expect(JSON.stringify([made, await at.home.store.read('connectionList', undefined)])).not.toContain('very-secret');
    await at.connections.configure({ id: made.id, set: {}, reset: [], secrets: { token: null } });
    expect([...at.secrets.keys()]).toEqual([]);
    await at.connections.configure({ id: made.id, set: {}, reset: [], secrets: { token: 'Bearer other' } });
    await at.connections.disconnect({ id: made.id });
    expect([[...at.secrets.keys()], await at.connections.list()]).toEqual([[], []]);
    await expect(at.connections.disconnect({ id: made.id })).rejects.toMatchObject({ code: 'tools/no-connection' });
  });

  it.each([
    ['http', { address: 'ftp://x' }, {}, ['address']], ['http', {}, {}, ['address']], ['http', { address: 'https://a.example', more: 'x' }, {}, ['more']], ['slack', {}, {}, ['address']],
    ['webhook', { address: 'https://me:pass@a.example' }, {}, ['address']], ['webhook', { address: 'https://a.example' }, { other: 'x' }, ['other']], ['search', { provider: 'altavista' }, {}, ['provider']],
  ] as const)('refuse a %s of %j and name the field', async (kind, set, secrets, keys) => {
    await expect(at.connections.connect({ kind, name: 'x', set, secrets, folder: null })).rejects.toMatchObject({ code: 'core/bad-input', details: { problems: keys.map((key) => expect.objectContaining({ key }) as object) } });
  });

  it.each([
    ['http', { address: 'https://api.example.com/v1' }, { address: 'https://other.example.com/v1' }, { address: 'https://api.example.com/v2' }, 'token'], ['http', { address: 'https://api.example.com' }, { address: 'http://api.example.com' }, { access: 'write' }, 'token'],
    ['search', { provider: 'brave' }, { provider: 'tavily' }, {}, 'key'], ['smtp', { host: 'mail.example.com', from: 'a@example.com' }, { host: 'mail.example.org' }, { port: 465 }, 'password'], ['smtp', { host: 'mail.example.com', from: 'a@example.com' }, { security: 'none' }, { security: 'tls' }, 'password'],
  ] as const)('send what was entered for a %s of %j nowhere else: %j needs it anew, %j does not', async (kind, set, elsewhere, same, key) => {
    const { id } = await at.connections.connect({ kind, name: 'x', set, secrets: { [key]: 'Bearer secret' }, folder: null });
    await at.connections.configure({ id, set: same, reset: [], secrets: {} });
    await expect(at.connections.configure({ id, set: elsewhere, reset: [], secrets: {} })).rejects.toMatchObject({ code: 'core/bad-input', details: { problems: [{ key, problem: 'empty' }] } });
    expect((await at.connections.list())[0]?.fields.find((field) => field.key === Object.keys(elsewhere)[0])?.value).not.toBe(Object.values(elsewhere)[0]);
    await at.connections.configure({ id, set: elsewhere, reset: [], secrets: { [key]: 'Bearer other' } });
    expect([...at.secrets.values()]).toEqual(['Bearer other']);
  });

  it('refuse a name that is taken and values that do not go together', async () => {
    await at.add('webhook', 'Alerts', { set: { address: 'https://a.example' } });
    await expect(at.add('webhook', 'ALERTS', { set: { address: 'https://b.example' } })).rejects.toMatchObject({ code: 'tools/name-taken' });
    await expect(at.add('search', 'Mine', { set: { provider: 'searxng' } })).rejects.toThrow('SearXNG needs the address');
    await expect(at.add('http', 'API', { set: { address: 'https://a.example', header: 'a b' } })).rejects.toThrow('name of the header');
  });
});

describe('A9 a tool that speaks HTTP', () => {
  it('reads below its address, sends with approval, and never repeats the key', async () => {
    const { origin, asked } = await serve(({ headers }) => ({ body: JSON.stringify({ you: headers['x-key'] }) }));
    await at.add('http', 'API', { set: { address: `${origin}/v1/`, access: 'write', header: 'X-Key' }, secrets: { token: 'sk-very-secret' } });
    const read = await at.use('builtin.http_get', { path: '/items/1', query: { q: 'a b' } });
    expect(read.output).toEqual({ status: 200, type: 'application/json', body: '{"you":"[token]"}', cut: false });
    expect(at.questions).toEqual([]);
    await at.use('builtin.http_send', { method: 'PATCH', path: 'items/1', body: { a: 1 } });
    await at.use('builtin.http_delete', { path: 'items/1' });
    expect(given(asked)).toEqual(['GET /v1/items/1?q=a+b', 'PATCH /v1/items/1', 'DELETE /v1/items/1']);
    expect(asked.map(({ headers }) => headers['x-key'])).toEqual(['sk-very-secret', 'sk-very-secret', 'sk-very-secret']);
    expect(asked[1]?.body).toBe('{"a":1}');
    expect(at.questions).toHaveLength(2);
    expect(at.told.map(({ action, subject, outcome, result }) => [action, subject.replace(/\d+$/, 'N').replace(/@.*/, ''), outcome, result ?? null]).slice(0, 2)).toEqual([['host_reached', 'GET 127.0.0.1:N', 'done', '200'], ['tool_called', 'builtin.http_get', 'done', null]]);
  });

  it.each(['../admin', 'a/../../admin', '%2e%2e/admin', '//evil.example/x', 'a/%2E%2E/%2e%2e/b'])('stays below its address with the path %s', async (path) => {
    const { origin, asked } = await serve(() => ({}));
    await at.add('http', 'API', { set: { address: `${origin}/v1` } });
    await at.use('builtin.http_get', { path });
    expect(asked.every(({ url }) => url.startsWith('/v1/'))).toBe(true);
  });

  it('has no tool that changes something unless the connection says so', async () => {
    await at.add('http', 'API', { set: { address: 'https://a.example' } });
    expect(await at.toolsOf('builtin.http_send', 'builtin.http_delete')).toEqual([]);
  });

  it('follows no redirect to another host, on this machine least of all', async () => {
    const inner = await serve(() => ({ body: 'secret of this machine' }));
    const outer = await serve(() => ({ status: 302, headers: { location: `${inner.origin}/admin` } }));
    await at.add('http', 'API', { set: { address: outer.origin } });
    expect((await at.use('builtin.http_get', {})).error).toMatchObject({ code: 'permission/denied' });
    expect(inner.asked).toEqual([]);
  });

  it('leaves a host alone that failed five times, says until when, and asks it again after the pause or when told to', async () => {
    let down = true;
    const { origin, asked } = await serve(() => (down ? { status: 503 } : {}));
    const { id } = await at.add('http', 'API', { set: { address: origin } });
    const host = new URL(origin).host;
    for (let round = 0; round < 5; round += 1) expect((await at.use('builtin.http_get', {})).output).toMatchObject({ status: 503 });
    const held = await at.use('builtin.http_get', {});
    expect(held.error).toMatchObject({ code: 'tools/unavailable', message: expect.stringContaining('2026-03-01T12:00:05.000Z') as string });
    expect(asked).toHaveLength(5);
    expect(at.connections.circuits.list()).toEqual([{ host, failures: 5, retryAt: at.time.now + 5000, message: `${host} answered 503.` }]);
    expect((await at.connections.list()).find((one) => one.id === id)?.status).toMatchObject({ state: 'open', retryAt: at.time.now + 5000 });
    at.time.now += 5000;
    await at.use('builtin.http_get', {});
    expect([asked.length, at.connections.circuits.retryAt(host)]).toEqual([6, at.time.now + 10_000]);
    down = false;
    at.connections.circuits.reset(host);
    expect((await at.use('builtin.http_get', {})).error).toBeNull();
    expect(at.connections.circuits.list()).toEqual([]);
  });

  it('counts a connection that is refused, and not a call that was cancelled or was wrong', async () => {
    const { origin } = await serve(() => 'hang');
    await at.add('http', 'API', { set: { address: origin } });
    const stop = new AbortController();
    setTimeout(() => { stop.abort(new Error('stopped')); }, 50);
    await expect(at.use('builtin.http_get', {}, stop.signal)).rejects.toThrow('stopped');
    expect(at.connections.circuits.list()).toEqual([]);
    await servers.pop()?.close();
    expect((await at.use('builtin.http_get', {})).error).toMatchObject({ code: 'core/unreachable' });
    expect(at.connections.circuits.list()).toMatchObject([{ failures: 1, retryAt: null }]);
  });
});

describe('A9 webhook and Slack', () => {
  it('signs an event so that the receiver can check it, with a key against repeats', async () => {
    const { origin, asked } = await serve(() => ({ status: 202 }));
    await at.add('webhook', 'Alerts', { set: { address: `${origin}/hook` }, secrets: { secret: 'shared-key' } });
    expect((await at.use('builtin.webhook_send', { event: 'report.finished', data: { n: 1 }, idempotency_key: 'report-2026-03-01' })).output).toEqual({ sent: true, status: 202 });
    const [one] = asked;
    expect(JSON.parse(one?.body ?? '')).toEqual({ event: 'report.finished', data: { n: 1 }, sent_at: '2026-03-01T12:00:00.000Z' });
    expect(one?.headers['idempotency-key']).toBe('report-2026-03-01');
    expect(one?.headers['x-troupe-signature']).toBe(`sha256=${createHmac('sha256', 'shared-key').update(`${one?.headers['x-troupe-timestamp'] as string}.${one?.body ?? ''}`).digest('hex')}`);
    expect((await at.use('builtin.webhook_send', { event: '' })).error).toMatchObject({ code: 'tools/bad-arguments' });
  });

  it('tells a refusal, with nothing of the key in it', async () => {
    const { origin } = await serve(({ headers }) => ({ status: 400, body: `no ${String(headers['x-troupe-signature'])} shared-key` }));
    const { id } = await at.add('webhook', 'Alerts', { set: { address: origin }, secrets: { secret: 'shared-key' } });
    const { error } = await at.use('builtin.webhook_send', { event: 'x' });
    expect(error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('answered 400') as string });
    expect(error?.message).not.toContain('shared-key');
    expect(await at.connections.test({ id }, new AbortController().signal)).toMatchObject({ ok: false });
  });

  it('posts to Slack what cannot be mistaken for a command of Slack', async () => {
    const { origin, asked } = await serve(({ body }) => (body === '{}' ? { status: 400, body: 'no_text' } : { body: 'ok' }));
    const { id } = await at.add('slack', 'Team', { set: { channel: '#team' }, secrets: { address: `${origin}/services/T0/B0/secretpath` } });
    expect((await at.use('builtin.slack_post', { text: 'Done & <!channel>' })).output).toEqual({ posted: true });
    expect(asked[0]?.body).toBe('{"text":"Done &amp; &lt;!channel&gt;"}');
    expect(await at.connections.test({ id }, new AbortController().signal)).toMatchObject({ ok: true, message: 'Slack knows this address. Nothing was posted.' });
    expect((await at.connections.list())[0]).toMatchObject({ place: '#team', status: { state: 'ready' } } satisfies Partial<Record<keyof Connection, unknown>>);
    expect(JSON.stringify(at.told)).not.toContain('secretpath');
  });
});

describe('A9 web search', () => {
  const hits = [{ title: 'One', url: 'https://one.example/', content: 'A <b>text</b>', description: 'A <b>text</b>' }, { title: 'Bad', url: 'javascript:alert(1)', content: '', description: '' }];
  it.each([
    ['searxng', undefined, { results: hits }, (asked: Asked) => [asked.method, asked.url]], ['brave', 'key-of-brave', { web: { results: hits } }, (asked: Asked) => [asked.method, asked.url, asked.headers['x-subscription-token']]],
    ['tavily', 'key-of-tavily', { results: hits }, (asked: Asked) => [asked.method, asked.url, asked.headers.authorization, asked.body]],
  ] as const)('asks %s as it wants to be asked', async (provider, key, body, seen) => {
    const { origin, asked } = await serve(() => ({ body: JSON.stringify(body) }));
    await at.add('search', 'Web', { set: { provider, address: origin }, secrets: key === undefined ? {} : { key } });
    expect((await at.use('builtin.web_search', { query: 'blue whales', count: 5 })).output).toEqual({ results: [{ title: 'One', url: 'https://one.example/', text: 'A text' }] });
    expect(asked.map(seen)).toEqual([{ searxng: ['GET', '/search?q=blue+whales&format=json'], brave: ['GET', '/web/search?q=blue+whales&count=5', key], tavily: ['POST', '/search', `Bearer ${key ?? ''}`, '{"query":"blue whales","max_results":5}'] }[provider]]);
    expect(at.questions).toEqual([]);
  });

  it.each([[200, '<html>', 'answered something else'], [401, '{}', 'Check its key'], [200, '{"results": 3}', 'answered something else']])('says what is wrong with %d %s', async (status, body, words) => {
    const { origin } = await serve(() => ({ status, body }));
    await at.add('search', 'Web', { set: { provider: 'searxng', address: origin } });
    expect((await at.use('builtin.web_search', { query: 'x' })).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining(words) as string });
  });
});
