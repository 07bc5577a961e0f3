import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasCode } from '../../../contract/errors/app-error.ts';
import type { ImportPreview } from '../../../contract/model/chat-import.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { ImportReader } from '../../../main/core/workspace/chat/importing/import-reader.ts';
import { HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type Workshop } from '../agents/workshop.ts';
import { openTestHome, type TestHome } from '../runs/home.ts';

let home: TestHome;
let shop: Workshop;
let hireId: string;
beforeEach(async () => {
  home = await openTestHome();
  const plugins = new TestPlugins();
  withHelper(plugins);
  shop = openWorkshop({ home, plugins, model: scriptedModel(() => ({ text: 'Yes.' })) });
  hireId = (await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null })).id;
});
afterEach(async () => { await shop.imports.stop(); await home.close(); });

/** Sends a file in parts of `size` bytes. */
async function read(text: string | Buffer, size = 700): Promise<{ upload: string; preview: ImportPreview }> {
  const [bytes, upload] = [Buffer.from(text), randomUUID()];
  for (let offset = 0; ; offset += size) {
    const last = offset + size >= bytes.length;
    const { preview } = await shop.imports.add({ upload, offset, base64: bytes.subarray(offset, offset + size).toString('base64'), last, name: 'C:\\talks\\talks.json' });
    if (preview) return { upload, preview };
    if (last) throw new Error('There was no preview.');
  }
}
async function store(upload: string, to = hireId): Promise<{ importId: string; imported: number; already: number; left: number }> {
  let answer = await shop.imports.store({ upload, hireId: to });
  while (answer.left > 0) answer = await shop.imports.store({ upload, hireId: to });
  return answer;
}
const importing = async (file: unknown) => store((await read(typeof file === 'string' ? file : JSON.stringify(file), 100_000)).upload);
const listed = async () => (await shop.chat.conversations({ words: '', limit: 200 })).conversations;
const textOf = (message: ChatMessage): string => message.blocks.map((block) => (block.type === 'text' ? block.text : block.type)).join('|');
/** What is said of a file, without the thread: it comes in pieces of `size` bytes. */
function refusalOf(file: unknown, size: number): string {
  const [bytes, reader] = [Buffer.from(typeof file === 'string' ? file : JSON.stringify(file)), new ImportReader()];
  try {
    for (let offset = 0; offset < bytes.length; offset += size) reader.add(bytes.subarray(offset, offset + size));
    return reader.end().preview.refused[0]?.why ?? 'nothing';
  } catch (error) {
    return hasCode(error, 'chat/bad-import') ? String((error as Error).message) : `thrown: ${String(error)}`;
  }
}

const at = '2026-01-02T03:04:05.000Z';
const said = (id: string, parent: string | null, text: string, extra: object = {}) => ({ id, parent_id: parent, role: 'user', at, status: 'done', model: null, usage: null, blocks: [{ type: 'text', text }], ...extra });
const talk = (messages: readonly object[], extra: object = {}) => ({ format: 'troupe-conversation', version: 1, exported_at: at, title: 'Tea', agent: 'Ada', created_at: at, shown: null, messages, ...extra });

interface Exported { messages: { id: string; parent_id: string | null }[]; shown: string | null; [key: string]: unknown }
/** An export without what is new each time: ids by their place, and when it was written. */
function plain(text: string): unknown {
  const { exported_at: _at, id: _id, messages, shown, ...rest } = JSON.parse(text) as Exported;
  const place = (id: string | null): number | null => (id === null ? null : messages.findIndex((one) => one.id === id));
  const blocksOf = (one: object): unknown => ((one as { blocks: { type: string; through?: string }[] }).blocks).map((block) => (block.type === 'summary' ? { ...block, through: place(block.through ?? null) } : block));
  return { ...rest, shown: place(shown), messages: messages.map((one, index) => ({ ...one, blocks: blocksOf(one), id: index, parent_id: place(one.parent_id) })) };
}

