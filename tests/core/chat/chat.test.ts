import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProjection } from '../../../contract/model/chat-projection.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { messageSchema } from '../../../contract/model/chat.ts';
import { AppError } from '../../../contract/errors/app-error.ts';
import { fakeSandbox, HELPER, openWorkshop, rolesOf, scriptedModel, TestPlugins, typesOf, withHelper, type Workshop, type WorkshopOptions } from '../agents/workshop.ts';
import { around, collect, openTestHome, questionOf, type TestHome, until } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins); });
afterEach(async () => { await home.close(); });

const forever = new AbortController().signal;
const open = (model: WorkshopOptions['model'], more: Partial<WorkshopOptions> = {}): Workshop => openWorkshop({ home, plugins, model, ...more });
const begin = async (shop: Workshop): Promise<string> => {
  const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
  return (await shop.chat.start({ hireId: hire.id })).id;
};
const pageOf = async (shop: Workshop, id: string): Promise<ChatMessage[]> => (await shop.chat.messages({ id, limit: 50 })).messages;
const answer = (messages: readonly ChatMessage[]): ChatMessage => messages.at(-1) as ChatMessage;
const textOf = (message: ChatMessage): string => message.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('|');
const toolsIn = (message: ChatMessage) => message.blocks.flatMap((block) => (block.type === 'tool' ? [block.call] : []));

