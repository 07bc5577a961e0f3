/**
 * Secrets of plugins in a real core: entered, used, repeated by a hostile host in every way, and then looked for in everything
 * that the core wrote or said.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../../contract/link/client.ts';
import { followRun, installPlugin, startCore, type RunningCore } from '../../support/running-core.ts';
import { leaksIn, leaksInFolder, leaksInRows } from '../../support/secret-scan.ts';
import { testRegistry } from '../../core/plugins/registry.ts';

const ID = 'com.acme.messenger';
const SECRET = 'sk-Zq7/unmistakable+"value"&9';
const RAW = 'raw-Kx3-unmistakable-value-4711';

const foundIn = (text: string): string[] => leaksIn(text, [SECRET, RAW]);

const CODE = `
const show = async (response) => { const body = await response.text(); return { body, header: response.headers.get('x-echo'), url: response.url }; };
export default {
  tools: {
    call: async ({ base, path, fail }, ctx) => {
      const key = await ctx.secret('api_key');
      const url = new URL(path, base);
      url.searchParams.set('key', key);
      const got = await show(await ctx.fetch(url.href, { headers: { authorization: 'Bearer ' + key } }));
      ctx.log.info('it said ' + got.body);
      ctx.log.info(got.body.slice(0, 20)); ctx.log.info(got.body.slice(20));
      await ctx.progress(0.5, got.body.slice(0, 400));
      await ctx.storage.set('last', got);
      if (fail) throw new Error('The service refused: ' + got.body);
      return got;
    },
    raw: async ({ fail }, ctx) => {
      const value = await ctx.secret('raw_key');
      ctx.log.warn('raw ' + value + ' ' + btoa(value) + ' ' + btoa('u' + value));
      await ctx.storage.set('raw', { value });
      if (fail) throw new Error('raw ' + value);
      return { value, length: value.length, [value]: true };
    },
    key: async (_, ctx) => ({ token: await ctx.secret('api_key'), config: ctx.config }),
  },
  validateCredentials: async (ctx) => {
    const response = await ctx.fetch(ctx.config.endpoint + '/check', { method: 'POST', headers: { authorization: 'Bearer ' + await ctx.secret('api_key') }, body: '{}' });
    return { ok: response.ok, message: await response.text() };
  },
  healthCheck: async (ctx) => {
    try { await ctx.model.complete({ messages: [{ role: 'user', content: 'x' }] }); return { ok: true }; }
    catch (error) { return { ok: false, message: error.code }; }
  },
};`;

let folder: string;
let core: RunningCore;
let client: TroupeClient;
let page: TroupeClient;
let own: Server;
let other: Server;
let seen: { host: 'own' | 'other'; url: string; authorization: string | undefined; body: string }[] = [];
/** Everything that the core answered to anybody. */
const told: unknown[] = [];

const listen = (server: Server): Promise<string> => new Promise((resolve) => { server.listen(0, '127.0.0.1', () => { resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); }); });
const bodyOf = async (request: IncomingMessage): Promise<string> => { let text = ''; for await (const piece of request) text += String(piece); return text; };
let ownAddress: string;
let otherAddress: string;

