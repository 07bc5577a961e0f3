import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBudget } from '../../../main/core/engine/usage/index.ts';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type Say, type Script, type Workshop } from '../agents/workshop.ts';
import { openTestHome, type TestHome } from '../runs/home.ts';
import { failure } from '../models/stand-in.ts';

let home: TestHome;
let shop: Workshop;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); });
afterEach(async () => { await home.close(); });

/** A model each of whose calls costs a cent, and is thought to before. */
function open(script: readonly Say[] | Script = () => ({ text: 'ok', cost: 10_000 }), costOf: () => number | null = () => 10_000): ReturnType<typeof scriptedModel> {
  const model = { ...scriptedModel(script), costOf };
  withHelper(plugins);
  shop = openWorkshop({ home, plugins, model });
  return model;
}
const begin = async (): Promise<{ id: string; hireId: string }> => {
  const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
  return { id: (await shop.chat.start({ hireId: hire.id })).id, hireId: hire.id };
};
async function ask(id: string) { const { runId } = await shop.chat.send({ id, text: 'Hello' }); await shop.runs.settled(runId); return shop.runs.get({ id: runId }); }

describe('A2 what a conversation took in all', () => {
  it('is the sum of its answers, of all branches, and of its agent that of all conversations; unknown prices are counted apart', async () => {
    const costs = [10_000, null, 2_500, 0];
    open((_request, _onDelta, index) => ({ text: 'ok', cost: costs[index] ?? null }));
    const { id, hireId } = await begin();
    expect((await shop.chat.costs({ id })).conversation).toEqual({ tokens: 0, estimated: false, runs: 0, cost: 0, unknown: 0, limit: null });
    await ask(id);
    const again = await shop.chat.retry({ id });
    await shop.runs.settled(again.runId);
    await ask(id);
    expect((await shop.chat.costs({ id })).conversation).toEqual({ tokens: 45, estimated: false, runs: 3, cost: 12_500, unknown: 1, limit: null });
    const other = await shop.chat.start({ hireId });
    await ask(other.id);
    expect((await shop.chat.costs({ id: other.id }))).toMatchObject({ conversation: { runs: 1, cost: 0, unknown: 0 }, agent: { tokens: 60, runs: 4, cost: 12_500, unknown: 1 } });
    await expect(shop.chat.costs({ id: 'nothing' })).rejects.toMatchObject({ code: 'chat/not-found' });
  });

  it('has an answer under way in it as far as it has come', async () => {
    const [asked, go] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    open(async (_request, _onDelta, index) => {
      if (index === 0) return { calls: [{ name: 'builtin_calculator', arguments: { expression: '1+1' } }], cost: 10_000 };
      asked.resolve(undefined);
      await go.promise;
      return { text: '2', cost: 5_000 };
    });
    const { id } = await begin();
    await shop.chat.limitCost({ id, of: 'conversation', limit: 1_000_000 });
    const { runId } = await shop.chat.send({ id, text: 'Hello' });
    await asked.promise;
    expect((await shop.chat.costs({ id })).conversation).toMatchObject({ runs: 1, cost: 10_000, tokens: 15 });
    go.resolve(undefined);
    await shop.runs.settled(runId);
    expect((await shop.chat.costs({ id })).conversation).toMatchObject({ runs: 1, cost: 15_000, tokens: 30, limit: 1_000_000 });
  });
});

describe('A2 a limit of costs', () => {
  it('ends the run before the call that would pass it, says how to go on, and holds no more when it was raised', async () => {
    const model = open();
    const { id } = await begin();
    await shop.chat.limitCost({ id, of: 'conversation', limit: 25_000 });
    expect([(await ask(id)).status, (await ask(id)).status]).toEqual(['completed', 'completed']);
    const stopped = await ask(id);
    expect(stopped).toMatchObject({ status: 'failed', error: { code: 'run/cost-limit', message: 'The limit of this conversation, $0.025, would be passed: $0.02 are spent, and the next call of the model costs about $0.01. Raise it under "Costs" above the messages, then ask again.' } });
    expect(model.requests).toHaveLength(2);
    expect((await shop.chat.messages({ id, limit: 1 })).messages[0]?.blocks).toContainEqual(expect.objectContaining({ type: 'notice', code: 'run/cost-limit' }));
    await shop.chat.limitCost({ id, of: 'conversation', limit: 30_000 });
    expect((await ask(id)).status).toBe('completed');
  });

  it('of an agent holds for all its conversations together', async () => {
    open();
    const { id, hireId } = await begin();
    await shop.chat.limitCost({ id, of: 'agent', limit: 10_000 });
    expect((await ask(id)).status).toBe('completed');
    const other = await shop.chat.start({ hireId });
    expect((await ask(other.id)).error).toMatchObject({ code: 'run/cost-limit', message: expect.stringContaining('all its conversations together') });
    await shop.chat.limitCost({ id, of: 'agent', limit: null });
    expect((await ask(other.id)).status).toBe('completed');
  });

  it('counts the calls of one run before they are over', async () => {
    const model = open([{ calls: [{ name: 'builtin_calculator', arguments: { expression: '1+1' } }], cost: 10_000 }, { text: '2', cost: 10_000 }]);
    const { id } = await begin();
    await shop.chat.limitCost({ id, of: 'conversation', limit: 15_000 });
    expect((await ask(id)).error?.code).toBe('run/cost-limit');
    expect(model.requests).toHaveLength(1);
  });

  it('asks no model whose price is unknown, and always one that is free; without a limit both', async () => {
    open(undefined, () => null);
    const { id } = await begin();
    expect((await ask(id)).status).toBe('completed');
    await shop.chat.limitCost({ id, of: 'conversation', limit: 1 });
    expect((await ask(id)).error).toMatchObject({ code: 'run/cost-limit', message: expect.stringContaining('the price of Scripted is not known') });
    open(undefined, () => 0);
    expect((await ask(id)).status).toBe('completed');
  });

  it('is not passed by two who ask at once', async () => {
    open();
    const { id, hireId } = await begin();
    await shop.chat.limitCost({ id, of: 'agent', limit: 15_000 });
    const budget = createBudget({ store: home.store });
    const asked = await Promise.allSettled([0, 1].map(() => budget.begin({ conversationId: id, hireId }, 10_000, 'M', () => Promise.resolve())));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    if (asked[0]?.status === 'fulfilled') asked[0].value();
    await budget.begin({ conversationId: id, hireId }, 10_000, 'M', () => Promise.resolve());
    expect(await failure(budget.begin({ conversationId: id, hireId }, 10_000, 'M', () => Promise.resolve()))).toMatchObject({ code: 'run/cost-limit' });
  });
});
