import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalPort } from '../../../main/core/engine/models/index.ts';
import { world } from './stand-in.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => { for (const thing of open.splice(0)) await thing.close(); });

type Routes = Record<string, unknown | ((body: Record<string, unknown>) => unknown)>;

/** A server that knows these paths only. */
async function serve(routes: Routes, status = 404): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => { text += String(piece); });
    request.on('end', () => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const route = routes[request.url ?? ''];
      if (route === undefined) response.writeHead(status).end('nothing here');
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(typeof route === 'function' ? (route as (body: unknown) => unknown)(text === '' ? {} : JSON.parse(text)) : route));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  open.push({ close: () => { server.closeAllConnections(); server.close(); } });
  return { port: (server.address() as AddressInfo).port, asked };
}

const list = (...ids: string[]) => ({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });
const fresh = (localPorts: readonly LocalPort[]) => {
  const at = world({ localPorts });
  open.push(at.http);
  return at;
};
const plain = (port: number): LocalPort => ({ port, usual: null });

const SHOWN: Record<string, unknown> = {
  small: { model_info: { 'general.architecture': 'llama', 'llama.context_length': 131_072 }, capabilities: ['completion', 'tools'] },
  wide: { model_info: { 'general.architecture': 'qwen3', 'qwen3.context_length': 40_960 }, parameters: 'stop "<x>"\nnum_ctx                        32768\ntemperature 1', capabilities: ['completion', 'vision', 'thinking'] },
  tiny: { model_info: { 'general.architecture': 'gpt2', 'gpt2.context_length': 1_024 } },
  loaded: { model_info: { 'general.architecture': 'llama', 'llama.context_length': 131_072 }, parameters: 'num_ctx 2048' },
};
const ollama = (): Routes => ({
  '/v1/models': list('small', 'wide', 'tiny', 'loaded', 'unknown'), '/api/version': { version: '0.13.5' },
  '/api/ps': { models: [{ name: 'loaded', context_length: 16_384 }] }, '/api/show': ({ model }: Record<string, unknown>) => SHOWN[String(model)] ?? 'no such model',
});

describe('A4 servers on this machine', () => {
  it('finds each kind by what only it answers, whatever the port', async () => {
    const servers = {
      ollama: await serve(ollama()),
      lmstudio: await serve({ '/v1/models': list('a'), '/api/v0/models': { data: [{ id: 'a', object: 'model', type: 'llm', state: 'loaded', max_context_length: 4096 }] } }),
      llamacpp: await serve({ '/v1/models': list('b.gguf'), '/props': { default_generation_settings: { n_ctx: 4096 }, total_slots: 1 } }),
      localai: await serve({ '/v1/models': list('c'), '/system': { backends: ['llama-cpp'], loaded_models: [] } }),
    };
    const at = fresh(Object.values(servers).map(({ port }) => plain(port)));
    const found = await at.models.discover();
    expect(found.map(({ preset, name, models }) => [preset, name, models.length])).toEqual([['ollama', 'Ollama', 5], ['lmstudio', 'LM Studio', 1], ['llamacpp', 'llama.cpp', 1], ['localai', 'LocalAI', 1]]);
    expect(found[0]).toMatchObject({ baseUrl: `http://127.0.0.1:${servers.ollama.port}/v1`, needsKey: false, providerId: null });
  });

  it('takes a list without a sign for the one that usually listens there, and for a nameless server elsewhere', async () => {
    const [jan, other] = [await serve({ '/v1/models': list('j') }), await serve({ '/v1/models': list('x') })];
    const found = await fresh([{ port: jan.port, usual: 'jan' }, plain(other.port)]).models.discover();
    expect(found.map(({ preset, name }) => [preset, name])).toEqual([['jan', 'Jan'], [null, `127.0.0.1:${other.port}`]]);
  });

  it('says that a server asks for a key, and leaves alone who is no server of models', async () => {
    const [jan, router, page] = [await serve({}, 401), await serve({}, 401), await serve({ '/v1/models': { hello: 'world' } })];
    const found = await fresh([{ port: jan.port, usual: 'jan' }, plain(router.port), plain(page.port), plain(9)]).models.discover();
    expect(found).toEqual([{ preset: 'jan', name: 'Jan', baseUrl: `http://127.0.0.1:${jan.port}/v1`, needsKey: true, models: [], providerId: null }]);
    expect(router.asked).toEqual(['GET /v1/models']);
    expect(page.asked).toEqual(['GET /v1/models']);
  });

  it('does not wait for a server that accepts and says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    open.push({ close: () => { silent.closeAllConnections(); silent.close(); } });
    const quick = await serve({ '/v1/models': list('x') });
    const startedAt = performance.now();
    expect(await fresh([plain((silent.address() as AddressInfo).port), plain(quick.port)]).models.discover()).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('knows what was added already, by whatever name of this machine', async () => {
    const { port } = await serve(ollama());
    const at = fresh([plain(port)]);
    const { provider } = await at.models.addProvider({ baseUrl: `http://localhost:${port}` });
    expect(provider).toMatchObject({ name: 'Ollama', preset: 'ollama', baseUrl: `http://localhost:${port}/v1` });
    expect(await at.models.discover()).toMatchObject([{ providerId: provider.id }]);
  });
});

describe('A11 what Ollama reads of a prompt', () => {
  it('is the length it uses, never the one a model was made for', async () => {
    const { port } = await serve(ollama());
    const { probe } = await fresh([]).models.addProvider({ baseUrl: `http://127.0.0.1:${port}/v1`, preset: 'ollama' });
    expect(Object.fromEntries(probe.models.map(({ model, contextLength }) => [model, contextLength]))).toEqual({ small: 4_096, wide: 32_768, tiny: 1_024, loaded: 16_384, unknown: null });
    expect(probe.models.map(({ capabilities: { tools, vision, reasoning } }) => [tools, vision, reasoning])).toEqual([[true, false, false], [false, true, true], [null, null, null], [null, null, null], [null, null, null]]);
  });

  it('stays unknown when an old Ollama does not say', async () => {
    const { port } = await serve({ '/v1/models': list('m'), '/api/version': { version: '0.1.0' } });
    const { probe } = await fresh([]).models.addProvider({ baseUrl: `http://127.0.0.1:${port}` });
    expect(probe).toMatchObject({ ok: true, models: [{ model: 'm', contextLength: null }] });
  });
});
