import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { Draft } from '../../../contract/model/builder.ts';
import { OWN } from '../../../contract/model/ids.ts';
import { fakeSandbox, HELPER, openWorkshop, rolesOf, scriptedModel, TestPlugins, withHelper, type Workshop, type WorkshopOptions } from '../agents/workshop.ts';
import { aConnections } from '../tools/connected.ts';
import { around, collect, openTestHome, until, type TestHome } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins); });
afterEach(async () => { await home.close(); });

const forever = new AbortController().signal;
const open = (model: WorkshopOptions['model'] = scriptedModel([]), more: Partial<WorkshopOptions> = {}): Workshop => openWorkshop({ home, plugins, model, ...more });
const COOK: Draft = { name: 'Scout', role: 'a cook for {people}', instructions: 'Use {style}.', inputs: { people: 'two', style: 'few words' }, tools: ['builtin.calculator', `${HELPER}/look`] };

async function make(shop: Workshop, draft: Draft = COOK): Promise<string> {
  const { agent, revision } = await shop.builder.create({ from: { kind: 'nothing' } });
  await shop.builder.change({ id: agent.id, revision, draft });
  return agent.id;
}

describe('B4 drafts and versions', () => {
  it('keeps a draft as it was written, wrong or right, over a restart', async () => {
    const shop = open();
    const id = await make(shop, { name: 'Half', max_iter: 0, response_format: '{"type": ' });
    await home.reopen();
    const { draft, problems } = await open().builder.get({ id });
    expect(draft).toEqual({ name: 'Half', max_iter: 0, response_format: '{"type": ' });
    expect(problems.filter(({ severity }) => severity === 'error').map(({ path, fix }) => [path, fix?.kind, fix?.set])).toEqual([
      ['role', 'use_name', { role: 'Half' }], ['max_iter', 'use_default', { max_iter: null }], ['response_format', undefined, undefined],
    ]);
  });

  it('refuses a change to a draft that another window changed meanwhile, and a version of one that is not right', async () => {
    const shop = open();
    const id = await make(shop);
    await expect(shop.builder.change({ id, revision: 1, draft: {} })).rejects.toMatchObject({ code: 'builder/changed' });
    expect((await shop.builder.get({ id })).draft).toEqual(COOK);
    const { revision } = await shop.builder.get({ id });
    await shop.builder.change({ id, revision, draft: { name: 'No role' } });
    await expect(shop.builder.save({ id, note: '' })).rejects.toMatchObject({ code: 'builder/bad-agent', details: { problems: [{ path: 'role' }] } });
    expect((await shop.builder.versions({ id })).versions).toEqual([]);
  });

  it('numbers versions, tells what differs, and brings one back', async () => {
    const shop = open();
    const id = await make(shop);
    const first = await shop.builder.save({ id, note: '' });
    expect(await shop.builder.save({ id, note: 'the same' })).toEqual(first);
    const { revision, agent } = await shop.builder.get({ id });
    expect([agent.version, agent.unsaved, first.digest]).toEqual([1, false, expect.stringMatching(/^[0-9a-f]{128}$/)]);
    await shop.builder.change({ id, revision, draft: { ...COOK, name: 'Scout II' } });
    expect((await shop.builder.get({ id })).agent.unsaved).toBe(true);
    expect((await shop.builder.difference({ id, from: 1, to: null })).lines.filter(({ kind }) => kind !== 'same')).toEqual([{ kind: 'removed', text: 'name: Scout' }, { kind: 'added', text: 'name: Scout II' }]);
    await shop.builder.save({ id, note: '' });
    expect((await shop.builder.takeBack({ id, version: 1 })).draft).toEqual(COOK);
    expect((await shop.builder.versions({ id })).versions.map(({ version }) => version)).toEqual([2, 1]);
    // The same document is the same bytes, whichever version it was.
    expect((await shop.builder.save({ id, note: '' })).digest).toBe(first.digest);
  });

  it('duplicates, deletes and takes back', async () => {
    const shop = open();
    const id = await make(shop);
    const copy = await shop.builder.duplicate({ id });
    expect([copy.agent.name, copy.draft.role]).toEqual(['Scout (copy)', COOK.role]);
    await shop.builder.remove({ id });
    expect((await shop.builder.list()).agents.map((one) => one.id)).toEqual([copy.agent.id]);
    await expect(shop.builder.get({ id })).rejects.toMatchObject({ code: 'builder/not-found' });
    expect((await shop.builder.restore({ id })).draft).toEqual(COOK);
  });

  it('begins with a template, an agent of a plugin and one of the team, tools by their whole ids', async () => {
    const shop = open();
    for (const { id } of shop.builder.templates().templates) {
      const { agent, problems } = await shop.builder.create({ from: { kind: 'template', id } });
      expect([id, problems]).toEqual([id, []]);
      await expect(shop.builder.save({ id: agent.id, note: '' })).resolves.toMatchObject({ version: 1 });
    }
    const copied = await shop.builder.create({ from: { kind: 'agent', pluginId: HELPER, agentId: 'helper' } });
    expect(copied.draft).toEqual({ name: 'Helper', description: 'Helps.', role: 'Helper', goal: 'Help.', tools: [`${HELPER}/look`, `${HELPER}/send`, 'builtin.calculator'] });
    expect(copied.problems).toEqual([]);
    const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: 'second/model' });
    expect((await shop.builder.create({ from: { kind: 'hire', id: hire.id } })).draft).toMatchObject({ name: 'Ada', model: 'second/model', role: 'Helper' });
  });
});

