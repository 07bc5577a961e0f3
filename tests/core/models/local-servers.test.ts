import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalPort } from '../../../main/core/engine/models/index.ts';
import { ask, failure, run, tool, world, type World } from './stand-in.ts';

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
    expect(performance.now() - startedAt).toBeLessThan(10_000);
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
  it('is what it can be told to read: as much as it is set up for, else 16,384, never more than the model was made for', async () => {
    const { port } = await serve(ollama());
    const { probe } = await fresh([]).models.addProvider({ baseUrl: `http://127.0.0.1:${port}/v1`, preset: 'ollama' });
    expect(Object.fromEntries(probe.models.map(({ model, contextLength }) => [model, contextLength]))).toEqual({ small: 16_384, wide: 32_768, tiny: 1_024, loaded: 16_384, unknown: null });
    expect(probe.models.map(({ capabilities: { tools, vision, reasoning } }) => [tools, vision, reasoning])).toEqual([[true, false, false], [false, true, true], [null, null, null], [null, null, null], [null, null, null]]);
  });

  it('stays unknown when an old Ollama does not say', async () => {
    const { port } = await serve({ '/v1/models': list('m'), '/api/version': { version: '0.1.0' } });
    const { probe } = await fresh([]).models.addProvider({ baseUrl: `http://127.0.0.1:${port}` });
    expect(probe).toMatchObject({ ok: true, models: [{ model: 'm', contextLength: null }] });
  });
});

type Line = Record<string, unknown>;
const said = (message: Line, more: Line = {}): Line => ({ model: 'small', message: { role: 'assistant', content: '', ...message }, done: false, ...more });
const DONE = said({}, { done: true, done_reason: 'stop', prompt_eval_count: 30, eval_count: 5 });