beforeAll(async () => {
  const serve = (host: 'own' | 'other'): Server => createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { authorization } = request.headers;
      seen.push({ host, url: request.url ?? '', authorization, body });
      if (request.url?.startsWith('/away')) { response.writeHead(302, { location: `${otherAddress}/landed` }).end(); return; }
      if (request.url?.startsWith('/carry')) { response.writeHead(302, { location: `${otherAddress}/landed?k=${encodeURIComponent((authorization ?? '').slice(7))}` }).end(); return; }
      const value = (authorization ?? '').slice(7);
      const bytes = Buffer.from(value);
      const echo = `${value} ${JSON.stringify(value)} ${encodeURIComponent(value)} ${bytes.toString('hex')} ${bytes.toString('base64')} ${Buffer.from(`user:${value}`).toString('base64')} ${bytes.toString('base64url')} ${request.url ?? ''}`;
      // In two pieces, with a secret across the seam.
      response.writeHead(request.url?.startsWith('/check') ? 200 : 401, { 'x-echo': encodeURIComponent(value) }).write(`Refused: ${value.slice(0, 9)}`);
      setImmediate(() => response.end(`${value.slice(9)} ${echo}`));
    });
  });
  own = serve('own');
  other = serve('other');
  [ownAddress, otherAddress] = [await listen(own), await listen(other)];
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-scan-'));
  const registry = await testRegistry(path.join(folder, 'registry'));
  await registry.publish([{
    id: ID, code: CODE, tools: ['call', 'raw', 'key'], network: [ownAddress, otherAddress], storage: '1MiB', effect: 'write',
    configuration: { required: [{ key: 'api_key', type: 'secret' }, { key: 'endpoint', type: 'url' }], optional: [{ key: 'raw_key', type: 'secret' }, { key: 'limit', type: 'number', default: 3 }] },
    secrets: [{ key: 'api_key', hosts: [ownAddress] }, { key: 'raw_key', read: true }],
  }]);
  // A home without encryption, so that whatever the database holds can be read.
  core = await startCore({ words: ['--idle-exit', '60000'] });
  client = await core.client();
  page = core.page();
  const { fingerprint } = await client.call.catalog.addRegistry({ address: registry.folder });
  await client.call.catalog.addRegistry({ address: registry.folder, fingerprint, name: 'Test' });
  await installPlugin(client, ID);
}, 120_000);
afterAll(async () => {
  await core.end();
  for (const server of [own, other]) { server.closeAllConnections(); await new Promise((resolve) => { server.close(resolve); }); }
  await rm(folder, { recursive: true, force: true });
});

async function use(target: string, input: Record<string, unknown> = {}): Promise<{ status: string; result: unknown; error: { code: string; message: string } | null }> {
  const { runId } = await page.call.runs.start({ pluginId: ID, target, input });
  told.push(await followRun(page, runId, async ({ type, id: questionId, data }) => {
    if (type === 'tool_approval_requested') await page.call.runs.approve({ id: runId, callId: String(data['callId']), questionId, decision: 'allow', scope: 'once' });
  }));
  const run = await page.call.runs.get({ id: runId });
  told.push(run);
  return run as never;
}