describe('B1 problems', () => {
  it('names tools and models that are not there, doubled ones, and variables without a value', async () => {
    const shop = open();
    const id = await make(shop, { name: 'Gap', role: 'one who asks {whom}', tools: ['com.example.away/fly', `${HELPER}/nothing`, 'builtin.calculator', 'builtin.calculator'], model: 'none/none', inputs: { unused: 'x' } });
    const { problems } = await shop.builder.get({ id });
    expect(problems.map(({ path, severity, fix }) => [path, severity, fix?.kind ?? null, fix?.pluginId ?? null])).toEqual([
      ['tools[0]', 'warning', 'install', 'com.example.away'], ['tools[1]', 'warning', 'remove_tool', null], ['tools[3]', 'warning', 'remove_tool', null],
      ['model', 'warning', 'use_default', null], ['inputs', 'warning', null, null], ['inputs', 'warning', 'take_out', null],
    ]);
    await expect(shop.builder.save({ id, note: '' })).resolves.toMatchObject({ version: 1 });
  });

  it('A9 says which tool has no connection, where to set one up, and nothing once the agent or one hired from it has it', async () => {
    const connections = aConnections({ store: home.store });
    const shop = open(scriptedModel([]), { connections });
    const id = await make(shop, { name: 'Scout', role: 'one who looks', tools: ['builtin.web_search', 'builtin.http_send'] });
    const problems = async (): Promise<unknown> => (await shop.builder.get({ id })).problems.map(({ path, severity, fix }) => [path, severity, fix?.kind, fix?.connection]);
    expect(await problems()).toEqual([['tools[0]', 'warning', 'connect', 'search'], ['tools[1]', 'warning', 'connect', 'http']]);
    const { id: search } = await connections.connect({ kind: 'search', name: 'Web', set: { provider: 'searxng', address: 'http://127.0.0.1:1' }, secrets: {}, folder: null });
    // This one may only read: it has no tool that sends.
    await connections.connect({ kind: 'http', name: 'API', set: { address: 'https://api.example.com' }, secrets: {}, folder: null });
    expect(await problems()).toEqual([['tools[0]', 'warning', 'give', 'search'], ['tools[1]', 'warning', 'connect', 'http']]);
    await shop.builder.save({ id, note: '' });
    const hire = await shop.team.hire({ pluginId: OWN, agentId: id, name: 'Kim', model: null });
    expect(hire).toMatchObject({ status: 'setup', connection: 'search', needs: [expect.stringContaining('No connection for "Web search"')] });
    await connections.give({ id: search, agents: [hire.id] });
    expect(await problems()).toEqual([['tools[1]', 'warning', 'connect', 'http']]);
    // With one of its connections it can work.
    expect(await shop.team.get({ id: hire.id })).toMatchObject({ status: 'ready', needs: [], tools: [`builtin.web_search@${search}`] });
    await shop.tools.validator.stop();
  });

  it('A8 finds a guardrail that makes no sense and a pattern that cannot be used', async () => {
    const shop = open();
    const id = await make(shop, { name: 'Held', role: 'one', guardrails: ['It is polite.', { type: 'banned', patterns: ['a+', '(?<=a)b'] }] });
    expect((await shop.builder.get({ id })).problems.map(({ path, severity }) => [path, severity])).toEqual([['guardrails[1].patterns[1]', 'error']]);
    await expect(shop.builder.save({ id, note: '' })).rejects.toMatchObject({ code: 'builder/bad-agent' });
    const other = await make(shop, { name: 'Bare', role: 'one', guardrails: [{ type: 'length' }] });
    expect((await shop.builder.get({ id: other })).problems).toMatchObject([{ path: 'guardrails[0].max_words', severity: 'error', message: expect.stringContaining('at least one bound is needed') }]);
  });

  it('A8 names the model, the tool and the form of a guardrail that cannot be used', async () => {
    const shop = open();
    const guardrails = [{ type: 'judge', rule: 'polite', model: 'none/none' }, { type: 'tool', tool: 'com.example.away/check' }, { type: 'tool', tool: `${HELPER}/send` }, { type: 'tool', tool: `${HELPER}/look` }, { type: 'schema', schema: { type: 'no such type' } }];
    const id = await make(shop, { name: 'Held', role: 'one', guardrails });
    expect((await shop.builder.get({ id })).problems.map(({ path, severity }) => [path, severity])).toEqual([['guardrails[0].model', 'warning'], ['guardrails[1].tool', 'warning'], ['guardrails[2].tool', 'warning'], ['guardrails[4].schema', 'error']]);
    const single = await make(shop, { name: 'Held', role: 'one', guardrail: { type: 'banned', patterns: ['(?<=a)b'] } });
    expect((await shop.builder.get({ id: single })).problems.map(({ path }) => path)).toEqual(['guardrail.patterns[0]']);
    await shop.tools.validator.stop();
  });

  it('finds a schema that nothing can be held against', async () => {
    const shop = open();
    const id = await make(shop, { name: 'S', role: 'r', response_format: { type: 'no such type' } });
    expect((await shop.builder.get({ id })).problems).toMatchObject([{ path: 'response_format', severity: 'error' }]);
    await shop.tools.validator.stop();
  });
});

