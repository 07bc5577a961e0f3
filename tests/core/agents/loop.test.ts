import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import type { Run, RunEvent } from '../../../contract/model/run.ts';
import { AppError } from '../../../contract/errors/app-error.ts';
import { historyOf } from '../../../main/core/engine/agents/index.ts';
import { callsAtOnce } from './at-once.ts';
import { fakeSandbox, HELPER, openWorkshop, scriptedModel, TestPlugins, typesOf, withHelper, type Script, type Say, type ScriptedModel, type Workshop, type WorkshopOptions } from './workshop.ts';
import { collect, openTestHome, questionOf, type TestHome, until } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins); });
afterEach(async () => { await home.close(); });

const forever = new AbortController().signal;

/** Runs the helper once and answers everything about it. */
async function work(script: readonly Say[] | Script, more: Partial<WorkshopOptions> & { prompt?: string; info?: object; input?: object } = {}): Promise<{ run: Run; events: RunEvent[]; model: ScriptedModel; shop: Workshop }> {
  const model = scriptedModel(script, more.info);
  const shop = openWorkshop({ home, plugins, model, sandbox: fakeSandbox({ look: ({ q }) => ({ found: q }), send: () => 'sent' }), ...more });
  const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: more.prompt ?? 'Do it.', ...more.input } });
  await shop.runs.settled(runId);
  return { run: await shop.runs.get({ id: runId }), events: await collect(shop.runs.events(runId, 0, forever)), model, shop };
}
const finished = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'tool_usage_finished').map((event) => event.data);
const look = (q: string) => ({ name: 'look', arguments: { q } });

describe('R1 an agent as a run', () => {
  it('goes from tools to a final answer and records the full way', async () => {
    const { run, events, model } = await work([{ calls: [look('a')] }, { text: 'It is a.' }]);
    expect(run).toMatchObject({ status: 'completed', executionType: 'agent', executionTarget: 'helper', result: { text: 'It is a.' }, tokenUsage: { totalTokens: 30, successfulRequests: 2 } });
    const started = events.filter((event) => event.type === 'llm_call_started').map((event) => event.data);
    expect(started.map((data) => [data.iteration, data.messages, data.withTools])).toEqual([[1, 2, true], [2, 4, true]]);
    expect(new Set(started.map((data) => data.sha256)).size).toBe(2);
    expect(model.requests[0]?.tools.map((tool) => tool.name)).toEqual(['look', 'send', 'calculator']);
    expect(finished(events)[0]).toMatchObject({ callId: 'c1-1', toolId: `${HELPER}/look`, arguments: { q: 'a' }, content: '{"found":"a"}', error: null, metrics: { wallMs: 1 } });
    const child = events.find((event) => event.type === 'llm_call_finished');
    expect(child?.parent).toBe(events.find((event) => event.type === 'llm_call_started')?.id);
  });

  it('A2 keeps what each call cost with it, and the sum with the run; one of unknown cost makes the sum unknown', async () => {
    const costs = async (...costOfCalls: (number | null)[]) => {
      const { run, events } = await work(costOfCalls.map((cost, index) => (index < costOfCalls.length - 1 ? { calls: [look('a')], cost } : { text: 'Done.', cost })));
      expect(events.flatMap(({ type, data }) => (type === 'llm_call_finished' ? [(data.usage as { cost?: unknown }).cost] : []))).toEqual(costOfCalls);
      return run.tokenUsage?.cost;
    };
    expect(await costs(300, 4)).toBe(304);
    expect(await costs(0, 0)).toBe(0);
    expect(await costs(300, null, 4)).toBeNull();
    expect((await work([{ text: 'Done.' }])).run.tokenUsage?.cost).toBeNull();
  });

  it('fills the agent\'s texts in from the input and tells what holds for everyone', async () => {
    withHelper(plugins, { agent: 'role: Writer about {topic}\ngoal: Write on {topic} for {reader}.\nbackstory: Long ago.\ninstructions: Be short.\nexamples: [{ input: a, output: b }]\n' });
    const { model } = await work([{ text: 'ok' }], { input: { topic: 'bees' } });
    const part = model.requests[0]?.messages[0]?.parts[0];
    const text = part?.type === 'text' ? part.text : '';
    expect(text).toContain('You are Writer about bees.');
    expect(text).toContain('Write on bees for {reader}.');
    expect(text).toContain('User: a\nYou: b');
    expect(text.lastIndexOf('Rules that always hold')).toBeGreaterThan(text.indexOf('Be short.'));
  });

  it('refuses what cannot be started, and says what there is', async () => {
    const { starter } = openWorkshop({ home, plugins, model: scriptedModel([]) });
    plugins.add('dev.test.crews', { manifest: { capabilities: { crews: [{ id: 'team', name: 'T', description: 'D', file: 'crews/t.yaml' }] } } });
    const start = (pluginId: string, target: string, input: Record<string, unknown> = { prompt: 'x' }, model?: string) => starter.start({ pluginId, target, input, model });
    await expect(start('dev.test.none', 'x')).rejects.toMatchObject({ code: 'plugins/not-installed' });
    await expect(start('dev.test.crews', 'team')).rejects.toMatchObject({ code: 'run/not-yet-supported' });
    await expect(start(HELPER, 'nobody')).rejects.toMatchObject({ code: 'run/not-found', message: expect.stringContaining('helper, look, send') });
    await expect(start(HELPER, 'helper', {})).rejects.toMatchObject({ code: 'run/bad-parameters' });
    await expect(start(HELPER, 'look', { q: 1 })).rejects.toMatchObject({ code: 'run/bad-parameters' });
    await expect(start(HELPER, 'helper', { prompt: 'x' }, 'none/none')).rejects.toMatchObject({ code: 'models/not-found' });
  });

  it('runs a tool by itself, asking first when it changes something', async () => {
    const shop = openWorkshop({ home, plugins, model: scriptedModel([]), sandbox: fakeSandbox({ look: ({ q }) => q, send: () => { throw new AppError('sandbox/plugin-threw', 'It broke.'); } }) });
    const read = await shop.starter.start({ pluginId: HELPER, target: 'look', input: { q: '5' } });
    await shop.runs.settled(read.runId);
    expect(await shop.runs.get({ id: read.runId })).toMatchObject({ status: 'completed', executionType: 'tool', result: '5' });
    const write = await shop.starter.start({ pluginId: HELPER, target: 'send', input: { to: 'bob' } });
    await until(async () => (await shop.runs.get({ id: write.runId })).status === 'waiting');
    await shop.runs.approve({ ...await questionOf(home.store, write.runId, 'call'), decision: 'allow', scope: 'once' });
    await shop.runs.settled(write.runId);
    expect(await shop.runs.get({ id: write.runId })).toMatchObject({ status: 'failed', error: { code: 'tools/failed', message: 'It broke.' } });
  });
});