describe('A2 chat', () => {
  it('stores what was said, streams the answer, and keeps both as the log has them', async () => {
    const model = scriptedModel([{ text: 'Hello, I am here.' }]);
    const shop = open(model);
    const id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'Hi there, who are you?\nmore' });
    const events = await collect(shop.runs.events(runId, 0, forever));
    expect([...new Set(typesOf(events))]).toEqual(['user_message_added', 'run_started', 'agent_prepared', 'llm_call_started', 'llm_stream_chunk', 'llm_call_finished', 'assistant_message_finished', 'run_finished']);
    const messages = await pageOf(shop, id);
    expect(messages.map((message) => [message.role, message.status, textOf(message), message.seq])).toEqual([['user', 'done', 'Hi there, who are you?\nmore', 1], ['assistant', 'done', 'Hello, I am here.', 2]]);
    for (const message of messages) expect(messageSchema.safeParse(message).success).toBe(true);
    expect(answer(messages)).toMatchObject({ model: 'scripted/script', usage: { promptTokens: 10, completionTokens: 5, estimated: false } });
    // What the page made of the stream is what the core stored.
    const live = createProjection({ id: runId, conversationId: id });
    for (const event of events) live.add([event]);
    expect(live.messages()).toEqual(messages.map(({ hireId: _, ...message }) => message));
    expect(await shop.chat.get({ id })).toMatchObject({ title: 'Hi there, who are you?', lastText: 'Hello, I am here.', activeRunId: null });
    const run = await shop.runs.get({ id: runId });
    expect(run).toMatchObject({ status: 'completed', result: { text: 'Hello, I am here.' }, tokenUsage: { totalTokens: 15, successfulRequests: 1 } });
    expect(plugins.pinned).toBe(0);
    const system = model.requests[0]?.messages[0]?.parts[0];
    expect(system?.type === 'text' && system.text).toContain('is data');
    expect(shop.changed).toContain('chat');
  });

  it('tells the model what was said before, tool calls and their results included', async () => {
    const model = scriptedModel([{ text: 'Let me look.', calls: [{ name: 'look', arguments: { q: 'x' }, id: 'odd id' }] }, { text: 'Found it.' }, { text: 'Again.' }]);
    const shop = open(model, { sandbox: fakeSandbox({ look: () => ({ found: 1 }) }) });
    const id = await begin(shop);
    await shop.runs.settled((await shop.chat.send({ id, text: 'one' })).runId);
    await shop.runs.settled((await shop.chat.send({ id, text: 'two' })).runId);
    expect(textOf(answer(await pageOf(shop, id)))).toBe('Again.');
    const sent = model.requests[2]?.messages ?? [];
    expect(rolesOf(sent)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'user']);
    expect(sent[3]?.parts[0]).toMatchObject({ type: 'tool_result', content: '{"found":1}', isError: false });
    const call = sent[2]?.parts.find((part) => part.type === 'tool_call');
    expect(call).toMatchObject({ name: 'look', tool: `${HELPER}/look`, arguments: { q: 'x' } });
    expect(sent[3]?.parts[0]).toMatchObject({ callId: call?.type === 'tool_call' && call.id });
  });

  it('shows a message under way as far as it has come, and refuses a second one meanwhile', async () => {
    const gate = Promise.withResolvers<void>();
    const shop = open(scriptedModel(async (_request, onDelta) => { onDelta({ type: 'text', text: 'half ' }); await gate.promise; onDelta({ type: 'text', text: 'done' }); return { text: 'half done' }; }));
    const id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'go' });
    await until(async () => textOf(answer(await pageOf(shop, id))) === 'half ');
    expect(answer(await pageOf(shop, id)).status).toBe('streaming');
    expect((await shop.chat.get({ id })).activeRunId).toBe(runId);
    expect((await shop.team.list()).hires[0]?.status).toBe('working');
    await expect(shop.chat.send({ id, text: 'again' })).rejects.toMatchObject({ code: 'chat/busy' });
    await expect(shop.chat.retry({ id })).rejects.toMatchObject({ code: 'chat/busy' });
    gate.resolve();
    await shop.runs.settled(runId);
    expect(textOf(answer(await pageOf(shop, id)))).toBe('half done');
  });

  it('stops in the middle and keeps what was shown', async () => {
    const shop = open(scriptedModel((request, onDelta) => new Promise((_, reject) => {
      onDelta({ type: 'text', text: 'some text' });
      request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true });
    })));
    const id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'go' });
    await until(async () => textOf(answer(await pageOf(shop, id))) === 'some text');
    await shop.runs.cancel({ id: runId });
    expect(answer(await pageOf(shop, id))).toMatchObject({ status: 'cancelled', blocks: [{ type: 'text', text: 'some text' }] });
    expect((await shop.runs.get({ id: runId })).status).toBe('cancelled');
  });

  it('sends once, however often the request is repeated', async () => {
    const model = scriptedModel([{ text: 'once' }]);
    const shop = open(model);
    const id = await begin(shop);
    const request = { id: 'send-0001', procedure: 'chat.send' };
    const [a, b] = await Promise.all([shop.chat.send({ id, text: 'hello' }, request), shop.chat.send({ id, text: 'hello' }, request)]);
    expect(b).toEqual(a);
    await shop.runs.settled(a.runId);
    expect(await shop.chat.send({ id, text: 'hello' }, request)).toEqual(a);
    expect(await pageOf(shop, id)).toHaveLength(2);
    expect(model.requests).toHaveLength(1);
  });

  it('answers again: the new answer takes the place of the old one, whose run keeps it', async () => {
    const shop = open(scriptedModel([{ text: 'first' }, { text: 'second' }]));
    const id = await begin(shop);
    await expect(shop.chat.retry({ id })).rejects.toMatchObject({ code: 'chat/not-found' });
    const first = await shop.chat.send({ id, text: 'go' });
    await shop.runs.settled(first.runId);
    const before = await pageOf(shop, id);
    const second = await shop.chat.retry({ id });
    await shop.runs.settled(second.runId);
    const after = await pageOf(shop, id);
    expect(after.map(textOf)).toEqual(['go', 'second']);
    expect(after[0]?.id).toBe(before[0]?.id);
    expect(after[0]?.at).toBe(before[0]?.at);
    expect((await shop.runs.get({ id: first.runId })).result).toEqual({ text: 'first' });
  });

  it('keeps a failure where it happened, with its cause', async () => {
    const shop = open(scriptedModel((_request, onDelta) => { onDelta({ type: 'text', text: 'so far' }); throw new AppError('models/cut', 'The stream broke.'); }));
    const id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'go' });
    await shop.runs.settled(runId);
    expect(answer(await pageOf(shop, id))).toMatchObject({ status: 'failed', blocks: [{ type: 'text', text: 'so far' }, { type: 'notice', code: 'models/cut', message: 'The stream broke.' }] });
    expect((await shop.team.list()).hires[0]?.status).toBe('error');
  });

  it('pins a conversation and puts it into a folder, and leaves alone what was not asked for', async () => {
    const shop = open(scriptedModel([{ text: 'one' }]));
    const [first, second] = [await begin(shop), (await shop.chat.start({ hireId: (await shop.team.list()).hires[0]?.id ?? '' })).id];
    await shop.runs.settled((await shop.chat.send({ id: second, text: 'newer' })).runId);
    const order = async (): Promise<string[]> => (await shop.chat.conversations({ words: '', limit: 10 })).conversations.map(({ id }) => id);
    expect(await order()).toEqual([second, first]);
    expect(await shop.chat.place({ id: first, pinned: true })).toMatchObject({ pinned: true, folder: null });
    expect(await shop.chat.place({ id: first, folder: 'Trips' })).toMatchObject({ pinned: true, folder: 'Trips' });
    expect(await order()).toEqual([first, second]);
    expect(await shop.chat.place({ id: first, pinned: false, folder: null })).toMatchObject({ pinned: false, folder: null });
    await expect(shop.chat.place({ id: 'none', pinned: true })).rejects.toMatchObject({ code: 'chat/not-found' });
  });

  it('ends every answer when it is removed, also one that began meanwhile', async () => {
    const model = scriptedModel((request) => new Promise((_, reject) => { request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true }); }));
    let id = '';
    let runId = '';
    const shop = open(model, { home: around(home, 'archiveConversation', { before: async () => { ({ runId } = await shop.chat.send({ id, text: 'go' })); } }) });
    id = await begin(shop);
    await shop.chat.remove({ id });
    await shop.runs.settled(runId);
    expect((await shop.runs.get({ id: runId })).status).toBe('cancelled');
  });

  it('begins no answer that was cancelled between its first row and its begin', async () => {
    const model = scriptedModel([{ text: 'Too late.' }]);
    let id = '';
    const shop = open(model, { home: around(home, 'startChatTurn', { after: () => shop.chat.remove({ id }) }) });
    id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'go' });
    await shop.runs.settled(runId);
    expect((await shop.runs.get({ id: runId })).status).toBe('cancelled');
    expect(model.requests).toEqual([]);
  });

  it('pages backwards, renames, finds by words, hides and brings back', async () => {
    const shop = open(scriptedModel(() => ({ text: 'yes, 100% pure' })));
    const id = await begin(shop);
    for (let turn = 1; turn <= 3; turn += 1) await shop.runs.settled((await shop.chat.send({ id, text: `question ${turn}` })).runId);
    const newest = await shop.chat.messages({ id, limit: 4 });
    expect([newest.messages.map((message) => message.seq), newest.earlier]).toEqual([[3, 4, 5, 6], true]);
    const older = await shop.chat.messages({ id, limit: 4, before: newest.messages[0]?.id });
    expect([older.messages.map((message) => message.seq), older.earlier]).toEqual([[1, 2], false]);
    const find = async (words: string): Promise<number> => (await shop.chat.conversations({ words, limit: 10 })).conversations.length;
    expect(await Promise.all(['', 'question 2', '100%', '100_', 'blocks'].map(find))).toEqual([1, 1, 1, 0, 0]);
    expect((await shop.chat.rename({ id, title: 'My talk' })).title).toBe('My talk');
    await shop.chat.remove({ id });
    await expect(shop.chat.get({ id })).rejects.toMatchObject({ code: 'chat/not-found' });
    await expect(shop.chat.send({ id, text: 'x' })).rejects.toMatchObject({ code: 'chat/not-found' });
    expect(await find('')).toBe(0);
    expect((await shop.chat.restore({ id })).title).toBe('My talk');
    await expect(shop.chat.start({ hireId: 'nobody' })).rejects.toMatchObject({ code: 'team/not-found' });
    await expect(shop.chat.restore({ id: 'none' })).rejects.toMatchObject({ code: 'chat/not-found' });
  });
});

