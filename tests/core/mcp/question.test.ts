import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../contract/model/run.ts';
import { openWorkshop, scriptedModel, TestPlugins, type Workshop } from '../agents/workshop.ts';
import { collect, openTestHome, questionOf, until, type TestHome } from '../runs/home.ts';
import { openWorkbench, program, type Workbench } from './workbench.ts';

let home: TestHome;
let bench: Workbench;
beforeEach(async () => { [home, bench] = [await openTestHome(), await openWorkbench()]; });
afterEach(async () => { await Promise.all([home.close(), bench.close()]); });

const forever = new AbortController().signal;
/** A server whose tool asks the person; then it dies, takes its question back, answers all the same, or waits for the answer, as the file says. */
const ASKING = `
import { existsSync } from 'node:fs';
const asked = () => send({ id: 'q1', method: 'elicitation/create', params: { message: 'Which room?', requestedSchema: { type: 'object', properties: { room: { type: 'string' } } } } });
const when = (name, act) => { const timer = setInterval(() => { if (existsSync(process.argv[2] + '/' + name)) { clearInterval(timer); act(); } }, 10); };
call = (params, message) => {
  asked();
  when('die', () => process.exit(3));
  when('take-back', () => { send({ method: 'notifications/cancelled', params: { requestId: 'q1', reason: 'never mind' } }); setTimeout(() => send({ id: message.id, result: { content: [{ type: 'text', text: 'without you' }] } }), 20); });
  when('answer', () => send({ id: message.id, result: { content: [{ type: 'text', text: 'already done' }] } }));
  on((reply) => { if (reply.id === 'q1') send({ id: message.id, result: { content: [{ type: 'text', text: 'room ' + reply.result?.content?.room } ] } }); });
  return undefined;
};`;

/** An agent of one's own that calls the tool, up to the server's question. */
async function asking(): Promise<{ shop: Workshop; runId: string; question: Awaited<ReturnType<typeof questionOf>>; seen: () => Promise<RunEvent[]>; told: () => string }> {
  const { id } = await bench.mcp.add({ name: 'Rooms', transport: program(await bench.script('asking', ASKING), bench.folder), values: {} });
  await bench.mcp.test({ id }, forever);
  await bench.mcp.setEffect({ id, tool: 'one', effect: 'read' });
  const model = scriptedModel((request) => (request.messages.some(({ role }) => role === 'tool') ? { text: 'I could go on.' } : { calls: [{ name: 'rooms__one' }] }));
  const shop = openWorkshop({ home, plugins: new TestPlugins(), model, mcp: bench.mcp });
  const { agent, revision } = await shop.builder.create({ from: { kind: 'nothing' } });
  await shop.builder.change({ id: agent.id, revision, draft: { name: 'Booker', role: 'books rooms', tools: ['mcp:rooms/one'] } });
  const { runId } = await shop.builder.send({ id: agent.id, text: 'Book a room.', model: null });
  await until(async () => (await shop.runs.get({ id: runId })).status === 'waiting');
  return {
    shop, runId, question: await questionOf(home.store, runId), seen: () => collect(shop.runs.events(runId, 0, forever)),
    told: () => JSON.stringify(model.requests.at(-1)?.messages.at(-1)?.parts),
  };
}
const letIt = (name: string): Promise<void> => writeFile(path.join(bench.folder, name), '');
const dataOf = (events: readonly RunEvent[], type: string): unknown[] => events.filter((event) => event.type === type).map(({ data }) => data);

describe('N1 a question of an MCP server that is not answered in time', () => {
  it('is closed when the server dies, the tool fails, and the run goes on', async () => {
    const { shop, runId, question, seen, told } = await asking();
    await letIt('die');
    await shop.runs.settled(runId);
    expect(await shop.runs.get({ id: runId })).toMatchObject({ status: 'completed' });
    const events = await seen();
    expect(dataOf(events, 'tool_approval_withdrawn')).toEqual([{ callId: question.callId, message: expect.stringContaining('Nothing was sent to it') as string }]);
    expect(dataOf(events, 'tool_usage_finished')).toMatchObject([{ callId: question.callId, error: { code: 'mcp/unavailable' } }, { toolId: 'mcp:rooms/one', error: { code: 'mcp/unavailable' } }]);
    expect(told()).toContain('ended its connection before it answered');
    // Who answers now is told so, and nothing comes of it.
    await expect(shop.runs.approve({ ...question, decision: 'allow', scope: 'once' })).rejects.toMatchObject({ code: 'run/not-found' });
    expect(dataOf(await seen(), 'tool_approval_answered')).toEqual([]);
  }, 60_000);

  it.each([['takes it back', 'take-back', 'without you'], ['ends the call without it', 'answer', 'already done']])('is closed when the server %s', async (_what, how, result) => {
    const { shop, runId, question, seen, told } = await asking();
    await letIt(how);
    await shop.runs.settled(runId);
    const events = await seen();
    expect(dataOf(events, 'tool_approval_withdrawn')).toMatchObject([{ callId: question.callId }]);
    expect(dataOf(events, 'tool_usage_finished')).toMatchObject([{ callId: question.callId, error: { code: 'mcp/unavailable' } }, { toolId: 'mcp:rooms/one', error: null }]);
    expect(told()).toContain(result);
  }, 60_000);

  it('is answered as ever while the server lives', async () => {
    const { shop, runId, question, seen, told } = await asking();
    await shop.runs.approve({ ...question, decision: 'allow', scope: 'once', arguments: { question: 'Which room?', answer: { room: 'blue' } } });
    await shop.runs.settled(runId);
    expect(dataOf(await seen(), 'tool_approval_withdrawn')).toEqual([]);
    expect(told()).toContain('room blue');
  }, 60_000);
});