describe('R9 a run that was started by itself', () => {
  it('goes on after a restart, agent and tool alike, with what a tool gave before', async () => {
    let ready = false;
    const model = scriptedModel((request) => (ready ? { text: 'after' } : new Promise((_, reject) => { request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true }); })));
    const before = openWorkshop({ home, plugins, model, sandbox: fakeSandbox({ look: (_input, request) => new Promise((_, reject) => { request.signal?.addEventListener('abort', () => { reject(new AppError('sandbox/cancelled', 'gone')); }, { once: true }); }) }) });
    const agent = await before.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'Do it.' } });
    const tool = await before.starter.start({ pluginId: HELPER, target: 'look', input: { q: 'a' } });
    await until(async () => (await before.runs.get({ id: agent.runId })).lastSeq >= 4 && (await before.runs.get({ id: tool.runId })).lastSeq >= 2);
    await before.runs.stop();
    ready = true;
    const done = await home.store.write('startRun', {
      run: { id: 'done', pluginId: HELPER, executionType: 'tool', executionTarget: 'look', parameters: { q: 'a' }, conversationId: null, hireId: null, parentRunId: null, model: null, createdAt: 1 },
      events: [{ id: 'e', parent: null, at: 1, type: 'tool_usage_finished', channel: 'tools', namespace: [], data: { callId: 'call', content: '{"n":1}', output: null, isText: false, error: null } }],
    });
    const after = openWorkshop({ home, plugins, model, sandbox: fakeSandbox({ look: () => 'seen' }) });
    expect(await after.runs.recover((run) => after.starter.runnableOf(run))).toEqual({ resumed: 3, ended: 0 });
    const results = await Promise.all([agent, tool, done].map(async ({ runId }) => { await after.runs.settled(runId); return (await after.runs.get({ id: runId })).result; }));
    expect(results).toEqual([{ text: 'after' }, 'seen', { n: 1 }]);
    const prompts = model.requests.at(-1)?.messages.filter((message) => message.role === 'user');
    expect(prompts).toHaveLength(1);
  });
});

