/** An agent with more tools than can be put to a model, over a server of the OpenAI kind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeSandbox, HELPER, openWorkshop, scriptedModel, TestPlugins, withHelper } from './workshop.ts';
import { collect, openTestHome, questionOf, type TestHome, until } from '../runs/home.ts';
import { chunk, DONE, rawProvider, says, sse, world, type Answer } from '../models/stand-in.ts';

const NOUNS = ['invoice', 'contract', 'parcel', 'recipe', 'ticket', 'photo', 'song', 'map', 'letter', 'meeting', 'budget', 'garden', 'engine', 'lesson', 'patient', 'flight', 'hotel', 'bicycle', 'bridge', 'planet'];
const VERBS = ['archive', 'compare', 'delete', 'export', 'import', 'list', 'merge', 'print', 'rename', 'translate'];
const TOOLS = NOUNS.flatMap((noun) => VERBS.map((verb) => ({ id: `${verb}_${noun}`, name: `${verb} ${noun}`, description: `Can ${verb} one ${noun} or several.`, input: { type: 'object' }, effect: verb === 'delete' ? 'write' : 'read' })));
const agentWith = (count: number): { agent: string; tools: typeof TOOLS } => ({ agent: `role: Clerk\ngoal: Help.\ntools: ["${HELPER}/*"]\n`, tools: TOOLS.slice(0, count) });
const sandbox = () => fakeSandbox(Object.fromEntries(TOOLS.map(({ id }) => [id, () => `did ${id}`])));
const forever = new AbortController().signal;

let home: TestHome;
let plugins: TestPlugins;
const open: { close(): Promise<void> | void }[] = [];
beforeEach(async () => { [home, plugins] = [await openTestHome(), new TestPlugins()]; });
afterEach(async () => { await home.close(); for (const thing of open.splice(0)) await thing.close(); });

type Asked = { tools?: { function: { name: string } }[]; messages: { role: string; content: unknown }[] };
const namesOf = (body: unknown): string[] => ((body as Asked).tools ?? []).map(({ function: { name } }) => name);
/** Calls one tool after the other, one each round, then says so. */
const callsInTurn = (...calls: readonly [string, object][]): Answer => (response, body, request, number) => {
  const call = calls[(body as unknown as Asked).messages.filter(({ role }) => role === 'tool').length];
  if (!call) { says('Done.')(response, body, request, number); return; }
  sse(response).end(chunk({ tool_calls: [{ index: 0, id: `t${number}`, type: 'function', function: { name: call[0], arguments: JSON.stringify(call[1]) } }] }) + chunk({}, 'tool_calls') + DONE);
};

/** Runs the agent once with a model behind HTTP; what the server was asked with tools, in its order. */
async function work(count: number, prompt: string, answer: Answer) {
  withHelper(plugins, agentWith(count));
  const raw = await rawProvider(answer);
  const at = world();
  open.push(raw, at.http);
  const { provider } = await at.models.addProvider({ baseUrl: raw.url });
  const shop = openWorkshop({ home, plugins, model: await at.models.resolve({ provider: provider.id, model: 'm' }), sandbox: sandbox() });
  const before = raw.requests.length;
  const { runId } = await shop.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt } });
  await shop.runs.settled(runId);
  return { run: await shop.runs.get({ id: runId }), events: await collect(shop.runs.events(runId, 0, forever)), handed: raw.requests.slice(before).map(({ body }) => namesOf(body)) };
}

describe('A9 an agent with 200 tools', () => {
  it('is handed those that fit the request, and the person is told', async () => {
    const { run, events, handed } = await work(200, 'Please merge the two invoices.', callsInTurn(['merge_invoice', {}]));
    expect(run).toMatchObject({ status: 'completed', result: { text: 'Done.' } });
    expect(handed.map((names) => names.length)).toEqual([20, 20]);
    expect(handed[0]).toEqual(expect.arrayContaining(['find_tools', 'merge_invoice', 'merge_contract', 'print_invoice']));
    expect(events.filter(({ type }) => type === 'notice_added').map(({ data }) => data['message'])).toEqual(['This agent has 200 tools. The model gets those that fit the request, and looks for others itself.']);
    expect(events.filter(({ type }) => type === 'llm_call_started').map(({ data }) => data['tools'])).toEqual(handed);
  });

  it('finds others by itself, is handed them from then on, and never more than forty', async () => {
    const searches = NOUNS.slice(5).map((noun): [string, object] => ['find_tools', { query: noun }]);
    const { events, handed } = await work(200, 'Tidy up.', callsInTurn(['find_tools', { query: 'translate a planet' }], ['translate_planet', {}], ...searches, ['find_tools', { query: 'xylophone' }]));
    expect(handed[0]).not.toContain('translate_planet');
    expect(handed[1]).toContain('translate_planet');
    expect(handed[2]).toContain('translate_planet');
    expect(handed.at(-1)).toEqual(expect.arrayContaining(['find_tools', 'list_bridge', 'list_planet']));
    expect(Math.max(...handed.map((names) => names.length))).toBe(40);
    const answers = events.filter(({ type }) => type === 'tool_usage_finished').map(({ data }) => String(data['content']));
    expect(answers[0]).toContain('{"name":"translate_planet","description":"Can translate one planet or several."}');
    expect(answers[1]).toBe('did translate_planet');
    expect(answers.at(-1)).toContain('No tool has these words.');
  });

  it('may call one that it was not handed, and is told where to look for one that is not there', async () => {
    const { events } = await work(200, 'Tidy up.', callsInTurn(['rename_planet', {}], ['paint_planet', {}]));
    const answers = events.filter(({ type }) => type === 'tool_usage_finished').map(({ data }) => data['content']);
    expect(answers).toEqual(['did rename_planet', 'There is no tool "paint_planet". Look for one that you have with the tool that finds tools.']);
  });

  it('with forty is handed all of them, and nothing that finds any', async () => {
    const { events, handed } = await work(40, 'Tidy up.', says('Done.'));
    expect(handed[0]).toEqual(TOOLS.slice(0, 40).map(({ id }) => id));
    expect(events.some(({ type }) => type === 'notice_added')).toBe(false);
  });

  it('is handed the same when the run goes on after a restart', async () => {
    withHelper(plugins, agentWith(200));
    const model = scriptedModel((request) => {
      const given = request.messages.filter(({ role }) => role === 'tool').length;
      return given === 0 ? { calls: [{ name: 'find_tools', arguments: { query: 'planet' } }] } : given === 1 ? { calls: [{ name: 'delete_planet' }] } : { text: 'Gone.' };
    });
    const first = openWorkshop({ home, plugins, model, sandbox: sandbox() });
    const { runId } = await first.starter.start({ pluginId: HELPER, target: 'helper', input: { prompt: 'Tidy up.' } });
    await until(async () => (await first.runs.get({ id: runId })).status === 'waiting');
    await first.runs.stop();
    const next = openWorkshop({ home, plugins, model, sandbox: sandbox() });
    await next.runs.recover((run) => next.starter.runnableOf(run));
    await until(async () => (await next.runs.get({ id: runId })).status === 'waiting');
    await next.runs.approve({ ...await questionOf(home.store, runId), decision: 'allow', scope: 'once' });
    await next.runs.settled(runId);
    const [start, before, after] = model.requests.map(({ tools }) => tools.map(({ name }) => name));
    expect(start).not.toContain('delete_planet');
    expect(before).toContain('delete_planet');
    expect(after).toEqual(before);
    expect((await collect(next.runs.events(runId, 0, forever))).filter(({ type }) => type === 'notice_added')).toHaveLength(1);
  });
});