describe('B3 the preview', () => {
  it('answers as the draft is written now, remembers, begins anew, and stays out of chats and team', async () => {
    const model = scriptedModel([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }]);
    const shop = open(model);
    const id = await make(shop);
    const events = await collect(shop.runs.events((await shop.builder.send({ id, text: 'first', model: null })).runId, 0, forever));
    expect(events.find(({ type }) => type === 'agent_prepared')?.data).toMatchObject({ pluginId: OWN, agentId: id, version: 'draft', sha512: expect.stringMatching(/^[0-9a-f]{128}$/) as string });
    const system = model.requests[0]?.messages[0]?.parts[0];
    expect(system?.type === 'text' && system.text).toContain('You are a cook for two.');
    expect(system?.type === 'text' && system.text).toContain('Use few words.');
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['calculator', 'look']);
    // The next word is answered by what the draft says then.
    await shop.builder.change({ id, revision: 2, draft: { role: 'a baker' } });
    await shop.runs.settled((await shop.builder.send({ id, text: 'second', model: null })).runId);
    expect(rolesOf(model.requests[1]?.messages ?? [])).toEqual(['system', 'user', 'assistant', 'user']);
    expect(JSON.stringify(model.requests[1]?.messages[0])).toContain('a baker');
    const { messages, activeRunId } = await shop.builder.preview({ id });
    expect([messages.map(({ role, seq }) => [role, seq]), activeRunId]).toEqual([[['user', 1], ['assistant', 2], ['user', 3], ['assistant', 4]], null]);
    await shop.builder.reset({ id });
    expect((await shop.builder.preview({ id })).messages).toEqual([]);
    await shop.runs.settled((await shop.builder.send({ id, text: 'third', model: 'second/model' })).runId);
    expect(rolesOf(model.requests[2]?.messages ?? [])).toEqual(['system', 'user']);
    expect((await shop.chat.conversations({ words: '', limit: 10 })).conversations).toEqual([]);
    expect((await shop.team.list()).hires).toEqual([]);
  });

  it('ends every answer when it begins anew, also one that began meanwhile', async () => {
    const model = scriptedModel((request) => new Promise((_, reject) => { request.signal.addEventListener('abort', () => { reject(new AppError('run/cancelled', 'closed')); }, { once: true }); }));
    let id = '';
    let runId = '';
    const shop = open(model, { home: around(home, 'resetPreview', { before: async () => { ({ runId } = await shop.builder.send({ id, text: 'go', model: null })); } }) });
    id = await make(shop);
    await shop.builder.reset({ id });
    await shop.runs.settled(runId);
    expect((await shop.runs.get({ id: runId })).status).toBe('cancelled');
  });

  it('asks before a tool changes something, answers one at a time, and stops', async () => {
    const shop = open(scriptedModel([{ calls: [{ name: 'send', arguments: { to: 'ada' } }] }, { text: 'Sent.' }]), { sandbox: fakeSandbox({ send: () => 'ok' }) });
    const id = await make(shop, { role: 'a sender', tools: [`${HELPER}/send`] });
    const { runId } = await shop.builder.send({ id, text: 'go', model: null });
    await until(async () => (await shop.runs.get({ id: runId })).status === 'waiting');
    await expect(shop.builder.send({ id, text: 'again', model: null })).rejects.toMatchObject({ code: 'builder/busy' });
    expect((await shop.builder.preview({ id })).activeRunId).toBe(runId);
    const asked = (await home.store.read('runLog', { runId })).find(({ type }) => type === 'tool_approval_requested');
    await shop.runs.approve({ id: runId, callId: String(asked?.data['callId']), questionId: asked?.id ?? '', decision: 'allow', scope: 'once' });
    await shop.runs.settled(runId);
    expect((await shop.builder.preview({ id })).messages.at(-1)?.status).toBe('done');
    await expect(shop.builder.send({ id, text: 'x', model: 'none/none' })).rejects.toMatchObject({ code: 'models/not-found' });
  });

  it('A8 is held to the guardrails of the draft as they are now', async () => {
    const shop = open(scriptedModel([{ text: 'There is no risk.' }, { text: 'There is no risk.' }]));
    const id = await make(shop, { role: 'a broker', guardrails: [{ type: 'banned', words: ['risk'], action: 'stop' }] });
    const first = await shop.builder.send({ id, text: 'go', model: null });
    await shop.runs.settled(first.runId);
    expect((await shop.runs.get({ id: first.runId })).error?.code).toBe('run/guardrail-stopped');
    await shop.builder.change({ id, revision: 2, draft: { role: 'a broker' } });
    const second = await shop.builder.send({ id, text: 'go', model: null });
    await shop.runs.settled(second.runId);
    expect((await shop.runs.get({ id: second.runId })).status).toBe('completed');
  });

  it('may use the tools that it was given and no other', async () => {
    const sandbox = fakeSandbox({ look: () => 'seen' });
    const shop = open(scriptedModel([{ calls: [{ name: 'look', arguments: { q: 'x' } }] }, { text: 'No tool.' }]), { sandbox });
    const id = await make(shop, { role: 'one without tools' });
    await shop.runs.settled((await shop.builder.send({ id, text: 'look', model: null })).runId);
    expect(sandbox.calls).toEqual([]);
  });

  it('goes on after the core ended in the middle, by the document that it began with', async () => {
    const shop = open(scriptedModel(() => new Promise(() => undefined)));
    const id = await make(shop);
    const { runId } = await shop.builder.send({ id, text: 'first', model: null });
    await until(async () => (await shop.runs.get({ id: runId })).status === 'running');
    void shop.runs.stop();
    await shop.builder.change({ id, revision: 2, draft: { role: 'somebody else' } });
    const model = scriptedModel([{ text: 'Back.' }]);
    const next = open(model);
    await next.runs.recover((run) => next.builder.runnableOf(run));
    await next.runs.settled(runId);
    expect(JSON.stringify(model.requests[0]?.messages[0])).toContain('a cook for two');
    expect((await next.builder.preview({ id })).messages.at(-1)).toMatchObject({ status: 'done', blocks: [{ type: 'text', text: 'Back.' }] });
  });
});