/** Ollama's own protocol: lines of JSON at /api/chat, in pieces that end where they like. `asked` are the bodies. */
async function ownProtocol(answer: (body: Line) => readonly Line[] | { status: number; error: string } | 'silence'): Promise<{ at: World; model: Awaited<ReturnType<World['models']['resolve']>>; asked: Line[]; closed: Promise<void> }> {
  const asked: Line[] = [];
  const closed = Promise.withResolvers<void>();
  const routes = ollama();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => { text += String(piece); });
    request.on('end', () => {
      const body = text === '' ? {} : JSON.parse(text) as Line;
      const route = routes[request.url ?? ''];
      if (request.url !== '/api/chat') { response.end(JSON.stringify(typeof route === 'function' ? (route as (given: Line) => unknown)(body) : route)); return; }
      asked.push(body);
      const lines = answer(body);
      if (lines === 'silence') { response.writeHead(200).write(`${JSON.stringify(said({ content: 'I begin' }))}\n`); response.on('close', closed.resolve); return; }
      if ('status' in lines) { response.writeHead(lines.status as number).end(JSON.stringify({ error: lines.error })); return; }
      const all = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      for (let from = 0; from < all.length; from += 7) response.write(all.subarray(from, from + 7));
      response.end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  open.push({ close: () => { server.closeAllConnections(); server.close(); } });
  const at = fresh([]);
  const { provider } = await at.models.addProvider({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, preset: 'ollama' });
  return { at, model: await at.models.resolve(`${provider.id}/small`), asked, closed: closed.promise };
}

describe('A11 Ollama is told how much to read', () => {
  it.each([
    ['a short request', 100, 4_096], ['one that needs more', 16_000, 8_192], ['a long one: the most that is read', 44_000, 16_384],
  ])('%s', async (_, characters, expected) => {
    const { model, asked } = await ownProtocol(() => [said({ content: 'ok' }), DONE]);
    await run(model, ask('x'.repeat(characters)));
    expect(asked).toMatchObject([{ options: { num_ctx: expected }, truncate: false, stream: true }]);
  });

  it('never asks for less than before, since the model would be loaded anew, and refuses what it could only cut', async () => {
    const { model, asked } = await ownProtocol(() => [said({ content: 'ok' }), DONE]);
    await run(model, ask('x'.repeat(16_000)));
    await run(model, ask('short'));
    expect(asked.map((body) => (body['options'] as Line)['num_ctx'])).toEqual([8_192, 8_192]);
    const error = await failure(run(model, ask('x'.repeat(80_000))));
    expect(error).toMatchObject({ code: 'models/context-too-long', message: expect.stringMatching(/about 200\d\d tokens.+reads 16384 at once/) });
    expect(asked).toHaveLength(2);
  });

  it('puts messages, tools, images and a form in its own words, and reads text, thoughts, calls and usage', async () => {
    const { model, asked } = await ownProtocol(() => [said({ thinking: 'hm' }), said({ content: 'Grüße ' }), said({ content: 'an dich' }), said({ tool_calls: [{ function: { name: 't', arguments: { a: 1 } } }, { function: { name: 't', arguments: { a: 2 } } }] }), DONE]);
    const { answer, deltas } = await run(model, ask('', {
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] }, { role: 'user', parts: [{ type: 'text', text: 'look' }, { type: 'image', mediaType: 'image/png', data: 'AAAA' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', tool: 'p/t', name: 't', arguments: { a: 0 } }] }, { role: 'tool', parts: [{ type: 'tool_result', callId: 'c1', name: 't', content: 'went wrong', isError: true }] },
      ],
      tools: [tool('t', 'T', { a: { type: 'number' } })], responseSchema: { name: 'shape', schema: { type: 'object' } }, maxTokens: 50, temperature: 0.2, seed: 7,
    }));
    expect(asked[0]).toMatchObject({
      model: 'small', format: { type: 'object' }, options: { num_predict: 50, temperature: 0.2, seed: 7 }, tools: [{ type: 'function', function: { name: 't' } }],
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'look', images: ['AAAA'] }, { role: 'assistant', tool_calls: [{ function: { name: 't', arguments: { a: 0 } } }] }, { role: 'tool', tool_name: 't', content: 'Error: went wrong' }],
    });
    expect(answer).toMatchObject({ text: 'Grüße an dich', finish: 'tool_calls', reasoning: { text: 'hm' }, usage: { promptTokens: 30, completionTokens: 5, estimated: false } });
    expect(answer.toolCalls.map((call) => call.arguments)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(deltas.filter(({ type }) => type === 'text')).toHaveLength(2);
  });

  it.each([
    ['a refusal', { status: 404, error: 'model "small" not found, try pulling it first' }, 'models/not-found'],
    ['a length that it does not take', { status: 400, error: 'input length exceeds the context length' }, 'models/context-too-long'],
    ['a failure in the middle', [said({ content: 'I be' }), { error: 'the runner has ended' }], 'models/cut'],
    ['an answer without its end', [said({ content: 'I be' })], 'models/cut'],
  ])('tells %s', async (_, answer, code) => {
    const { model } = await ownProtocol(() => answer);
    expect(await failure(run(model, ask('hello')))).toMatchObject({ code });
  });

  it('closes the connection when it is stopped', async () => {
    const { model, closed } = await ownProtocol(() => 'silence');
    const stop = new AbortController();
    expect(await failure(model.chat(ask('hello', { signal: stop.signal }), () => { stop.abort(); }))).toMatchObject({ code: 'run/cancelled' });
    await closed;
  });
});

describe('A11 what other servers on this machine read', () => {
  it('is what llama.cpp was started with and what LM Studio loaded, asked again after a minute', async () => {
    const [props, loaded] = [{ n_ctx: 8_192 }, { id: 'a', type: 'vlm', state: 'loaded', loaded_context_length: 12_288 as number | undefined, max_context_length: 131_072, capabilities: ['tool_use'] }];
    const llama = await serve({ '/v1/models': { data: [{ id: 'b', meta: { n_ctx_train: 131_072 } }] }, '/props': { default_generation_settings: props, total_slots: 1 } });
    const studio = await serve({ '/v1/models': list('a'), '/api/v0/models': { data: [loaded] } });
    const at = fresh([]);
    const refs: string[] = [];
    for (const { port } of [llama, studio]) refs.push(`${(await at.models.addProvider({ baseUrl: `http://127.0.0.1:${port}/v1` })).provider.id}/${refs.length === 0 ? 'b' : 'a'}`);
    const lengths = (): Promise<(number | null)[]> => Promise.all(refs.map(async (ref) => (await at.models.resolve(ref)).info.contextLength));
    expect(await lengths()).toEqual([8_192, 12_288]);
    props.n_ctx = 2_048;
    loaded.loaded_context_length = undefined;
    expect(await lengths()).toEqual([8_192, 12_288]);
    at.now += 61_000;
    expect(await lengths()).toEqual([2_048, 4_096]);
  });
});
