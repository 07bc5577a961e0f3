import Sqlite from 'better-sqlite3';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type ScriptedModel, type Workshop } from '../agents/workshop.ts';
import { openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins); });
afterEach(async () => { await home.close(); });

/** A conversation of so many messages; `more` are the blocks that some of them have besides, by their place. */
async function conversation(count: number, text: string, more: Readonly<Record<number, object>> = {}): Promise<{ shop: Workshop; model: ScriptedModel; id: string }> {
  const model = scriptedModel(() => ({ text: 'ok' }), { contextLength: null });
  const shop = openWorkshop({ home, plugins, model });
  const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
  const { id } = await shop.chat.start({ hireId: hire.id });
  const other = new Sqlite(path.join(home.folder, 'troupe.db'));
  const insert = other.prepare("INSERT INTO messages (id, conversation_id, run_id, seq, parent_id, role, content, at, status) VALUES (?, ?, 'r', ?, ?, ?, ?, 1, 'done')");
  other.transaction(() => {
    for (let at = 1; at <= count; at += 1) insert.run(`m${at}`, id, at, at === 1 ? '' : `m${at - 1}`, at % 2 === 1 ? 'user' : 'assistant', JSON.stringify({ blocks: [...more[at] ? [more[at]] : [], { type: 'text', text: `${at} ${text}` }], model: null, usage: null }));
    other.prepare('UPDATE conversations SET leaf_id = ? WHERE id = ?').run(`m${count}`, id);
  })();
  other.close();
  return { shop, model, id };
}

async function said({ shop, model, id }: Awaited<ReturnType<typeof conversation>>): Promise<{ texts: string[]; notices: string[] }> {
  const { runId } = await shop.chat.send({ id, text: 'And now?' });
  await shop.runs.settled(runId);
  const { messages } = await shop.chat.messages({ id, limit: 1 });
  const texts = (model.requests.at(-1)?.messages ?? []).map(({ parts }) => parts.map((part) => (part.type === 'text' ? part.text : '')).join(''));
  return { texts, notices: messages[0]?.blocks.flatMap((block) => (block.type === 'notice' ? [block.message] : [])) ?? [] };
}

describe('A11 a conversation of more than 400 messages', () => {
  it('is read whole: how much of it fits, the model decides', async () => {
    const { texts, notices } = await said(await conversation(900, 'word'));
    expect([texts.length, texts[1], notices]).toEqual([902, '1 word', []]);
  });

  it('is read from its summary on, however long ago that was made', async () => {
    const { texts, notices } = await said(await conversation(1_300, 'word', { 100: { type: 'summary', text: 'They spoke of tea.', through: 'm50', messages: 50 } }));
    expect(texts[0]).toContain('They spoke of tea.');
    expect([texts.length, texts[1], notices]).toEqual([1_252, '51 word', []]);
  });

  it('says where it was cut when it is longer than any model reads', async () => {
    const { texts, notices } = await said(await conversation(1_000, 'x'.repeat(6_000)));
    expect([texts.length, texts[1]?.slice(0, 4)]).toEqual([802, '201 ']);
    expect(notices).toEqual([expect.stringContaining('only its newest 800 messages are read for this answer')]);
  });
});
