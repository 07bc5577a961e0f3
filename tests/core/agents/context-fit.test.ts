import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../contract/model/run.ts';
import { estimatePromptTokens } from '../../../main/core/engine/models/index.ts';
import { fakeSandbox, HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type Say, type ScriptedModel } from './workshop.ts';
import { collect, openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
beforeEach(async () => { home = await openTestHome(); });
afterEach(async () => { await home.close(); });

const LENGTH = 8_192;
const look = { name: 'look', arguments: { q: 'x' } };
const resultsOf = (model: ScriptedModel, request: number): string[] => model.requests[request]?.messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_result' ? [part.content] : []))) ?? [];

/** A run of an agent over a model that reads 8,192 tokens, whose tool gives texts of these lengths one after another. */
async function ran(lengths: readonly number[], says: readonly Say[], { agent, local = true, prompt = 'Look it up.', text = 'word ' }: { agent?: string; local?: boolean; prompt?: string; text?: string } = {}): Promise<{ model: ScriptedModel; events: RunEvent[]; error: { code: string; message: string } | null }> {
  const plugins = new TestPlugins();
  withHelper(plugins, agent === undefined ? {} : { agent });
  const model = scriptedModel(says, { contextLength: LENGTH, local });
  let calls = 0;
  const sandbox = fakeSandbox({ look: () => { calls += 1; return text.repeat(Math.ceil((lengths[calls - 1] ?? 0) / text.length)); } });
  const shop = openWorkshop({ home, plugins, model, sandbox });
  const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt } });
  await shop.runs.settled(runId);
  return { model, events: await collect(shop.runs.events(runId, 0, new AbortController().signal)), error: (await shop.runs.get({ id: runId })).error };
}
const notices = (events: readonly RunEvent[]): unknown[] => events.filter(({ type }) => type === 'notice_added').map(({ data }) => data['code']);

describe('A11 what a run finds is measured before each call', () => {
  it('leaves results as they are when they fit', async () => {
    const { model, events, error } = await ran([8_000], [{ calls: [look] }, { text: 'Done.' }]);
    expect([error, notices(events), resultsOf(model, 1)[0]?.length]).toEqual([null, [], 8_000]);
  });

  it('shortens old results first, the newest last, says so to the model and to the person, and keeps them whole in the log', async () => {
    const { model, events, error } = await ran([12_000, 12_000, 12_000], [{ calls: [look] }, { calls: [look] }, { calls: [look] }, { text: 'Done.' }]);
    expect([error, notices(events)]).toEqual([null, ['models/results-shortened']]);
    for (const request of model.requests) expect(estimatePromptTokens(request)).toBeLessThanOrEqual(LENGTH * 0.75);
    const [first, second, third] = resultsOf(model, 3);
    expect(first).toMatch(/^(word ){80}\n\[Shortened by Troupe.+the first 400 of 12000 characters stand here\. For the rest, call the tool again/);
    expect(second).toContain('[Shortened by Troupe');
    expect(third).toHaveLength(12_000);
    expect(events.filter(({ type }) => type === 'tool_usage_finished').map(({ data }) => String(data['content']).length)).toEqual([12_000, 12_000, 12_000]);
    expect(events.findLast(({ type }) => type === 'llm_call_started')?.data['shortened']).toEqual([{ callId: 'call_0_0', kept: 400 }, { callId: 'call_1_0', kept: 400 }]);
  });

  it.each([['words', 'word '], ['Chinese', '搜索结果很长']])('cuts one result that is longer than everything to what there is room for: %s', async (_, text) => {
    const { model, error } = await ran([99_000], [{ calls: [look] }, { text: 'Done.' }], { text });
    expect(error).toBeNull();
    const tokens = estimatePromptTokens(model.requests[1] ?? { messages: [], tools: [] });
    expect(tokens).toBeLessThanOrEqual(LENGTH * 0.75);
    expect(resultsOf(model, 1)[0]).toContain('[Shortened by Troupe');
  });

  it.each([
    ['the instructions', { agent: `role: Helper\ngoal: Help.\nbackstory: "${'past '.repeat(4_000)}"\ninstructions: "${'rule '.repeat(4_000)}"\ntools: [look]\n` }],
    ['the message', { prompt: 'word '.repeat(8_000) }],
  ])('refuses with the figures, and asks no model, when %s alone do not fit', async (_, how) => {
    for (const local of [true, false]) {
      const { model, error } = await ran([], [{ text: 'never' }], { ...how, local });
      expect(model.requests).toEqual([]);
      expect(error).toMatchObject({ code: 'models/context-too-long' });
      expect(error?.message).toMatch(/of about 10,\d{3} tokens, [\d,]+ are the agent's instructions, [\d,]+ its tools and [\d,]+ what was said and found\. The model reads 8,192 at once.+Choose a model that reads more/);
    }
  });

  it('shortens results by halves when only the model knows that they are too long', async () => {
    const plugins = new TestPlugins();
    withHelper(plugins);
    const model = scriptedModel((request) => {
      if (!request.messages.some(({ role }) => role === 'tool')) return { calls: [look] };
      if (estimatePromptTokens(request) > 3_000) throw Object.assign(new Error('too long'), { code: 'models/context-too-long' });
      return { text: 'Done.' };
    }, { contextLength: null });
    const shop = openWorkshop({ home, plugins, model, sandbox: fakeSandbox({ look: () => 'word '.repeat(10_000) }) });
    const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'go' } });
    await shop.runs.settled(runId);
    expect(await shop.runs.get({ id: runId })).toMatchObject({ status: 'completed', error: null });
  });
});