describe('the agent loop', () => {
  it('makes calls that only read side by side, and others one after another in order', async () => {
    const reading = callsAtOnce(400);
    await work([{ calls: [look('a'), look('b'), look('c')] }, { text: 'ok' }], { sandbox: fakeSandbox({ look: reading.call }) });
    expect(reading.most()).toBe(3);

    const mixed = callsAtOnce(5);
    const model = scriptedModel([{ calls: [look('a'), { name: 'send', arguments: { to: 'bob' } }, look('b')] }, { text: 'ok' }]);
    const shop = openWorkshop({ home, plugins, model, sandbox: fakeSandbox({ look: mixed.call, send: mixed.call }) });
    const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'x' } });
    await until(async () => (await shop.runs.get({ id: runId })).status === 'waiting');
    await shop.runs.approve({ ...await questionOf(home.store, runId, 'c1-2'), decision: 'allow', scope: 'once' });
    await shop.runs.settled(runId);
    expect(mixed.most()).toBe(1);
    const results = model.requests[1]?.messages.slice(-3).map((message) => message.parts[0]);
    expect(results?.map((part) => part?.type === 'tool_result' && part.name)).toEqual(['look', 'send', 'look']);
  });

  it('tells the model what was wrong with a call, and lets it do better', async () => {
    const { run, events, model } = await work([
      { calls: [{ name: 'nothing_like_it' }, { name: 'look', raw: '{"q": ' }, { name: 'look', arguments: { q: 7 } }, { name: 'send', arguments: { to: 'BOB' } }] }, { text: 'ok' },
    ]);
    expect(run.status).toBe('completed');
    expect(finished(events).map((data) => (data.error as { code: string }).code)).toEqual(['tools/not-found', 'tools/bad-arguments', 'tools/bad-arguments', 'tools/bad-arguments']);
    const told = model.requests[1]?.messages.slice(-4).flatMap((message) => message.parts).map((part) => (part.type === 'tool_result' ? part.content : ''));
    expect(told?.[0]).toContain('look, send, calculator');
    expect(told?.[2]).toContain('/q must be string');
    expect(told?.[3]).toContain('pattern');
  });

  it('gives calls ids of their own where a provider repeats or leaves out its ids', async () => {
    const { run, model } = await work([{ calls: [{ ...look('a'), id: 'call_0' }, { ...look('b'), id: '' }] }, { calls: [{ ...look('c'), id: 'call_0' }] }, { text: 'ok' }]);
    expect(run.status).toBe('completed');
    const ids = model.requests[2]?.messages.flatMap((message) => message.parts).flatMap((part) => (part.type === 'tool_call' ? [part.id] : []));
    expect(ids?.[0]).toBe('call_0');
    expect(new Set(ids).size).toBe(3);
  });

  it('R10 ends in one more call without tools when the rounds are used up', async () => {
    withHelper(plugins, { agent: 'role: Helper\ntools: [look]\nmax_iter: 2\n' });
    const { run, model } = await work((request) => (request.tools.length > 0 ? { calls: [look('again')] } : { text: 'What I know.' }));
    expect(run.result).toEqual({ text: 'What I know.' });
    expect(model.requests.map((request) => request.tools.length)).toEqual([1, 1, 0]);
    const stubborn = await work(() => ({ calls: [look('again')] }));
    expect(stubborn.run.error?.code).toBe('run/limit-reached');
    expect(stubborn.model.requests).toHaveLength(3);
  });

  it('R10 ends at the time that the document allows, and at the tokens that the run allows', async () => {
    withHelper(plugins, { agent: 'role: Helper\nmax_execution_time: 1\n' });
    const slow = await work((request) => new Promise((_, reject) => { request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true }); }));
    expect(slow.run.error).toMatchObject({ code: 'run/limit-reached', message: expect.stringContaining('1 seconds') });

    withHelper(plugins);
    const shop = openWorkshop({ home, plugins, model: scriptedModel(() => ({ calls: [look('again')] })), sandbox: fakeSandbox({ look: () => 1 }) });
    const agent = shop.agents.runnable({ pluginId: HELPER, agentId: 'helper', model: null, text: 'x', logged: false, history: () => Promise.resolve([]) });
    const { runId } = await shop.runs.start({ pluginId: HELPER, parameters: {}, model: null }, { ...agent, limits: { maxTokens: 40 } });
    await shop.runs.settled(runId);
    expect(await shop.runs.get({ id: runId })).toMatchObject({ status: 'failed', error: { code: 'run/limit-reached', message: expect.stringContaining('45 tokens') }, tokenUsage: { totalTokens: 45 } });
  });

  it('asks again after an empty answer, twice, then says so', async () => {
    expect((await work([{ text: ' ' }, { text: 'now' }])).run.result).toEqual({ text: 'now' });
    const never = await work(() => ({ text: '' }));
    expect(never.run.error?.code).toBe('models/bad-answer');
    expect(never.model.requests).toHaveLength(3);
    expect((await work(() => ({ text: '', finish: 'content_filter' }))).run.error?.message).toContain('withheld');
  });

  it('repairs structured output twice and then gives up', async () => {
    withHelper(plugins, { agent: 'role: Helper\nresponse_format: { type: object, required: [n], properties: { n: { type: integer } } }\n' });
    const good = await work([{ text: 'not json' }, { text: '{"n": "x"}' }, { text: '```json\n{"n": 3}\n```' }]);
    expect(good.run.result).toEqual({ text: '```json\n{"n": 3}\n```', object: { n: 3 } });
    expect(good.model.requests[0]?.responseSchema?.name).toBe('answer');
    expect(typesOf(good.events).filter((type) => type === 'prompt_added')).toHaveLength(3);
    const bad = await work(() => ({ text: '{"n": null}' }));
    expect(bad.run.error).toMatchObject({ code: 'models/bad-answer', message: expect.stringContaining('/n must be integer') });
    expect(bad.model.requests).toHaveLength(3);
  });

  it('fails with the model\'s own error, shows a retry that is going on, and records both', async () => {
    const { run, events } = await work((_request, onDelta) => {
      onDelta({ type: 'retry', attempt: 1, delayMs: 2000, code: 'models/rate-limited' });
      throw new AppError('models/overloaded', 'Too much to do.');
    });
    expect(run.error).toEqual({ code: 'models/overloaded', message: 'Too much to do.' });
    expect(typesOf(events)).toEqual(['run_started', 'prompt_added', 'agent_prepared', 'llm_call_started', 'llm_call_retried', 'llm_call_failed', 'run_failed']);
  });

  it('works without tools that were not granted, and says so', async () => {
    plugins.add('dev.test.other', { manifest: { capabilities: { tools: [{ id: 'a', name: 'A', description: 'D', effect: 'read' }, { id: 'b', name: 'B', description: 'D', effect: 'read' }] } } });
    plugins.add('dev.test.off', { status: 'disabled', manifest: { capabilities: { tools: [{ id: 'a', name: 'A', description: 'D' }] } } });
    withHelper(plugins, { agent: 'role: Helper\ntools: [dev.test.other/a, dev.test.off/a, gone, look, look]\n', grants: ['tools:dev.test.off/*'] });
    const without = await work([{ text: 'ok' }]);
    expect(without.model.requests[0]?.tools.map((tool) => tool.name)).toEqual(['look']);
    expect(without.events.filter((event) => event.type === 'notice_added').map((event) => event.data.message)).toEqual([expect.stringContaining('not granted'), expect.stringContaining('not installed or is disabled'), expect.stringContaining('no tool "gone"')]);
    withHelper(plugins, { agent: 'role: Helper\ntools: ["dev.test.other/*"]\n', grants: ['tools:dev.test.other/*'] });
    expect((await work([{ text: 'ok' }])).model.requests[0]?.tools.map((tool) => tool.name)).toEqual(['a', 'b']);
  });

  it('needs its plugin: disabled, gone or unreadable becomes the run\'s error', async () => {
    plugins.add(HELPER, { status: 'active', manifest: { capabilities: { agents: [{ id: 'helper', name: 'H', description: 'D', file: 'agents/helper.yaml' }] } }, files: { 'agents/helper.yaml': 'nonsense: true' } });
    expect((await work([])).run.error?.code).toBe('plugins/bad-manifest');
  });

  it('takes the model that the document wishes for only when it is there', async () => {
    withHelper(plugins, { agent: 'role: Helper\nllm: none/none\n' });
    expect((await work([{ text: 'by the default' }])).run.status).toBe('completed');
  });
});

