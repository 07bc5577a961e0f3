import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRun } from '../../../contract/model/chat-projection.ts';
import type { RunEvent } from '../../../contract/model/run.ts';
import { createPace } from '../../../main/core/engine/models/index.ts';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, typesOf, withHelper } from './workshop.ts';
import { collect, openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); });
afterEach(async () => { await home.close(); });

describe('A2 requests a minute of an agent', () => {
  const twoRounds = (): ReturnType<typeof scriptedModel> => scriptedModel([{ calls: [{ name: 'builtin_calculator', arguments: { expression: '1+1' } }] }, { text: '2' }]);
  const document = 'role: Helper\nname: Ada\nmax_rpm: 1\ntools: [builtin.calculator]\n';

  it('let the second call wait, and the chat says so until it goes out', async () => {
    withHelper(plugins, { agent: document });
    let now = 0;
    const slept: number[] = [];
    const pace = createPace({ now: () => now, sleep: async (ms) => { slept.push(ms); now += ms; } });
    const shop = openWorkshop({ home, plugins, model: twoRounds(), pace });
    const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
    const { id } = await shop.chat.start({ hireId: hire.id });
    const { runId } = await shop.chat.send({ id, text: 'What is 1+1?' });
    await shop.runs.settled(runId);
    expect(await shop.runs.get({ id: runId })).toMatchObject({ status: 'completed', result: { text: '2' } });
    expect(slept).toEqual([60_000]);
    const events = await collect(shop.runs.events(runId, 0, new AbortController().signal)) as RunEvent[];
    const at = typesOf(events).indexOf('llm_call_delayed');
    expect(events[at]?.data).toEqual({ of: 'agent', name: 'Ada', delayMs: 60_000 });
    const notices = (upTo: number): unknown[] => projectRun({ id: runId, conversationId: id }, events.slice(0, upTo)).at(-1)?.blocks.filter(({ type }) => type === 'notice') ?? [];
    expect(notices(at + 1)).toEqual([{ type: 'notice', code: 'models/waiting', message: 'Waiting for the rate limit of Ada, 60 s.' }]);
    expect(notices(at + 2)).toEqual([]);
  });

  it('are cancelled while they wait, at once', async () => {
    withHelper(plugins, { agent: document });
    const waiting = Promise.withResolvers<undefined>();
    const pace = createPace({ now: () => 0, sleep: (_ms, signal) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('aborted')); }); waiting.resolve(undefined); }) });
    const model = twoRounds();
    const shop = openWorkshop({ home, plugins, model, pace });
    const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'What is 1+1?' } });
    await waiting.promise;
    await shop.runs.cancel({ id: runId });
    expect(await shop.runs.get({ id: runId })).toMatchObject({ status: 'cancelled' });
    expect(model.requests).toHaveLength(1);
  });

  it('ask nobody when the run was stopped while they waited for something else', async () => {
    withHelper(plugins, { agent: document });
    const model = twoRounds();
    const waiting = Promise.withResolvers<undefined>();
    // Ends its wait without a word about the stop, as a look into the store does.
    const turn = (...[, , , signal]: Parameters<ReturnType<typeof createPace>['turn']>): Promise<void> => new Promise((resolve) => { signal.addEventListener('abort', () => { resolve(); }, { once: true }); waiting.resolve(undefined); });
    const shop = openWorkshop({ home, plugins, model, pace: { ...createPace({ now: () => 0, sleep: async () => undefined }), turn } });
    const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'What is 1+1?' } });
    await waiting.promise;
    await shop.runs.cancel({ id: runId });
    expect(await shop.runs.get({ id: runId })).toMatchObject({ status: 'cancelled' });
    expect(model.requests).toEqual([]);
  });
});