describe('A3 approvals in chat', () => {
  const calls = [{ text: 'I will send it.', calls: [{ name: 'send', arguments: { to: 'bob' } }] }, { text: 'Sent.' }];

  it('shows where the words stand, and gives the whole conversation as a file', async () => {
    const shop = open(scriptedModel([{ text: `${'far '.repeat(30)}needle in the hay` }, { text: 'Second.' }]));
    const id = await begin(shop);
    await shop.runs.settled((await shop.chat.send({ id, text: 'one' })).runId);
    await shop.runs.settled((await shop.chat.send({ id, text: 'two' })).runId);
    const [hit] = (await shop.chat.conversations({ words: 'NEEDLE', limit: 5 })).conversations;
    expect(hit?.match).toMatch(/^…(far )*.*needle in the hay$/);
    expect((await shop.chat.conversations({ words: 'one', limit: 5 })).conversations[0]?.match).toBe('one');
    expect((await shop.chat.conversations({ words: '', limit: 5 })).conversations[0]).not.toHaveProperty('match');
    const { text } = await shop.chat.export({ id, format: 'markdown' });
    expect([...text.matchAll(/^## .*/gm)].map(String)).toEqual(['## You', '## Ada', '## You', '## Ada']);
    expect(text).toContain('needle in the hay');
    expect(answer(await pageOf(shop, id)).usage).toMatchObject({ contextTokens: 15 });
  });

  it('asks before a tool changes something and shows the question', async () => {
    const sandbox = fakeSandbox({ send: () => 'ok' });
    const shop = open(scriptedModel(calls), { sandbox });
    const id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'send it' });
    await until(async () => (await shop.runs.get({ id: runId })).status === 'waiting');
    // Told when it began to run and when it began to wait.
    await until(() => shop.changed.filter((topic) => topic === 'runs').length === 2);
    const [waiting] = toolsIn(answer(await pageOf(shop, id)));
    expect(waiting).toMatchObject({ callId: 'c1-1', toolId: `${HELPER}/send`, state: 'waiting_for_approval', effect: 'write', arguments: { to: 'bob' } });
    expect(sandbox.calls).toEqual([]);
    await shop.runs.approve({ ...await questionOf(home.store, runId, 'c1-1'), decision: 'allow', scope: 'once' });
    await shop.runs.settled(runId);
    expect(toolsIn(answer(await pageOf(shop, id)))[0]).toMatchObject({ state: 'done', result: 'ok', logs: ['info: send ran'] });
    expect(sandbox.calls).toEqual(['send']);
    const log = await collect(shop.runs.events(runId, 0, forever));
    expect(log.find((event) => event.type === 'tool_usage_started')?.data).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), version: '1.0.0', arguments: { to: 'bob' } });
  });

  it('tells the model when the person says no, and never runs the tool', async () => {
    const sandbox = fakeSandbox({ send: () => 'ok' });
    const model = scriptedModel([calls[0] as never, { text: 'All right, I did not.' }]);
    const shop = open(model, { sandbox });
    const id = await begin(shop);
    const { runId } = await shop.chat.send({ id, text: 'send it' });
    await until(async () => (await shop.runs.get({ id: runId })).status === 'waiting');
    await shop.runs.approve({ ...await questionOf(home.store, runId, 'c1-1'), decision: 'deny', scope: 'once' });
    await shop.runs.settled(runId);
    expect(sandbox.calls).toEqual([]);
    expect(toolsIn(answer(await pageOf(shop, id)))[0]?.state).toBe('denied');
    expect(model.requests[1]?.messages.at(-1)?.parts[0]).toMatchObject({ type: 'tool_result', isError: true, content: expect.stringContaining('did not allow') });
  });

  it.each([['conversation', 1, 2], ['always', 1, 1]] as const)('remembers "%s" for the same tool, and asks again when the tool changed', async (scope, inSame, inOther) => {
    const script = (request: { messages: readonly { role: string }[] }) => (request.messages.at(-1)?.role === 'user' ? { calls: [{ name: 'send', arguments: { to: 'bob' } }] } : { text: 'Sent.' });
    const shop = open(scriptedModel(script), { sandbox: fakeSandbox({ send: () => 'ok' }) });
    const id = await begin(shop);
    const { hireId } = await shop.chat.get({ id });
    let questions = 0;
    const talk = async (conversation: string): Promise<void> => {
      const { runId } = await shop.chat.send({ id: conversation, text: 'send' });
      await until(async () => ['waiting', 'completed'].includes((await shop.runs.get({ id: runId })).status));
      if ((await shop.runs.get({ id: runId })).status === 'waiting') {
        questions += 1;
        await shop.runs.approve({ ...await questionOf(home.store, runId, 'c1-1'), decision: 'allow', scope });
      }
      await shop.runs.settled(runId);
      expect((await shop.runs.get({ id: runId })).status).toBe('completed');
    };
    await talk(id);
    await talk(id);
    expect(questions).toBe(inSame);
    const other = (await shop.chat.start({ hireId })).id;
    await talk(other);
    expect(questions).toBe(inOther);
    withHelper(plugins, { tools: [{ id: 'send', name: 'Send', description: 'Sends something else entirely.', effect: 'write' }] });
    await talk(id);
    expect(questions).toBe(inOther + 1);
  });
});

