import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type Workshop } from '../agents/workshop.ts';
import { openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins); });
afterEach(async () => { await home.close(); });

const hire = async (shop: Workshop, name: string): Promise<string> => (await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name, model: null })).id;
const ended = async (shop: Workshop, turn: Promise<{ runId: string }>): Promise<string> => { const { runId } = await turn; await shop.runs.settled(runId); return runId; };
const shownOf = async (shop: Workshop, id: string): Promise<ChatMessage[]> => (await shop.chat.messages({ id, limit: 200 })).messages;
const textOf = (message: ChatMessage | undefined): string => message?.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('|') ?? '';
const counting = () => { let answers = 0; return scriptedModel(() => { answers += 1; return { text: `answer ${answers}` }; }); };

describe('A10 several agents on one question', () => {
  it('lets another agent and another model answer beside the first, tells who did, and shows the one that is kept', async () => {
    const model = counting();
    const shop = openWorkshop({ home, plugins, model });
    const [ada, grace] = [await hire(shop, 'Ada'), await hire(shop, 'Grace')];
    const { id } = await shop.chat.start({ hireId: ada });
    await ended(shop, shop.chat.send({ id, text: 'one' }));
    const first = (await shownOf(shop, id))[1];
    await ended(shop, shop.chat.retry({ id, messageId: first?.id, hireId: grace }));
    const other = await ended(shop, shop.chat.retry({ id, messageId: first?.id, model: 'second/model' }));
    expect(await shop.runs.get({ id: other })).toMatchObject({ hireId: ada, model: 'second/model' });
    const { messages } = await shop.chat.answers({ id, messageId: first?.id ?? '' });
    expect(messages.map((message) => [textOf(message), message.hireId])).toEqual([['answer 1', ada], ['answer 2', grace], ['answer 3', ada]]);
    expect((await shop.chat.get({ id })).hireId).toBe(ada);
    await shop.chat.choose({ id, messageId: messages[1]?.id ?? '' });
    expect((await shownOf(shop, id)).map(textOf)).toEqual(['one', 'answer 2']);
    // Who goes on is told that it was not its own answer.
    await ended(shop, shop.chat.send({ id, text: 'two' }));
    const told = JSON.stringify(model.requests.at(-1)?.messages);
    expect(told).toContain('[Grace, another agent, answered this:]');
    expect(told).not.toContain('answer 1');
    await expect(shop.chat.answers({ id, messageId: 'nothing' })).rejects.toMatchObject({ code: 'chat/not-found' });
    await expect(shop.chat.retry({ id, hireId: 'nobody' })).rejects.toMatchObject({ code: 'team/not-found' });
  });
});

describe('A10 handing over', () => {
  it('has another agent go on, who knows what was said, and keeps who said what', async () => {
    const model = counting();
    const shop = openWorkshop({ home, plugins, model });
    const [ada, grace] = [await hire(shop, 'Ada'), await hire(shop, 'Grace')];
    const { id } = await shop.chat.start({ hireId: ada });
    await ended(shop, shop.chat.send({ id, text: 'one' }));
    expect((await shop.chat.handOver({ id, hireId: grace })).hireId).toBe(grace);
    const run = await ended(shop, shop.chat.send({ id, text: 'two' }));
    expect((await shop.runs.get({ id: run })).hireId).toBe(grace);
    expect((await shownOf(shop, id)).map(({ hireId }) => hireId)).toEqual([undefined, ada, undefined, grace]);
    expect(JSON.stringify(model.requests[1]?.messages)).toContain('[Ada, another agent, answered this:]');
    expect((await shop.chat.conversations({ hireId: grace, words: '', limit: 10 })).conversations.map((one) => one.id)).toEqual([id]);
  });

  it('refuses while an answer is written, and an agent who is away', async () => {
    let go = (): void => undefined;
    const waiting = new Promise<void>((resolve) => { go = resolve; });
    const shop = openWorkshop({ home, plugins, model: scriptedModel(async () => { await waiting; return { text: 'done' }; }) });
    const [ada, grace] = [await hire(shop, 'Ada'), await hire(shop, 'Grace')];
    const { id } = await shop.chat.start({ hireId: ada });
    const { runId } = await shop.chat.send({ id, text: 'one' });
    await expect(shop.chat.handOver({ id, hireId: grace })).rejects.toMatchObject({ code: 'chat/busy' });
    go();
    await shop.runs.settled(runId);
    await shop.team.change({ id: grace, paused: true });
    await expect(shop.chat.handOver({ id, hireId: grace })).rejects.toMatchObject({ code: 'team/paused' });
    expect((await shop.chat.get({ id })).hireId).toBe(ada);
  });
});