describe('A11 nothing is cut silently', () => {
  const message = (seq: number, role: 'user' | 'assistant', text: string): ChatMessage => ({ id: `m${seq}`, conversationId: 'c', runId: 'r', seq, parentId: seq > 1 ? `m${seq - 1}` : null, role, at: seq, status: 'done', blocks: [{ type: 'text', text }], model: null, usage: null });

  async function chat(info: object, script: Script): Promise<{ model: ScriptedModel; notices: unknown[]; history: number }> {
    const model = scriptedModel(script, info);
    const shop = openWorkshop({ home, plugins, model });
    const history = historyOf(Array.from({ length: 20 }, (_, index) => message(index + 1, index % 2 === 0 ? 'user' : 'assistant', 'x'.repeat(400))));
    const { runId } = await shop.runs.start({ pluginId: HELPER, parameters: {}, model: null }, shop.agents.runnable({ pluginId: HELPER, agentId: 'helper', model: null, text: 'now', logged: false, history: () => Promise.resolve(history) }));
    await shop.runs.settled(runId);
    const events = await collect(shop.runs.events(runId, 0, forever));
    expect((await shop.runs.get({ id: runId })).status).toBe('completed');
    const last = events.filter((event) => event.type === 'llm_call_started').at(-1);
    return { model, notices: events.filter((event) => event.type === 'notice_added').map((event) => event.data.code), history: (last?.data.history as string[]).length };
  }

  it('sends all of it when it fits', async () => {
    expect(await chat({ contextLength: 100_000 }, () => ({ text: 'ok' }))).toMatchObject({ notices: [], history: 20 });
    expect(await chat({ contextLength: null }, () => ({ text: 'ok' }))).toMatchObject({ notices: [], history: 20 });
  });

  const isSummary = (request: { messages: readonly { parts: readonly object[] }[] }): boolean => JSON.stringify(request.messages[0]).includes('You sum up the beginning');

  it('sums up the oldest turns when it would not fit, as data', async () => {
    const { model, notices, history } = await chat({ contextLength: 2000 }, (request) => ({ text: isSummary(request) ? 'They spoke of "x".' : 'ok' }));
    expect(notices).toEqual([]);
    expect(history).toBeGreaterThan(0);
    expect(history).toBeLessThan(20);
    expect(model.requests).toHaveLength(2);
    expect(model.requests[0]).toMatchObject({ tools: [] });
    expect(model.requests[1]?.messages[0]?.parts[0]).toMatchObject({ text: expect.stringContaining(String.raw`"They spoke of \"x\"."`) });
    expect(model.requests[1]?.messages[1]?.role).toBe('user');
  });

  it('leaves the oldest turns out and says so when no summary can be had', async () => {
    for (const summary of ['', null]) {
      const { model, notices, history } = await chat({ contextLength: 2000 }, (request) => {
        if (isSummary(request) && summary === null) throw new AppError('models/bad-answer', 'No.');
        return { text: isSummary(request) ? '' : 'ok' };
      });
      expect(notices).toEqual(['models/context-too-long']);
      expect(history).toBeGreaterThan(2);
      expect(history).toBeLessThan(20);
      expect(model.requests[1]?.messages[1]?.role).toBe('user');
    }
  });

  it('sums up a half when the model says that it is too long, and leaves out when that does not help either', async () => {
    const tooLong = (most: number, summary: string) => chat({ contextLength: null }, (request) => {
      if (isSummary(request)) return { text: summary };
      if (request.messages.length > most) throw new AppError('models/context-too-long', 'Too long.');
      return { text: 'ok' };
    });
    expect(await tooLong(8, 'Sum.')).toMatchObject({ history: 4, notices: [] });
    expect(await tooLong(8, '')).toMatchObject({ history: 4, notices: expect.arrayContaining(['models/context-too-long']) });
  });
});

describe('R8 many agents at once', () => {
  it('runs 50, each with two model calls and a tool call, and none fails', async () => {
    const model = scriptedModel((request) => (request.messages.at(-1)?.role === 'tool' ? { text: 'done' } : { calls: [look('x')] }));
    const shop = openWorkshop({ home, plugins, model, sandbox: fakeSandbox({ look: () => 1 }) });
    const started = await Promise.all(Array.from({ length: 50 }, () => shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'go' } })));
    await Promise.all(started.map(({ runId }) => shop.runs.settled(runId)));
    const all = await Promise.all(started.map(({ runId }) => shop.runs.get({ id: runId })));
    expect(all.map((run) => run.status)).toEqual(started.map(() => 'completed'));
    expect(plugins.pinned).toBe(0);
  });
});