describe('R9 a chat that was cut off', () => {
  it.each([
    ['shown', 'I begin.', { status: 'interrupted', blocks: [{ type: 'text', text: 'I begin.' }, { type: 'notice', code: 'run/interrupted' }] }, [['system', 'user']]],
    ['not shown', '', { status: 'done', blocks: [{ type: 'text', text: 'Quite another answer.' }] }, [['system', 'user'], ['system', 'user']]],
  ])('keeps what a cut model call had said, and makes only one again of which nothing was shown: %s', async (_, shown, expected, asked) => {
    let first = true;
    const model = scriptedModel((request, onDelta) => {
      if (!first) return { text: 'Quite another answer.' };
      first = false;
      onDelta({ type: 'text', text: shown });
      return new Promise((_, reject) => { request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true }); });
    });
    const before = open(model);
    const id = await begin(before);
    const { runId } = await before.chat.send({ id, text: 'go' });
    await until(async () => model.requests.length > 0 && (shown === '' || textOf(answer(await pageOf(before, id))) === shown));
    await before.runs.stop();
    await home.reopen();
    const after = open(model);
    await after.runs.recover((run) => after.chat.runnableOf(run));
    await after.runs.settled(runId);
    expect(answer(await pageOf(after, id))).toMatchObject(expected);
    expect(model.requests.map((request) => rolesOf(request.messages))).toEqual(asked);
  });

  it('repeats a cut call that only read, and asks before it repeats one that may have had its effect', async () => {
    const gate = new Set<string>();
    const sandbox = fakeSandbox({
      look: (_input, request) => (gate.has('look') ? 'seen' : new Promise((_, reject) => { request.signal?.addEventListener('abort', () => { reject(new AppError('sandbox/cancelled', 'gone')); }, { once: true }); })),
      send: (_input, request) => (gate.has('send') ? 'sent' : new Promise((_, reject) => { request.signal?.addEventListener('abort', () => { reject(new AppError('sandbox/cancelled', 'gone')); }, { once: true }); })),
    });
    const model = scriptedModel([{ calls: [{ name: 'look', arguments: { q: 'a' } }] }, { calls: [{ name: 'send', arguments: { to: 'bob' } }] }, { text: 'Done.' }]);
    const first = open(model, { sandbox });
    const id = await begin(first);
    const { runId } = await first.chat.send({ id, text: 'go' });
    await until(() => sandbox.calls.includes('look'));
    await first.runs.stop();

    gate.add('look');
    const second = open(model, { sandbox });
    await second.runs.recover((run) => second.chat.runnableOf(run));
    await until(async () => (await second.runs.get({ id: runId })).status === 'waiting');
    await second.runs.approve({ ...await questionOf(home.store, runId, 'c2-1'), decision: 'allow', scope: 'always' });
    await until(() => sandbox.calls.includes('send'));
    await second.runs.stop();
    expect(sandbox.calls).toEqual(['look', 'look', 'send']);

    gate.add('send');
    const third = open(model, { sandbox });
    await third.runs.recover((run) => third.chat.runnableOf(run));
    // "Always" does not answer whether something should be done twice.
    await until(async () => (await third.runs.get({ id: runId })).status === 'waiting');
    expect(sandbox.calls).toEqual(['look', 'look', 'send']);
    const asked = (await collect(third.runs.events(runId, 0, AbortSignal.timeout(100)))).filter((event) => event.type === 'tool_approval_requested');
    expect(asked.map((event) => event.data.reason)).toEqual(['policy', 'interrupted']);
    await third.runs.approve({ ...await questionOf(home.store, runId, 'c2-1'), decision: 'allow', scope: 'once' });
    await third.runs.settled(runId);
    expect(sandbox.calls).toEqual(['look', 'look', 'send', 'send']);
    expect(answer(await pageOf(third, id))).toMatchObject({ status: 'done' });
    expect(toolsIn(answer(await pageOf(third, id))).map((call) => call.state)).toEqual(['done', 'done']);
    expect(model.requests).toHaveLength(3);
  });

  it('says that it was interrupted when its agent is gone, and can then be tried again', async () => {
    const model = scriptedModel((request) => new Promise((_, reject) => { request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true }); }));
    const before = open(model);
    const id = await begin(before);
    const { runId } = await before.chat.send({ id, text: 'go' });
    await until(async () => (await before.runs.get({ id: runId })).lastSeq >= 4);
    await before.runs.stop();
    const { hireId } = await before.chat.get({ id });
    await before.team.dismiss({ id: hireId });
    const after = open(scriptedModel([{ text: 'back' }]));
    await after.runs.recover((run) => after.chat.runnableOf(run));
    await after.runs.settled(runId);
    expect(answer(await pageOf(after, id))).toMatchObject({ status: 'interrupted', blocks: [{ type: 'notice', code: 'team/not-found' }] });
    await expect(after.chat.send({ id, text: 'x' })).rejects.toMatchObject({ code: 'team/not-found' });
    await after.team.restore({ id: hireId });
    const again = await after.chat.retry({ id });
    await after.runs.settled(again.runId);
    expect(textOf(answer(await pageOf(after, id)))).toBe('back');
  });
});
