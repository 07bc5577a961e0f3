/** A person's own model provider, as far as the wire: a stand-in on 127.0.0.1 sees what the real core sends and when. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TroupeClient } from '../../../contract/link/client.ts';
import type { RunEvent } from '../../../contract/model/run.ts';
import { chunk, DONE, sse } from '../models/stand-in.ts';
import { followRun, installPlugin, startCore, type RunningCore } from '../../support/running-core.ts';

const KEY = 'sk-stand-in-7Q9vX2mLpR4tZ8wK';
interface Body { readonly messages: { role: string; content: unknown }[]; readonly tools: { function: { name: string } }[] }
let core: RunningCore;
let client: TroupeClient;
let server: Server;
let base: string;
let answer: (response: ServerResponse, request: IncomingMessage, body: Body) => void;
let keys: Set<string>;
let hireId: string;

beforeAll(async () => {
  keys = new Set();
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => { text += String(piece); });
    request.on('end', () => {
      keys.add(request.headers.authorization ?? '');
      if (request.method === 'GET') response.setHeader('content-type', 'application/json').end(JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model' }] }));
      else answer(response, request, JSON.parse(text) as never);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  core = await startCore({ passphrase: 'four old brown words' });
  client = await core.client();
  await installPlugin(client, 'dev.troupe.web-research');
  const { provider, probe } = await client.call.models.add({ baseUrl: base, key: KEY, name: 'Stand-in' });
  expect(probe).toMatchObject({ ok: true, models: [{ model: 'm', local: true }] });
  expect(JSON.stringify(provider)).not.toContain(KEY);
  hireId = (await client.call.team.hire({ pluginId: 'dev.troupe.web-research', agentId: 'writer', name: 'Stan', model: `${provider.id}/m` })).id;
}, 90_000);
afterAll(async () => {
  await core.end();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});
beforeEach(() => { answer = (response) => { sse(response).end(chunk({ role: 'assistant', content: 'Hello.' }) + chunk({}, 'stop') + DONE); }; });

const send = async (text: string): Promise<{ id: string; runId: string }> => {
  const { id } = await client.call.chat.start({ hireId });
  return { id, runId: (await client.call.chat.send({ id, text })).runId };
};
const types = (events: readonly RunEvent[]): string[] => events.map(({ type }) => type);

describe('chat with a provider', () => {
  it('sends the key to it and streams its answer', async () => {
    answer = (response) => { sse(response).write(chunk({ role: 'assistant', content: 'One, ' })); response.end(chunk({ content: 'two.' }) + chunk({}, 'stop', { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }) + DONE); };
    const { id, runId } = await send('Count');
    const events = await followRun(client, runId);
    expect(types(events).at(-1)).toBe('run_finished');
    expect((await client.call.chat.messages({ id })).messages.at(-1)).toMatchObject({ role: 'assistant', status: 'done', blocks: [{ type: 'text', text: 'One, two.' }], usage: { promptTokens: 7, completionTokens: 3, estimated: false } });
    expect(keys).toEqual(new Set([`Bearer ${KEY}`]));
  });

  it('delivers each piece before the next one is sent', async () => {
    const seen = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const words = ['First ', 'second ', 'third.'];
    answer = (response) => {
      void (async () => {
        sse(response);
        for (const [index, word] of words.entries()) {
          response.write(chunk({ content: word }));
          // The provider goes on only when the reader has what it sent: a core that waits for more would hang here.
          await seen[index]?.promise;
        }
        response.end(chunk({}, 'stop') + DONE);
      })();
    };
    const { runId } = await send('Slowly, please');
    let text = '';
    await followRun(client, runId, ({ type, data }) => {
      if (type !== 'llm_stream_chunk') return;
      text += String(data['text']);
      words.forEach((_word, index) => { if (text.startsWith(words.slice(0, index + 1).join(''))) seen[index]?.resolve(); });
    });
    expect(text).toBe('First second third.');
  }, 20_000);

  it('closes the provider\'s connection when the run is cancelled, and keeps what was said', async () => {
    // The best of a few: a busy machine makes any one of them late.
    let fastest = Infinity;
    for (let turn = 0; turn < 5 && fastest >= 100; turn += 1) {
      const closed = Promise.withResolvers<number>();
      answer = (response) => { response.once('close', () => { closed.resolve(performance.now()); }); sse(response).write(chunk({ content: 'So far' })); };
      const { id, runId } = await send('Go on for ever');
      let asked = 0;
      const events = await followRun(client, runId, async ({ type }) => { if (type === 'llm_stream_chunk' && asked === 0) { asked = performance.now(); await client.call.runs.cancel({ id: runId }); } });
      fastest = Math.min(fastest, await closed.promise - asked);
      expect(types(events).at(-1)).toBe('run_cancelled');
      expect((await client.call.chat.messages({ id })).messages.at(-1)).toMatchObject({ status: 'cancelled', blocks: [{ type: 'text', text: 'So far' }] });
    }
    expect(fastest).toBeLessThan(100);
  }, 60_000);

  it('tells a provider\'s refusal by its code, without the key', async () => {
    answer = (response) => { response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}`, code: 'invalid_api_key' } })); };
    const { runId } = await send('Hello');
    const events = await followRun(client, runId);
    expect(events.at(-1)).toMatchObject({ type: 'run_failed', data: { error: { code: 'models/unauthorized' } } });
    expect(JSON.stringify(events)).not.toContain(KEY);
    const { checks } = await client.call.observe.doctor({});
    expect(checks.find(({ id }) => id === 'models')?.facts).toMatchObject({ providers: [{ name: 'Stand-in', hasKey: true }] });
  });

  it('asks nothing of the machine itself to be offline', async () => {
    const offline = await core.client({ offline: true });
    await offline.call.observe.about({});
    const { runId } = await send('Are you there?');
    expect(types(await followRun(client, runId)).at(-1)).toBe('run_finished');
    offline.close();
  });
});

describe('A9 what a model does wrong', () => {
  const calls = (name: string, given: string) => [chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: given } }] }), chunk({}, 'tool_calls')].join('') + DONE;
  const nothing = (): string => chunk({ role: 'assistant', content: '' }) + chunk({}, 'stop') + DONE;

  it.each([
    ['a tool that there is none of', () => calls('fly_to_the_moon', '{}'), 'tool', /^Error: There is no tool "fly_to_the_moon"\. (You have: \w+|Look for one)/],
    ['arguments that are no JSON', ({ tools }: Body) => calls(tools[0]?.function.name ?? '', '{"url": '), 'tool', /^Error: The arguments of \w+ were not JSON\. Call it again with a JSON object that fits its schema\.$/],
    ['arguments that do not fit', ({ tools }: Body) => calls(tools[0]?.function.name ?? '', '{"nobody_asked": 1}'), 'tool', /^Error: .*(required|additional|must|fit|expected)/i],
    ['an empty answer', nothing, 'user', /^Your answer was empty\. Answer the request, or say what keeps you from it\.$/],
  ])('%s: it is told what to do, and does better', async (_, first, role, advice) => {
    const bodies: Body[] = [];
    answer = (response, _request, body) => { bodies.push(body); sse(response).end(bodies.length === 1 ? first(body) : chunk({ role: 'assistant', content: 'Better.' }) + chunk({}, 'stop') + DONE); };
    const { id, runId } = await send('Do it');
    await followRun(client, runId);
    expect(bodies).toHaveLength(2);
    expect(bodies[1]?.messages.at(-1)).toMatchObject({ role, content: expect.stringMatching(advice) });
    expect((await client.call.chat.messages({ id })).messages.at(-1)?.blocks.at(-1)).toEqual({ type: 'text', text: 'Better.' });
  });

  it('nothing but empty answers: the person is told what to do', async () => {
    answer = (response) => { sse(response).end(nothing()); };
    const { runId } = await send('Do it');
    expect((await followRun(client, runId)).at(-1)).toMatchObject({ type: 'run_failed', data: { error: { code: 'models/bad-answer', message: 'The model gave an empty answer, also when asked again. Try again, or use another model.' } } });
  });
});

describe('a request that is repeated', () => {
  it('adds one provider, removes it once, and tries again after a failure', async () => {
    const before = (await client.call.models.providers({})).providers.length;
    const add = { baseUrl: base, name: 'Twice', requestId: 'request-add-0001' };
    const [one, two] = await Promise.all([client.call.models.add(add), client.call.models.add(add)]);
    expect(two).toEqual(one);
    expect(await client.call.models.add(add)).toEqual(one);
    expect((await client.call.models.providers({})).providers).toHaveLength(before + 1);
    const remove = { id: one.provider.id, requestId: 'request-remove-01' };
    await client.call.models.remove(remove);
    expect(await client.call.models.remove(remove)).toEqual({});
    await expect(client.call.models.remove({ id: one.provider.id })).rejects.toMatchObject({ code: 'models/not-found' });
    const wrong = { baseUrl: 'http://127.0.0.1:9/v1', requestId: 'request-add-0002' };
    await expect(client.call.models.add(wrong)).rejects.toMatchObject({ code: 'models/unreachable' });
    await expect(client.call.models.add(wrong)).rejects.toMatchObject({ code: 'models/unreachable' });
  });
});

describe('the key', () => {
  it('is nowhere: not in an answer, an event, a log, or a file of the home in any form', async () => {
    const { runs } = await client.call.runs.list({});
    const { conversations } = await client.call.chat.conversations({});
    const exports = await Promise.all([...conversations.flatMap(({ id }) => (['json', 'markdown', 'html'] as const).map((format) => client.call.chat.export({ id, format }))), client.call.audit.export({ format: 'jsonl' })]);
    expect(exports.length).toBeGreaterThan(3);
    const told = JSON.stringify([exports, await client.call.models.providers({}), await client.call.models.list({}), await client.call.settings.get({}), runs, await Promise.all(runs.map(({ id }) => followRun(client, id))), await client.call.observe.doctor({})]);
    const forms = [KEY, Buffer.from(KEY).toString('base64').slice(0, -4), Buffer.from(KEY).toString('hex'), encodeURIComponent(KEY)];
    for (const form of forms) expect(told.includes(form)).toBe(false);
    const files = (await readdir(core.home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    expect(files.map((file) => path.basename(file))).toEqual(expect.arrayContaining(['troupe.db', 'key.json']));
    for (const file of files) {
      const bytes = await readFile(file);
      for (const form of forms) expect(bytes.includes(form), `${file} holds the key`).toBe(false);
    }
    expect(files.some((file) => file.includes(`${path.sep}logs${path.sep}`))).toBe(true);
    expect(core.stderr()).not.toContain(KEY);
  });

  it('goes with its provider', async () => {
    const { providers } = await client.call.models.providers({});
    for (const { id } of providers) await client.call.models.remove({ id });
    expect((await client.call.models.list({})).models.map(({ provider }) => provider)).toEqual(['practice']);
  });

  it('is kept until the end in a home that stores none, and is not on the disk', async () => {
    const plain = await startCore({ words: ['--idle-exit', '60000'] });
    try {
      const one = await plain.client();
      const { provider } = await one.call.models.add({ baseUrl: base, key: KEY });
      expect(provider.hasKey).toBe(true);
      expect((await one.call.models.test({ id: provider.id })).ok).toBe(true);
      await plain.stop();
      const entries = (await readdir(plain.home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
      for (const entry of entries) expect((await readFile(path.join(entry.parentPath, entry.name))).includes(KEY), entry.name).toBe(false);
    } finally {
      await plain.end();
    }
  }, 40_000);
});