describe('B3 A1 hiring an own agent', () => {
  it('works by its newest version, and each run records the digest', async () => {
    const shop = open(scriptedModel([{ text: 'One.' }, { text: 'Two.' }]));
    const id = await make(shop, { ...COOK, avatar: { emoji: '🍳' } });
    await expect(shop.team.hire({ pluginId: OWN, agentId: id, name: 'Kim', model: null })).rejects.toMatchObject({ code: 'team/no-agent' });
    const first = await shop.builder.save({ id, note: '' });
    expect((await shop.team.hireable({ pluginId: OWN })).agents).toMatchObject([{ pluginId: OWN, agentId: id, name: 'Scout', tools: ['builtin.calculator', `${HELPER}/look`] }]);
    const hire = await shop.team.hire({ pluginId: OWN, agentId: id, name: 'Kim', model: null });
    expect(hire).toMatchObject({ status: 'ready', needs: [], role: 'a cook for {people}', avatar: { emoji: '🍳', colour: null } });
    const talk = await shop.chat.start({ hireId: hire.id });
    const digestOf = async (): Promise<unknown> => {
      const { runId } = await shop.chat.send({ id: talk.id, text: 'hi' });
      const events = await collect(shop.runs.events(runId, 0, forever));
      return events.find(({ type }) => type === 'agent_prepared')?.data['sha512'];
    };
    expect(await digestOf()).toBe(first.digest);
    // A draft changes nothing for who is hired; a version does from the next message on, even when the agent was deleted since.
    await shop.builder.change({ id, revision: 2, draft: { ...COOK, goal: 'Feed.' } });
    const second = await shop.builder.save({ id, note: '' });
    await shop.builder.remove({ id });
    expect([await digestOf(), first.digest === second.digest]).toEqual([second.digest, false]);
    expect((await shop.team.hireable({})).agents.map(({ pluginId }) => pluginId)).toEqual([HELPER]);
  });
});

