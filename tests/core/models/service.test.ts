import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, failure, rawProvider, run, says, world } from './stand-in.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => { for (const thing of open.splice(0)) await thing.close(); });

async function listServer(answer: (path: string, headers: Record<string, unknown>) => { status?: number; body: unknown }): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '', request.headers);
    response.writeHead(status ?? 200, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  open.push({ close: () => { server.closeAllConnections(); server.close(); } });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const fresh = (...args: Parameters<typeof world>) => {
  const at = world(...args);
  open.push(at.http);
  return at;
};

describe('A4 providers', () => {
  it('begins with the practice model as the default', async () => {
    const at = fresh();
    expect(await at.models.list()).toEqual([]);
    expect(await at.models.models()).toMatchObject([{ provider: 'practice', practice: true, local: true }]);
    expect((await at.models.resolve(undefined)).info.practice).toBe(true);
    expect(await at.models.defaultModel()).toEqual({ provider: 'practice', model: 'practice' });
  });

  it('adds a provider, shows its models, makes one the default, tests it, removes it with its key', async () => {
    const at = fresh();
    const raw = await rawProvider(says('hi'));
    open.push(raw);
    const { provider, probe } = await at.models.addProvider({ baseUrl: raw.url, key: ' sk-abc ', name: 'Mine' });
    expect(provider).toMatchObject({ name: 'Mine', hasKey: true, isDefault: false, status: { state: 'ready' } });
    expect(JSON.stringify([provider, probe, at.store.kept])).not.toContain('sk-abc');
    expect([...at.secrets.values.values()]).toEqual(['sk-abc']);
    expect(probe).toMatchObject({ ok: true, models: [{ model: 'm', contextLength: 8192, local: true, practice: false, capabilities: { tools: null } }] });
    expect(await at.models.setDefault(`${provider.id}/m`)).toEqual({ provider: provider.id, model: 'm' });
    expect((await at.models.list())[0]?.isDefault).toBe(true);
    expect((await run(await at.models.resolve(undefined), ask('x'))).answer.text).toBe('hi');
    expect(await at.models.test(provider.id)).toMatchObject({ ok: true });
    await raw.close();
    open.pop();
    expect(await at.models.test(provider.id)).toMatchObject({ ok: false, code: 'models/unreachable' });
    expect((await at.models.list())[0]?.status).toMatchObject({ state: 'failing', code: 'models/unreachable' });
    expect(await at.models.models()).toHaveLength(2);
    await at.models.removeProvider(provider.id);
    expect(at.secrets.values.size).toBe(0);
    expect(at.store.kept).toEqual({ providers: [], models: [], chosen: null });
    expect((await at.models.resolve(undefined)).info.practice).toBe(true);
  });

  it('keeps nothing of a provider that refuses or is none', async () => {
    const at = fresh();
    const strict = await listServer(() => ({ status: 401, body: { error: { message: 'bad key sk-abc' } } }));
    expect(await failure(at.models.addProvider({ baseUrl: `${strict}/v1`, key: 'sk-abc' }))).toMatchObject({ code: 'models/unauthorized' });
    expect(await failure(at.models.addProvider({ baseUrl: `${strict}/v1` }))).toMatchObject({ code: 'models/no-key' });
    const page = await listServer(() => ({ body: '<html>' }));
    expect(await failure(at.models.addProvider({ baseUrl: page }))).toMatchObject({ code: 'models/bad-answer' });
    expect(await failure(at.models.addProvider({ baseUrl: 'http://127.0.0.1:9/v1', key: 'k' }))).toMatchObject({ code: 'models/unreachable' });
    for (const baseUrl of ['', 'ftp://x', 'http://user:pw@127.0.0.1/', 'http://']) expect(await failure(at.models.addProvider({ baseUrl }))).toMatchObject({ code: 'core/bad-input' });
    expect(at.store.kept.providers).toEqual([]);
    expect(at.secrets.values.size).toBe(0);
    expect(await at.models.list()).toEqual([]);
  });

  it('finds the API below the address that a server prints, and takes a whole path', async () => {
    const at = fresh();
    const root = await listServer((path) => (path === '/v1/models' ? { body: { data: [{ id: 'llama' }] } } : { status: 404, body: 'not here' }));
    expect((await at.models.addProvider({ baseUrl: root })).provider.baseUrl).toBe(`${root}/v1`);
    expect((await at.models.addProvider({ baseUrl: `${root.replace('http://', '')}/v1/chat/completions` })).provider.baseUrl).toBe(`${root}/v1`);
  });

  it('reads what lists say about context and abilities, and leaves the rest unknown', async () => {
    const at = fresh();
    const url = await listServer(() => ({ body: { data: [
      { id: 'a', context_length: 1000, supported_parameters: ['tools', 'reasoning'], architecture: { input_modalities: ['text', 'image'] }, name: 'A model' },
      { id: 'b', max_model_len: 2000 }, { id: 'c', context_window: 3000 }, { id: 'd', meta: { n_ctx_train: 4000 } }, { id: 'models/e', capabilities: { function_calling: false, vision: true } },
      { id: 'f', capabilities: ['tools'] }, { nonsense: true }, 'text', { id: 7 },
    ] } }));
    const { probe } = await at.models.addProvider({ baseUrl: `${url}/v1`, preset: 'vllm' });
    expect(probe.models.map((model) => [model.model, model.contextLength, model.capabilities.tools, model.capabilities.vision])).toEqual([['a', 1000, true, true], ['b', 2000, null, null], ['c', 3000, null, null], ['d', 4000, null, null], ['e', null, false, true], ['f', null, true, false]]);
    expect(probe.models[0]).toMatchObject({ label: 'A model', capabilities: { reasoning: true, jsonSchema: false, usageInStream: null } });
  });

  it('sends the key the way each kind of provider wants it', async () => {
    const at = fresh();
    const seen: Record<string, unknown>[] = [];
    const url = await listServer((_path, headers) => { seen.push(headers); return { body: { data: [] } }; });
    await at.models.addProvider({ baseUrl: `${url}/v1`, key: 'k1', preset: 'azure' });
    await at.models.addProvider({ baseUrl: `${url}/v1`, key: 'k2', preset: 'anthropic' });
    await at.models.addProvider({ baseUrl: `${url}/v1`, key: 'k3' });
    expect(seen.map((headers) => [headers['authorization'], headers['api-key'], headers['x-api-key']])).toEqual([[undefined, 'k1', undefined], ['Bearer k2', undefined, 'k2'], ['Bearer k3', undefined, undefined]]);
  });

  it('answers models/not-found for what is not there', async () => {
    const at = fresh();
    for (const promise of [at.models.resolve('nobody/m'), at.models.resolve('no-slash'), at.models.setDefault('nobody/m'), at.models.removeProvider('nobody'), at.models.test('nobody')]) expect(await failure(promise)).toMatchObject({ code: 'models/not-found' });
    expect(await at.models.setDefault(null)).toEqual({ provider: 'practice', model: 'practice' });
    at.store.kept.chosen = { provider: 'gone', model: 'm' };
    expect((await at.models.resolve(undefined)).info.practice).toBe(true);
  });
});
