import path from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import { projectRun } from '../../../contract/model/chat-projection.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { HELPER, openWorkshop, rolesOf, scriptedModel, TestPlugins, withHelper, type Workshop } from '../agents/workshop.ts';
import { openTestHome, until, type TestHome } from '../runs/home.ts';
import { BranchModel } from './branch-model.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins); });
afterEach(async () => { await home.close(); });

const begin = async (shop: Workshop): Promise<string> => {
  const hire = (await shop.team.list()).hires[0] ?? await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
  return (await shop.chat.start({ hireId: hire.id })).id;
};
const shownOf = async (shop: Workshop, id: string): Promise<ChatMessage[]> => (await shop.chat.messages({ id, limit: 200 })).messages;
const textOf = (message: ChatMessage | undefined): string => message?.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('|') ?? '';
const texts = async (shop: Workshop, id: string): Promise<string[]> => (await shownOf(shop, id)).map(textOf);
const ended = async (shop: Workshop, turn: Promise<{ runId: string }>): Promise<string> => { const { runId } = await turn; await shop.runs.settled(runId); return runId; };
const counting = () => { let answers = 0; return scriptedModel(() => { answers += 1; return { text: `answer ${answers}` }; }); };

describe('A2 branches of a conversation', () => {
  it('keeps what stood there when a message is edited, and tells the model the branch alone', async () => {
    const model = counting();
    const shop = openWorkshop({ home, plugins, model });
    const id = await begin(shop);
    await ended(shop, shop.chat.send({ id, text: 'one' }));
    await ended(shop, shop.chat.send({ id, text: 'two' }));
    const [, , two] = await shownOf(shop, id);
    await ended(shop, shop.chat.edit({ id, messageId: two?.id ?? '', text: 'other two' }));
    expect(await texts(shop, id)).toEqual(['one', 'answer 1', 'other two', 'answer 3']);
    const said = model.requests[2]?.messages.flatMap((message) => message.parts.flatMap((part) => (part.type === 'text' && message.role !== 'system' ? [part.text] : [])));
    expect(said).toEqual(['one', 'answer 1', 'other two']);
    const edited = (await shownOf(shop, id))[2];
    expect(edited?.branch).toEqual({ position: 2, count: 2, previous: two?.id, next: null });
    await shop.chat.choose({ id, messageId: two?.id ?? '' });
    expect(await texts(shop, id)).toEqual(['one', 'answer 1', 'two', 'answer 2']);
    expect((await shownOf(shop, id))[2]?.branch).toEqual({ position: 1, count: 2, previous: null, next: edited?.id });
    const file = JSON.parse((await shop.chat.export({ id, format: 'json' })).text) as { shown: string; messages: { id: string; parent_id: string | null }[] };
    expect([file.messages.length, file.shown, file.messages.filter(({ parent_id }) => parent_id === two?.parentId).map(({ id: one }) => one)]).toEqual([6, (await shownOf(shop, id)).at(-1)?.id, [two?.id, edited?.id]]);
    expect((await shop.chat.export({ id, format: 'html' })).text).not.toContain('other two');
    // Where a branch was left, it goes on; also after a restart.
    await ended(shop, shop.chat.send({ id, text: 'three' }));
    await shop.chat.choose({ id, messageId: edited?.id ?? '' });
    await shop.chat.choose({ id, messageId: two?.id ?? '' });
    await home.reopen();
    const again = openWorkshop({ home, plugins, model, idPrefix: 'next-' });
    expect(await texts(again, id)).toEqual(['one', 'answer 1', 'two', 'answer 2', 'three', 'answer 4']);
  });

  it('edits the first message, answers any message again, and refuses what is not there', async () => {
    const shop = openWorkshop({ home, plugins, model: counting() });
    const id = await begin(shop);
    await ended(shop, shop.chat.send({ id, text: 'one' }));
    await ended(shop, shop.chat.send({ id, text: 'two' }));
    const [first, firstAnswer] = await shownOf(shop, id);
    await ended(shop, shop.chat.retry({ id, messageId: firstAnswer?.id }));
    expect(await texts(shop, id)).toEqual(['one', 'answer 3']);
    await ended(shop, shop.chat.edit({ id, messageId: first?.id ?? '', text: 'ONE' }));
    expect(await texts(shop, id)).toEqual(['ONE', 'answer 4']);
    expect((await shownOf(shop, id))[0]?.branch).toMatchObject({ position: 2, count: 2 });
    const other = await begin(shop);
    for (const refused of [() => shop.chat.edit({ id, messageId: firstAnswer?.id ?? '', text: 'x' }), () => shop.chat.edit({ id, messageId: 'none', text: 'x' }), () => shop.chat.choose({ id: other, messageId: first?.id ?? '' }), () => shop.chat.continue({ id }), () => shop.chat.retry({ id: other })]) {
      await expect(refused()).rejects.toMatchObject({ code: 'chat/not-found' });
    }
  });

  it('goes on with an answer that was stopped, as a message of its own that says so', async () => {
    let cut = true;
    const model = scriptedModel((request, onDelta) => {
      if (!cut) return { text: 'and the rest' };
      cut = false;
      onDelta({ type: 'text', text: 'The first half' });
      return new Promise((_, reject) => { request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true }); });
    });
    const shop = openWorkshop({ home, plugins, model });
    const id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'go' });
    await until(async () => textOf((await shownOf(shop, id)).at(-1)) === 'The first half');
    await expect(shop.chat.choose({ id, messageId: (await shownOf(shop, id))[0]?.id ?? '' })).rejects.toMatchObject({ code: 'chat/busy' });
    await shop.runs.cancel({ id: runId });
    const request = { id: 'continue-1', procedure: 'chat.continue' };
    const second = await ended(shop, shop.chat.continue({ id }, request));
    expect(await shop.chat.continue({ id }, request)).toEqual({ runId: second });
    expect((await shownOf(shop, id)).map((message) => [message.role, message.status, textOf(message), message.continues])).toEqual([
      ['user', 'done', 'go', undefined], ['assistant', 'cancelled', 'The first half', undefined], ['assistant', 'done', 'and the rest', true],
    ]);
    expect(rolesOf(model.requests[1]?.messages ?? [])).toEqual(['system', 'user', 'assistant', 'user']);
    // The two halves are told the same way later.
    await ended(shop, shop.chat.send({ id, text: 'more' }));
    expect(rolesOf(model.requests[2]?.messages ?? [])).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'user']);
    // Answered again, the whole of it stands beside.
    await ended(shop, shop.chat.retry({ id, messageId: (await shownOf(shop, id))[2]?.id }));
    expect((await shownOf(shop, id)).map((message) => message.status)).toEqual(['done', 'done']);
  });

  it('loses no message in any sequence of turns, edits, answers again and switches, and comes to the same from the logs', async () => {
    const model = counting();
    const shop = openWorkshop({ home, plugins, model });
    const step = fc.record({ what: fc.constantFrom('send', 'edit', 'retry', 'choose', 'choose'), at: fc.nat(1000) });
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 9 }), async (steps) => {
      const id = await begin(shop);
      const expected = new BranchModel();
      const runs: string[] = [];
      const turn = async (started: Promise<{ runId: string }>): Promise<void> => {
        runs.push(await ended(shop, started));
        for (const message of (await shownOf(shop, id)).slice(-2)) if (!expected.node(message.id)) expected.add({ id: message.id, parent: message.parentId ?? '', role: message.role });
      };
      await turn(shop.chat.send({ id, text: 'begin' }));
      for (const { what, at } of steps) {
        const users = expected.nodes.filter((node) => node.role === 'user');
        const [user, any] = [users[at % users.length]?.id ?? '', expected.nodes[at % expected.nodes.length]?.id ?? ''];
        // A new answer makes its message's branch the one that is shown.
        if (what === 'send') await turn(shop.chat.send({ id, text: `said ${at}` }));
        if (what === 'edit') { await shop.chat.choose({ id, messageId: user }); expected.choose(user); await turn(shop.chat.edit({ id, messageId: user, text: `edited ${at}` })); }
        if (what === 'retry') { await shop.chat.choose({ id, messageId: user }); expected.choose(user); await turn(shop.chat.retry({ id, messageId: user })); }
        if (what === 'choose') { await shop.chat.choose({ id, messageId: any }); expected.choose(any); }
        const shown = await shownOf(shop, id);
        expect(shown.map((message) => message.id)).toEqual(expected.path());
        expect(shown.map((message) => message.parentId)).toEqual([null, ...shown.slice(0, -1).map((message) => message.id)]);
        for (const message of shown) expect(message.branch?.count ?? 1).toBe(expected.siblings(message.id).length);
      }
      const { messages } = await home.store.read('messageTree', { conversationId: id });
      expect(messages.map((message) => message.id).sort()).toEqual(expected.nodes.map((node) => node.id).sort());
      const replayed = new Map<string, ChatMessage>();
      for (const runId of runs) for (const message of projectRun({ id: runId, conversationId: id }, await home.store.read('runLog', { runId }))) replayed.set(message.id, message);
      expect([...replayed.values()].sort((a, b) => a.seq - b.seq)).toEqual(messages.map(({ hireId: _, ...message }) => message));
    }), { numRuns: 12 });
  });

  it('opens the end of 5,000 messages, and another branch of them, without reading them all', async () => {
    const shop = openWorkshop({ home, plugins, model: counting() });
    const id = await begin(shop);
    const other = new Sqlite(path.join(home.folder, 'troupe.db'));
    const insert = other.prepare("INSERT INTO messages (id, conversation_id, run_id, seq, role, content, at, status) VALUES (?, ?, 'r', ?, 'user', ?, 1, 'done')");
    const content = JSON.stringify({ blocks: [{ type: 'text', text: 'word '.repeat(100) }], model: null, usage: null });
    other.transaction(() => { for (let at = 1; at <= 5_000; at += 1) insert.run(`m${at}`, id, at, content); })();
    other.close();
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const took: number[] = [];
      for (let turn = 0; turn < 5; turn += 1) { const from = performance.now(); await work(); took.push(performance.now() - from); }
      return Math.min(...took);
    };
    expect((await shop.chat.messages({ id, limit: 50 })).messages.map((message) => message.id).slice(-2)).toEqual(['m4999', 'm5000']);
    // Searched by conversation instead of by id, a page takes some 300 ms.
    expect(await timed(() => shop.chat.messages({ id, limit: 50 }))).toBeLessThan(60);
    expect(await timed(() => shop.chat.choose({ id, messageId: 'm1' }))).toBeLessThan(150);
    expect((await shop.chat.messages({ id, limit: 1 })).messages[0]?.id).toBe('m5000');
  });

  it('pages a branch backwards', async () => {
    const shop = openWorkshop({ home, plugins, model: counting() });
    const id = await begin(shop);
    for (const text of ['one', 'two', 'three']) await ended(shop, shop.chat.send({ id, text }));
    const before = (await shownOf(shop, id))[2]?.id ?? '';
    await ended(shop, shop.chat.edit({ id, messageId: before, text: 'zwei' }));
    const newest = await shop.chat.messages({ id, limit: 3 });
    expect([newest.messages.map(textOf), newest.earlier]).toEqual([['answer 1', 'zwei', 'answer 4'], true]);
    const older = await shop.chat.messages({ id, limit: 3, before: newest.messages[0]?.id });
    expect([older.messages.map(textOf), older.earlier]).toEqual([['one'], false]);
  });
});