describe('A2 conversations out of files', () => {
  it('says what is in a file before anything is stored, then stores it with its branches', async () => {
    const file = [talk([said('a', null, 'One?'), said('b', 'a', 'First.', { role: 'assistant', model: 'p/m', author: 'Eve', usage: { promptTokens: 1, completionTokens: 2, estimated: false, cost: 3 } }), said('c', 'a', 'Second.', { role: 'assistant' })], { shown: 'b', title: 'Tea\u0007\u202e time' }), talk([], { title: 'Nothing' })];
    const { upload, preview } = await read(JSON.stringify(file));
    expect(preview).toEqual({ source: 'troupe', conversations: 1, messages: 3, already: 0, titles: ['Tea  time'], agents: ['Ada'], leftOut: [], refused: [{ where: 'Conversation 2, "Nothing"', why: 'It has no message that can be taken over.' }], refusedCount: 1 });
    expect(await listed()).toEqual([]);
    expect(await store(upload)).toMatchObject({ imported: 1, already: 0, left: 0 });
    const [conversation] = await listed();
    expect(conversation).toMatchObject({ title: 'Tea  time', importedFrom: 'troupe', hireId, createdAt: Date.parse(at) });
    const { messages } = await shop.chat.messages({ id: conversation?.id ?? '', limit: 50 });
    expect(messages).toMatchObject([{ runId: null, role: 'user', blocks: [{ text: 'One?' }] }, { runId: null, author: 'Eve', model: 'p/m', usage: { cost: 3 }, branch: { position: 1, count: 2 } }]);
    await shop.chat.choose({ id: conversation?.id ?? '', messageId: messages[1]?.branch?.next ?? '' });
    const other = (await shop.chat.messages({ id: conversation?.id ?? '', limit: 50 })).messages[1];
    expect([other?.author, other?.hireId, textOf(other as ChatMessage)]).toEqual([undefined, hireId, 'Second.']);
    // It goes on like any other, and is found.
    const { runId } = await shop.chat.send({ id: conversation?.id ?? '', text: 'And now?' });
    await shop.runs.settled(runId);
    expect((await shop.chat.messages({ id: conversation?.id ?? '', limit: 50 })).messages.map(textOf)).toEqual(['One?', 'Second.', 'And now?', 'Yes.']);
    expect((await shop.chat.conversations({ words: 'second', limit: 5 })).conversations).toHaveLength(1);
  });

  it('takes the same export over once, also what was exported from here, and again after it was removed', async () => {
    const file = talk([said('a', null, 'One?')]);
    const first = await importing([file, file]);
    expect(first).toMatchObject({ imported: 1, already: 1 });
    expect((await read(JSON.stringify({ ...file, exported_at: '2027-01-01T00:00:00.000Z' }))).preview.already).toBe(1);
    const [conversation] = await listed();
    const own = (await shop.chat.export({ id: conversation?.id ?? '', format: 'json' })).text;
    expect(await importing(own)).toMatchObject({ imported: 0, already: 1 });
    expect(await importing(talk([said('a', null, 'One?'), said('b', 'a', 'More.')]))).toMatchObject({ imported: 1 });
    expect((await shop.imports.list()).imports).toMatchObject([{ conversations: 1, file: 'talks.json', source: 'troupe' }, { id: first.importId, conversations: 1 }]);
    expect(await shop.imports.remove({ id: first.importId })).toEqual({ conversations: 1 });
    expect([(await listed()).length, (await shop.imports.list()).imports.length]).toEqual([1, 1]);
    expect(await shop.imports.restore({ id: first.importId })).toEqual({ conversations: 1 });
    await shop.imports.remove({ id: first.importId });
    expect(await importing(own)).toMatchObject({ imported: 1 });
    await expect(shop.imports.remove({ id: 'gone' })).rejects.toMatchObject({ code: 'chat/not-found' });
  });

  it('gives an agent of the same name its own, and asks who has the rest', async () => {
    const eve = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Eve', model: null });
    await importing([talk([said('a', null, '1'), said('b', 'a', '2', { role: 'assistant' })], { agent: 'Eve' }), talk([said('a', null, '3')], { agent: 'Nobody' })]);
    const found = await listed();
    expect(found.map((one) => one.hireId).toSorted()).toEqual([hireId, eve.id].toSorted());
    const { upload } = await read(JSON.stringify(talk([said('a', null, '4')])));
    await expect(shop.imports.store({ upload, hireId: 'gone' })).rejects.toMatchObject({ code: 'team/not-found' });
    await shop.imports.drop({ upload });
    await expect(shop.imports.store({ upload, hireId })).rejects.toMatchObject({ code: 'chat/bad-import' });
  });

  it('keeps files that are here, and the names of those that are not', async () => {
    const { attachment } = await shop.attachments.add({ upload: 'u', offset: 0, base64: Buffer.from('hello').toString('base64'), last: true, name: 'a.txt' });
    const files = [{ sha256: attachment?.id, name: 'mine.txt', media_type: 'text/plain', bytes: 5 }, { sha256: 'f'.repeat(64), name: 'gone.png', media_type: 'image/png', bytes: 9 }];
    await importing(talk([said('a', null, 'See', { attachments: files })]));
    const id = (await listed())[0]?.id ?? '';
    expect((await shop.chat.messages({ id, limit: 5 })).messages[0]?.attachments).toMatchObject([{ id: attachment?.id, kind: 'text', name: 'mine.txt' }, { name: 'gone.png', kind: 'image' }]);
    expect((await shop.attachments.partsOfAll((await shop.chat.messages({ id, limit: 5 })).messages)).size).toBe(1);
    expect(JSON.parse((await shop.chat.export({ id, format: 'json' })).text)).toMatchObject({ messages: [{ attachments: files }] });
  });

  it('lets nothing in a file run, wait or ask again', async () => {
    const call = (callId: string, state: string) => ({ type: 'tool', call: { callId, toolId: 'x/look', name: 'Look', effect: 'write', arguments: { q: 1 }, state, result: null, error: null, logs: [], durationMs: null, questionId: 'q1' } });
    await importing(talk([said('a', null, 'Do'), said('b', 'a', '', { role: 'assistant', status: 'streaming', blocks: [call('1', 'waiting_for_approval'), call('2', 'running')] })]));
    const [conversation] = await listed();
    const answer = (await shop.chat.messages({ id: conversation?.id ?? '', limit: 5 })).messages[1];
    expect([answer?.status, conversation?.activeRunId]).toEqual(['interrupted', null]);
    expect(answer?.blocks.map((block) => (block.type === 'tool' ? [block.call.state, block.call.questionId] : []))).toEqual([['failed', undefined], ['failed', undefined]]);
  });

  it('is the same when it is exported, imported and exported again', async () => {
    const word = fc.string({ maxLength: 20 });
    const block = fc.oneof(
      fc.record({ type: fc.constant('text' as const), text: fc.string() }),
      fc.record({ type: fc.constant('notice' as const), code: word, message: word }),
      fc.record({ type: fc.constant('tool' as const), call: fc.record({ callId: word, toolId: word, name: word, effect: fc.constantFrom('read', 'write', 'destructive'), arguments: fc.jsonValue(), state: fc.constantFrom('done', 'failed', 'denied'), result: fc.option(word), error: fc.option(word), logs: fc.array(word), durationMs: fc.option(fc.nat()) }) }));
    const message = fc.record({ from: fc.nat(), role: fc.constantFrom('user', 'assistant'), at: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), status: fc.constantFrom('done', 'failed', 'cancelled', 'interrupted'), model: fc.option(fc.constantFrom('p/m', 'q/n')), blocks: fc.array(block, { maxLength: 3 }), author: fc.constantFrom('Ada', 'Eve', 'ChatGPT'), continues: fc.boolean(), summed: fc.boolean(), usage: fc.option(fc.record({ promptTokens: fc.nat(), completionTokens: fc.nat(), estimated: fc.boolean(), cost: fc.option(fc.nat()) })) });
    const drawnTalk = fc.record({ drawn: fc.array(message, { minLength: 1, maxLength: 12 }), shown: fc.nat(), title: fc.constantFrom('', 'Tea', 'Ä "b"') });
    const fileOf = ({ drawn, shown, title }: (typeof drawnTalk extends fc.Arbitrary<infer Drawn> ? Drawn : never), number: number): object => talk(drawn.map(({ from, author, continues, summed, at: when, ...one }, place) => ({
      ...one, id: `m${place}`, parent_id: place === 0 || from % 7 === 0 ? null : `m${from % place}`, at: when.toISOString(), ...(one.role === 'assistant' && { author, ...(continues && { continues }) }),
      blocks: summed ? [...one.blocks, { type: 'summary', text: 's', through: `m${from % (place + 1)}`, messages: 1 }] : one.blocks,
    })), { title: `${title}${number}`, shown: `m${shown % drawn.length}` });
    // Many conversations in one file: a thread takes longer to start than to read them.
    await fc.assert(fc.asyncProperty(fc.array(drawnTalk, { minLength: 5, maxLength: 15 }), async (talks) => {
      const file = talks.map(fileOf);
      const { imported, importId } = await importing(file);
      expect(imported).toBe(file.length);
      const again = await Promise.all((await listed()).map(async ({ id }) => plain((await shop.chat.export({ id, format: 'json' })).text)));
      const byTitle = (all: readonly unknown[]): unknown[] => all.toSorted((one, other) => (one as { title: string }).title.localeCompare((other as { title: string }).title));
      expect(byTitle(again)).toEqual(byTitle(file.map((one) => plain(JSON.stringify(one)))));
      await shop.imports.remove({ id: importId });
    }), { numRuns: 4 });
  });

  it('reads what ChatGPT exports: branches, models and times; the rest is counted', async () => {
    const node = (id: string, parent: string | null, role: string, parts: unknown[], extra: object = {}) => ({ [id]: { id, parent, children: [], message: { id, author: { role }, create_time: 1_700_000_000.5, content: { content_type: 'text', parts }, status: 'finished_successfully', metadata: {}, ...extra } } });
    const file = [{ title: 'Trip', create_time: 1_700_000_000, conversation_id: 'g1', current_node: 'e', mapping: {
      ...node('e', 'd', 'assistant', ['To Rome.'], { metadata: { model_slug: 'gpt-4o' } }), root: { id: 'root', message: null, parent: null, children: ['s'] }, ...node('s', 'root', 'system', ['']),
      ...node('b', 's', 'user', ['Where to?', { content_type: 'image_asset_pointer' }], { content: { content_type: 'multimodal_text', parts: ['Where to?', { content_type: 'image_asset_pointer' }] } }),
      ...node('c', 'b', 'assistant', ['To Paris.'], { create_time: 1_700_000_001 }), ...node('d', 'b', 'tool', ['searched']), ...node('h', 's', 'user', ['x'], { metadata: { is_visually_hidden_from_conversation: true } }), ['__proto__']: { message: null, parent: null },
    } }, { title: 'Other', mapping: {} }];
    const { upload, preview } = await read(JSON.stringify(file));
    expect(preview).toMatchObject({ source: 'chatgpt', conversations: 1, messages: 3, agents: ['ChatGPT'], refusedCount: 1 });
    expect(Object.fromEntries(preview.leftOut.map(({ what, count }) => [what, count]))).toEqual({ instructions: 1, tool: 1, hidden: 1, file: 1 });
    await store(upload);
    const [conversation] = await listed();
    const { messages } = await shop.chat.messages({ id: conversation?.id ?? '', limit: 9 });
    expect(messages).toMatchObject([{ role: 'user', at: 1_700_000_000_500 }, { author: 'ChatGPT', model: 'gpt-4o', branch: { count: 2 } }]);
    expect(messages.map(textOf)).toEqual(['Where to?', 'To Rome.']);
  });

  it('reads what LibreChat and LobeChat export', async () => {
    const libre = { conversationId: 'l1', title: 'Libre', messages: [{ messageId: '1', parentMessageId: '00000000-0000-0000-0000-000000000000', isCreatedByUser: true, text: 'Hi', createdAt: at, children: [{ messageId: '2', parentMessageId: '1', sender: 'GPT-4', model: 'gpt-4', text: '', content: [{ type: 'text', text: 'Hello' }, { type: 'think', think: 'hm' }] }] }] };
    expect((await read(JSON.stringify(libre))).preview).toMatchObject({ source: 'librechat', messages: 2, agents: ['GPT-4'], leftOut: [{ what: 'reasoning', count: 1 }] });
    await importing(libre);
    const lobe = { exportType: 'sessions', version: 7, state: { sessions: [{ id: 's', meta: { title: 'Cook' } }], topics: [{ id: 't', title: 'Soup', sessionId: 's' }], messages: [{ id: '2', role: 'assistant', content: 'Boil it.', createdAt: 2_000, sessionId: 's', topicId: 't', model: 'm' }, { id: '1', role: 'user', content: 'How?', createdAt: 1_000, sessionId: 's', topicId: 't' }, { id: '3', role: 'user', content: 'Else?', createdAt: 3_000, sessionId: 's' }] } };
    await importing(lobe);
    const found = await listed();
    expect(found.map(({ title, importedFrom }) => `${importedFrom} ${title}`).toSorted()).toEqual(['librechat Libre', 'lobechat Cook', 'lobechat Soup']);
    const soup = found.find(({ title }) => title === 'Soup')?.id ?? '';
    expect((await shop.chat.messages({ id: soup, limit: 9 })).messages.map((one) => [one.author, textOf(one)])).toEqual([[undefined, 'How?'], ['Cook', 'Boil it.']]);
  });

  it('refuses a hostile file, and says what is wrong and where', async () => {
    await expect(read('[{"a":1}')).rejects.toMatchObject({ code: 'chat/bad-import' });
    const bad = (file: unknown, words: RegExp): void => { for (const size of [7, 1_000_000]) expect(refusalOf(file, size)).toMatch(words); };
    bad('', /empty/);
    bad('<html>', /expected, and byte 0/);
    bad('[1]', /Conversation 1 is not written as an object/);
    bad('[{"a":1}', /ends in the middle of conversation 2, at byte 8/);
    bad('[{"a":"', /ends in the middle of conversation 1/);
    bad('[{"a":1}{"a":2}]', /Conversation 2 is not written/);
    bad('[{"a":1},]', /Conversation 2 is not written/);
    bad('{"a":1} {"b":2}', /Something follows the end/);
    bad('[{"a":tru}]', /Conversation 1 is no JSON/);
    bad('[]', /no conversation/);
    bad('{"a":1}', /no conversation as Troupe/);
    bad(`{"format":"troupe-conversation","messages":${'['.repeat(600)}`, /deeper than 500/);
    bad(`[{"mapping":${'{"a":'.repeat(600)}`, /deeper than 500/);
    bad([talk([said('a', 'b', 'x'), said('b', 'a', 'y')])], /follows itself/);
    bad([talk([said('a', 'a', 'x')])], /follows itself/);
    bad([talk([said('a', 'zz', 'x')])], /"a" follows "zz", which is not in the file/);
    bad([talk([said('a', null, 'x'), said('a', null, 'y')])], /same id "a"/);
    bad([talk([said('a', null, 'x')], { shown: 'q' })], /shown last/);
    bad([talk([said('a', null, 'x', { role: 'system' })])], /messages\[0\]\.role/);
    bad([talk([said('a', null, 'x', { at: 'soon' })])], /messages\[0\]\.at is no time/);
    bad([talk([said('a', null, 'x', { blocks: [{ type: 'summary', text: 's', through: 'q', messages: 1 }] })])], /summary ends/);
    bad([talk([said('a', null, 'x', { usage: { promptTokens: -1, completionTokens: 0, estimated: false } })])], /usage\.promptTokens/);
    bad([talk([said('a', null, 'x')], { version: 2 })], /newer Troupe/);
    bad([talk(Array.from({ length: 20_001 }, (_, place) => said(`m${place}`, place === 0 ? null : `m${place - 1}`, 'x')))], /more than 20,000 messages/);
    bad([talk([said('r', null, 'x'), ...Array.from({ length: 501 }, (_, place) => said(`m${place}`, 'r', 'x'))])], /More than 500 messages stand beside/);
    expect(await listed()).toEqual([]);
  });

  it('refuses parts that are missing or come twice, and what is no longer waiting', async () => {
    const part = { upload: 'u1', base64: Buffer.from('[').toString('base64'), last: false, name: 'a.json' };
    await shop.imports.add({ ...part, offset: 0 });
    await expect(shop.imports.add({ ...part, offset: 5 })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(shop.imports.add({ ...part, upload: 'u2', offset: 1 })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(shop.imports.store({ upload: 'u1', hireId })).rejects.toMatchObject({ code: 'chat/bad-import' });
  });

  it('takes text for text, whatever it looks like', async () => {
    const texts = ['<script>alert(1)</script>', '![x](http://127.0.0.1/x)', 'a\u0000b\u001b[31m\u202e', '{"__proto__":{"x":1}}', '\ud800'];
    await importing(JSON.stringify(talk(texts.map((text, place) => said(`m${place}`, place === 0 ? null : `m${place - 1}`, text)))).replace('"title"', '"__proto__":{"polluted":true},"title"'));
    const id = (await listed())[0]?.id ?? '';
    expect((await shop.chat.messages({ id, limit: 9 })).messages.map(textOf)).toEqual(texts);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