describe('X8 secrets of plugins', () => {
  it('are missing until they are entered, and then only said to be there', async () => {
    expect((await client.call.plugins.get({ id: ID })).missing).toEqual(['api_key', 'endpoint']);
    expect(await use('call', { base: ownAddress, path: '/echo' })).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('"api_key"') as string } });
    const view = await page.call.plugins.configure({ id: ID, set: { endpoint: ownAddress }, secrets: { api_key: SECRET, raw_key: RAW } });
    expect(view).toMatchObject({ missing: [], secretsKept: 'session' });
    expect(foundIn(JSON.stringify(view))).toEqual([]);
    told.push(view);
  });

  it('come to the code as placeholders and to their host as they are', async () => {
    expect(await use('key')).toMatchObject({ status: 'completed', result: { token: '{{secret:api_key}}', config: { endpoint: ownAddress, limit: 3 } } });
    seen = [];
    const run = await use('call', { base: ownAddress, path: '/echo' });
    expect(seen).toMatchObject([{ host: 'own', authorization: `Bearer ${SECRET}` }]);
    expect(new URL(seen[0]?.url ?? '', ownAddress).searchParams.get('key')).toBe(SECRET);
    // What the host repeats in whatever form is a placeholder again.
    expect(run.status).toBe('completed');
    expect(JSON.stringify(run.result)).toContain('Refused: {{secret:api_key}} {{secret:api_key}}');
  });

  it('do not go to another host: not asked for, and not by a redirect', async () => {
    seen = [];
    expect(await use('call', { base: otherAddress, path: '/steal' })).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('was not granted for') as string } });
    expect(seen).toEqual([]);
    await use('call', { base: ownAddress, path: '/away' });
    expect(seen.map(({ host, authorization }) => [host, authorization === undefined])).toEqual([['own', false], ['other', true]]);
    expect(foundIn(JSON.stringify(seen.filter(({ host }) => host === 'other')))).toEqual([]);
    expect(await use('call', { base: ownAddress, path: '/carry' })).toMatchObject({ status: 'failed' });
    expect(foundIn(JSON.stringify(seen.filter(({ host }) => host === 'other')))).toEqual([]);
  });

  it('are checked by the plugin itself, in the sandbox, with what it was granted', async () => {
    seen = [];
    const check = await page.call.plugins.checkCredentials({ id: ID });
    expect(seen).toMatchObject([{ host: 'own', authorization: `Bearer ${SECRET}`, body: '{}' }]);
    expect(check.credentials).toMatchObject({ state: 'ok', message: expect.stringContaining('Refused: {{secret:api_key}}') as string });
    expect(check.health).toEqual({ state: 'failed', message: 'permission/denied' });
    told.push(check);
  });

  it('stand in nothing that the core wrote or said', async () => {
    await use('call', { base: ownAddress, path: '/echo', fail: true });
    expect(await use('raw')).toMatchObject({ status: 'completed', result: { value: '{{secret:raw_key}}', length: RAW.length } });
    await use('raw', { fail: true });
    await page.call.plugins.configure({ id: ID, set: { endpoint: 'nonsense' }, secrets: { api_key: SECRET } }).catch((error: unknown) => { told.push(String(error), error); });
    await page.call.plugins.configure({ id: ID, secrets: { api_key: SECRET.repeat(2_000) } }).catch((error: unknown) => { told.push(String(error), error); });
    told.push(await page.call.plugins.exportConfiguration({}), await page.call.plugins.lockfile({}), await page.call.plugins.list({}), await page.call.plugins.configuration({ id: ID }), await page.call.plugins.verify({}), await page.call.observe.doctor({}), await page.call.runs.list({}), await page.call.settings.get({}));
    const { calls } = await page.call.plugins.calls({ id: ID });
    const [list, ...exports] = await Promise.all([page.call.audit.list({ limit: 500 }), page.call.audit.export({ format: 'jsonl' }), page.call.audit.export({ format: 'csv' })]);
    // They tell of what was done with the secrets.
    expect(JSON.stringify(calls)).toContain('{{secret:api_key}}');
    expect(list.rows.filter(({ action }) => action === 'secret_used').map(({ subject }) => subject)).toEqual(expect.arrayContaining(['api_key', 'raw_key']));
    for (const { text } of exports) expect(text).toContain('secret_used');
    told.push(calls, list, exports);
    const said = JSON.stringify(told);
    expect(said.length).toBeGreaterThan(20_000);
    expect(foundIn(said)).toEqual([]);
    // Whatever was cut into pieces on the way.
    expect(foundIn(said.replace(/[^\w+/=%&"-]+/g, '').replaceAll('\\', ''))).toEqual([]);
    await core.stop();
    const { files, leaks } = await leaksInFolder(core.home, [SECRET, RAW]);
    expect(leaks).toEqual([]);
    const database = path.join(core.home, 'troupe.db');
    expect((await readFile(database)).subarray(0, 15).toString('latin1')).toBe('SQLite format 3');
    expect(files.some((file) => file.includes(`${path.sep}logs${path.sep}`))).toBe(true);
    const rows = leaksInRows(database, undefined, [SECRET, RAW]);
    expect(rows.leaks).toEqual([]);
    expect(rows.tables).toEqual(expect.arrayContaining(['audit', 'run_events', 'plugin_calls', 'settings']));
    expect(rows.rows).toBeGreaterThan(100);
    expect(foundIn(core.stderr())).toEqual([]);
  });
});
