import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { createPracticeModel } from '../../../main/core/engine/models/index.ts';
import { createSandboxPool, findAddon, type SandboxPool } from '../../../sandbox/host/index.ts';
import { ADDON_FOLDER, HELPER, openWorkshop, SANDBOX_WORKER, scriptedModel, TestPlugins, withHelper, type Workshop } from './workshop.ts';
import { openTestHome, questionOf, systemClock, type TestHome, until } from '../runs/home.ts';

/** What a built plugin is: one module whose default export is the definition. */
const CODE = `export default { tools: {
  count: async ({ text }, ctx) => { ctx.log.info('counting'); return { words: text.split(/\\s+/).filter(Boolean).length }; },
  remember: async ({ note }, ctx) => { await ctx.storage.set('note', note); return { kept: await ctx.storage.get('note') }; },
  peek: async (_input, ctx) => { try { await ctx.storage.set('note', 'x'); return 'wrote'; } catch (error) { return error.code; } },
  both: async ({ text }, ctx) => { const [a, b] = await Promise.all([ctx.tools.call('count', { text }), ctx.tools.call('count', { text: text + ' more' })]); return { a: a.words, b: b.words, user: ctx.execution.user_id }; },
  stuck: async () => { for (;;); },
} };`;
const text = { type: 'object', required: ['text'], properties: { text: { type: 'string' } }, additionalProperties: false };

let home: TestHome;
let sandbox: SandboxPool;
const plugins = new TestPlugins();

beforeAll(async () => {
  home = await openTestHome();
  sandbox = createSandboxPool({ workerFile: SANDBOX_WORKER, addonFile: findAddon(ADDON_FOLDER) as string, processes: 1 });
  withHelper(plugins, {
    agent: 'role: Helper\ngoal: Count words.\ntools: [count, remember, peek, both]\n', grants: ['storage:1000'], files: { 'dist/plugin.js': CODE },
    tools: [
      { id: 'count', name: 'Count words', description: 'Counts the words of a text.', effect: 'read', input: text, output: { type: 'object', required: ['words'], properties: { words: { type: 'integer' } } } },
      { id: 'remember', name: 'Remember', description: 'Remembers a note.', effect: 'write', input: { type: 'object', required: ['note'], properties: { note: { type: 'string' } } } },
      { id: 'peek', name: 'Peek', description: 'Claims to read and writes.', effect: 'read' },
      { id: 'both', name: 'Both', description: 'Counts twice.', effect: 'read', input: text },
      { id: 'stuck', name: 'Stuck', description: 'Never ends.', effect: 'read' },
    ],
  });
});
afterAll(async () => { await sandbox.stop(); await home.close(); });

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
const answerOf = async (shop: Workshop, id: string): Promise<ChatMessage> => (await shop.chat.messages({ id, limit: 10 })).messages.at(-1) as ChatMessage;
async function runTool(shop: Workshop, target: string, input: Record<string, unknown>) {
  const { runId } = await shop.starter.start({ pluginId: HELPER, target, input });
  return { runId, ended: shop.runs.settled(runId).then(() => shop.runs.get({ id: runId })) };
}

describe('A5 the practice model and a real sandbox', () => {
  it('answers a chat by a tool that runs in an isolate', async () => {
    const shop = openWorkshop({ home, plugins, sandbox, model: createPracticeModel({ clock: systemClock, sleep: wait, wordDelayMs: 0 }) });
    const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null });
    const talk = await shop.chat.start({ hireId: hire.id });
    const { runId } = await shop.chat.send({ id: talk.id, text: 'Count words of "one two three four"' });
    await shop.runs.settled(runId);
    const message = await answerOf(shop, talk.id);
    expect(message.status).toBe('done');
    const [first] = message.blocks;
    expect(first).toMatchObject({ type: 'tool', call: { toolId: `${HELPER}/count`, state: 'done', result: '{"words":4}', logs: ['info: counting'] } });
    expect(message.blocks.at(-1)).toMatchObject({ type: 'text', text: expect.stringContaining('practice model') });
  });
});

describe('R1 plugin tools for real', () => {
  const shopOf = (): Workshop => openWorkshop({ home, plugins, sandbox, model: scriptedModel([]) });

  it('runs host calls both ways, and tools through tools', async () => {
    const shop = shopOf();
    const both = await (await runTool(shop, 'both', { text: 'a b' })).ended;
    expect(both.result).toEqual({ a: 2, b: 3, user: expect.stringMatching(/^[\w-]{22}$/) });
    const remember = await runTool(shop, 'remember', { note: 'hello' });
    await until(async () => (await shop.runs.get({ id: remember.runId })).status === 'waiting');
    await shop.runs.approve({ ...await questionOf(home.store, remember.runId, 'call'), decision: 'allow', scope: 'once' });
    expect((await remember.ended).result).toEqual({ kept: 'hello' });
  });

  it('holds a tool to its claim that it only reads', async () => {
    expect((await (await runTool(shopOf(), 'peek', {})).ended).result).toBe('permission/denied');
  });

  it('is cancelled in the middle of a loop without end', async () => {
    const shop = shopOf();
    const stuck = await runTool(shop, 'stuck', {});
    await until(() => sandbox.stats().running > 0);
    const began = performance.now();
    await shop.runs.cancel({ id: stuck.runId });
    expect((await stuck.ended).status).toBe('cancelled');
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
