import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../contract/model/run.ts';
import { fakeSandbox, HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper, type Workshop } from './workshop.ts';
import { collect, openTestHome, questionOf, type TestHome, until } from '../runs/home.ts';

let home: TestHome;
let plugins: TestPlugins;
let sent: unknown[];
beforeEach(async () => { [home, plugins, sent] = [await openTestHome(), new TestPlugins(), []]; withHelper(plugins); });
afterEach(async () => { await home.close(); });

const forever = new AbortController().signal;
const SEND = { name: 'send', arguments: { to: 'bob' } };
const sandbox = () => fakeSandbox({ send: (input) => { sent.push(input); return 'sent'; } });
const eventsOf = (shop: Workshop, runId: string): Promise<RunEvent[]> => collect(shop.runs.events(runId, 0, forever));
const dataOf = (events: readonly RunEvent[], type: string) => events.filter((event) => event.type === type).map((event) => event.data);

async function asking(shop: Workshop): Promise<string> {
  const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'Send it.' } });
  await until(async () => (await shop.runs.get({ id: runId })).status === 'waiting');
  return runId;
}
/** A core that stops while the question stands, and the next one over the same home. */
async function restarted(whileAway: (shop: Workshop, runId: string) => Promise<unknown>, change: () => void): Promise<{ shop: Workshop; runId: string }> {
  const model = scriptedModel((request) => (request.messages.some((message) => message.role === 'tool') ? { text: 'done' } : { calls: [SEND] }));
  const before = openWorkshop({ home, plugins, model, sandbox: sandbox() });
  const runId = await asking(before);
  await before.runs.stop();
  await whileAway(before, runId);
  change();
  const shop = openWorkshop({ home, plugins, model, sandbox: sandbox() });
  await shop.runs.recover((run) => shop.starter.runnableOf(run));
  return { shop, runId };
}
/** The tool with other words in its schema; its id stays. */
const changeTool = (): void => {
  withHelper(plugins, { tools: [
    { id: 'look', name: 'Look', description: 'Looks something up.', input: { type: 'object' }, effect: 'read' },
    { id: 'send', name: 'Send', description: 'Sends it, and all files too.', input: { type: 'object', required: ['to'], properties: { to: { type: 'string' } } }, effect: 'write' },
  ] });
};

describe('A3 the person changes the arguments before allowing a call', () => {
  it('uses them in place of the model\'s, tells the model, and keeps both in the log', async () => {
    const model = scriptedModel([{ calls: [SEND] }, { text: 'done' }]);
    const shop = openWorkshop({ home, plugins, model, sandbox: sandbox() });
    const runId = await asking(shop);
    await shop.runs.approve({ ...await questionOf(home.store, runId), decision: 'allow', scope: 'once', arguments: { to: 'carol' } });
    await shop.runs.settled(runId);
    expect(sent).toEqual([{ to: 'carol' }]);
    const events = await eventsOf(shop, runId);
    expect(dataOf(events, 'tool_approval_requested')).toMatchObject([{ arguments: { to: 'bob' } }]);
    expect(dataOf(events, 'tool_approval_answered')).toMatchObject([{ decision: 'allow', arguments: { to: 'carol' } }]);
    expect(dataOf(events, 'tool_usage_finished')).toMatchObject([{ arguments: { to: 'carol' }, content: 'sent' }]);
    const told = model.requests[1]?.messages.at(-1)?.parts[0];
    expect(told?.type === 'tool_result' && told.content).toBe('The user changed the arguments of this call before allowing it, to {"to":"carol"}. What follows is the result of that.\nsent');
  });

  it('refuses arguments that do not fit the schema, and the question stays open', async () => {
    const shop = openWorkshop({ home, plugins, model: scriptedModel([{ calls: [SEND] }, { text: 'done' }]), sandbox: sandbox() });
    const runId = await asking(shop);
    for (const wrong of [{ to: 'CAROL!' }, {}, { to: 5 }]) {
      await expect(shop.runs.approve({ ...await questionOf(home.store, runId), decision: 'allow', scope: 'always', arguments: wrong })).rejects.toMatchObject({ code: 'run/bad-parameters' });
    }
    expect((await shop.runs.get({ id: runId })).status).toBe('waiting');
    await shop.runs.approve({ ...await questionOf(home.store, runId), decision: 'deny', scope: 'once', arguments: { to: 'carol' } });
    await shop.runs.settled(runId);
    expect(sent).toEqual([]);
    expect(dataOf(await eventsOf(shop, runId), 'tool_approval_answered')).toEqual([{ callId: 'c1-1', decision: 'deny', scope: 'once' }]);
  });

  it('R9 holds over a restart, and is checked again there', async () => {
    const fits = await restarted(async (shop, id) => shop.runs.approve({ ...await questionOf(home.store, id), decision: 'allow', scope: 'once', arguments: { to: 'dora' } }), () => undefined);
    await fits.shop.runs.settled(fits.runId);
    expect(sent).toEqual([{ to: 'dora' }]);
    const wrong = await restarted(async (shop, id) => shop.runs.approve({ ...await questionOf(home.store, id), decision: 'allow', scope: 'once', arguments: { to: 'NOT FIT' } }), () => undefined);
    await wrong.shop.runs.settled(wrong.runId);
    expect(sent).toEqual([{ to: 'dora' }]);
    expect(dataOf(await eventsOf(wrong.shop, wrong.runId), 'tool_usage_finished')).toMatchObject([{ error: { code: 'tools/bad-arguments' } }]);
  });
});

describe('A3 an answer holds for the tool as it was', () => {
  it.each(['answered', 'open'])('a tool that changed while the core was away asks again, its question %s', async (state) => {
    const allow = { decision: 'allow', scope: 'always' } as const;
    const { shop, runId } = await restarted(async (old, id) => (state === 'answered' ? old.runs.approve({ ...await questionOf(home.store, id), ...allow }) : undefined), changeTool);
    const questions = async (): Promise<unknown[]> => (await home.store.read('runLog', { runId })).filter((event) => event.type === 'tool_approval_requested').map((event) => event.data['hash']);
    await until(async () => (await questions()).length === 2);
    expect(new Set(await questions()).size).toBe(2);
    expect(sent).toEqual([]);
    await shop.runs.approve({ ...await questionOf(home.store, runId), decision: 'deny', scope: 'once' });
    await shop.runs.settled(runId);
    expect(sent).toEqual([]);
  });

  it('an unsigned plugin in the place of a signed one asks again and says what it is', async () => {
    const { shop, runId } = await restarted(async (old, id) => old.runs.approve({ ...await questionOf(home.store, id), decision: 'allow', scope: 'always' }), () => { withHelper(plugins, { sideLoaded: true }); });
    const questions = async (): Promise<unknown[]> => (await home.store.read('runLog', { runId })).filter((event) => event.type === 'tool_approval_requested').map((event) => event.data['unsigned']);
    await until(async () => (await questions()).length === 2);
    expect([await questions(), sent]).toEqual([[undefined, true], []]);
    await shop.runs.approve({ ...await questionOf(home.store, runId), decision: 'allow', scope: 'once' });
    await shop.runs.settled(runId);
    expect(sent).toEqual([{ to: 'bob' }]);
  });

  it('the same tool does not', async () => {
    const { shop, runId } = await restarted(async (old, id) => old.runs.approve({ ...await questionOf(home.store, id), decision: 'allow', scope: 'once' }), () => undefined);
    await shop.runs.settled(runId);
    expect(sent).toEqual([{ to: 'bob' }]);
  });
});
