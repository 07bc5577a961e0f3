import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper } from './workshop.ts';
import { collect, openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
beforeEach(async () => { home = await openTestHome(); });
afterEach(async () => { await home.close(); });

describe('A11 a conversation that is longer than the model can read', () => {
  it('has its summary in the answer, and later turns and another life of the core use it instead of making one', async () => {
    const plugins = new TestPlugins();
    withHelper(plugins);
    let summaries = 0;
    const model = scriptedModel((request) => {
      const asked = JSON.stringify(request.messages[0]);
      if (asked.includes('You sum up the beginning')) { summaries += 1; return { text: `Summary number ${summaries}.` }; }
      return { text: 'word '.repeat(60) };
    }, { contextLength: 2_000 });
    const shop = openWorkshop({ home, plugins, model });
    const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
    const { id } = await shop.chat.start({ hireId: hire.id });
    const say = async (from: typeof shop): Promise<string[]> => {
      await collect(from.runs.events((await from.chat.send({ id, text: 'Tell me more. '.repeat(20) })).runId, 0, new AbortController().signal));
      return (await from.chat.messages({ id, limit: 1 })).messages.at(-1)?.blocks.map(({ type }) => type) ?? [];
    };
    let [turns, blocks] = [0, [] as string[]];
    while (!blocks.includes('summary') && turns < 20) { blocks = await say(shop); turns += 1; }
    expect(blocks).toEqual(['summary', 'text']);
    const { messages } = await shop.chat.messages({ id, limit: 50 });
    const block = messages.at(-1)?.blocks[0];
    expect(block).toMatchObject({ type: 'summary', text: 'Summary number 1.' });
    // What it stands for is still there to be read.
    expect(messages).toHaveLength(2 * turns);
    const through = messages.findIndex((message) => block?.type === 'summary' && message.id === block.through);
    expect(block).toMatchObject({ messages: through + 1 });

    const again = openWorkshop({ home, plugins, model });
    expect(await say(again)).toEqual(['text']);
    expect(summaries).toBe(1);
    const asked = model.requests.at(-1);
    expect(JSON.stringify(asked?.messages[0])).toContain('Summary number 1.');
    expect(asked?.messages).toHaveLength(1 + messages.length - (through + 1) + 1);
    expect((await again.runs.list({ limit: 2, active: false })).runs[1]?.tokenUsage).toMatchObject({ successfulRequests: 2 });
  });
});