describe('B4 one file', () => {
  it('comes back as it went out, byte for byte, and its missing tools are named', async () => {
    const shop = open();
    const id = await make(shop, { ...COOK, tools: ['com.example.away/fly'] });
    await shop.builder.save({ id, note: '' });
    const { name, text } = await shop.builder.export({ id, draft: false });
    expect([name, text.split('\n')[0]]).toEqual(['scout.yaml', 'name: Scout']);
    const read = await shop.builder.import({ text });
    expect(read.problems.map(({ path, fix }) => [path, fix?.kind])).toEqual([['tools[0]', 'install']]);
    expect((await shop.builder.export({ id: read.agent.id, draft: true })).text).toBe(text);
  });

  it.each([['no YAML', '{'], ['a list', '- a'], ['an unknown key', 'role: x\nsurprise: 1'], ['an alias', 'role: &a x\ngoal: *a'], ['no role', 'goal: x']])('refuses %s', async (_what, text) => {
    const shop = open();
    await expect(shop.builder.import({ text })).rejects.toMatchObject({ code: 'builder/bad-agent' });
    expect((await shop.builder.list()).agents).toEqual([]);
  });

  it('offers every tool with what it takes', async () => {
    const { tools } = await open().builder.tools();
    expect(tools.map(({ id, effect, pluginName }) => [id, effect, pluginName])).toEqual([['builtin.calculator', 'read', 'Troupe'], ['builtin.date_time', 'read', 'Troupe'], ['builtin.web_fetch', 'read', 'Troupe'], ['builtin.clipboard_read', 'read', 'Troupe'], ['builtin.clipboard_write', 'write', 'Troupe'], [`${HELPER}/look`, 'read', 'helper'], [`${HELPER}/send`, 'write', 'helper']]);
    expect(tools[5]?.input).toMatchObject({ required: ['q'] });
  });
});
