import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { ErrorCode } from '../../../contract/errors/codes.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { collect, openTestHome, type TestHome } from '../runs/home.ts';
import { fakeSandbox, HELPER, openWorkshop, scriptedModel, TestPlugins, typesOf, withHelper, type ScriptedModel } from './workshop.ts';

let home: TestHome;
let plugins: TestPlugins;
beforeEach(async () => { home = await openTestHome(); plugins = new TestPlugins(); withHelper(plugins); });
afterEach(async () => { await home.close(); });

const down = (code: ErrorCode, shows = ''): ScriptedModel => scriptedModel((_request, onDelta) => {
  if (shows !== '') onDelta({ type: 'text', text: shows });
  throw new AppError(code, 'The first model is down.');
}, { label: 'First', model: 'first' });

async function turn(model: ScriptedModel, second: ScriptedModel, fallbackModel: string | null) {
  const shop = openWorkshop({ home, plugins, model, second, sandbox: fakeSandbox({ look: () => ({ found: 1 }) }) });
  const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null, fallbackModel });
  const { id } = await shop.chat.start({ hireId: hire.id });
  const { runId } = await shop.chat.send({ id, text: 'Hello' });
  const events = await collect(shop.runs.events(runId, 0, new AbortController().signal));
  const answer = (await shop.chat.messages({ id, limit: 5 })).messages.at(-1) as ChatMessage;
  return { answer, events, notices: answer.blocks.flatMap((block) => (block.type === 'notice' ? [[block.code, block.message]] : [])) };
}

describe('A6 failover', () => {
  it.each(['models/unreachable', 'models/rate-limited', 'models/overloaded', 'models/bad-answer', 'models/circuit-open'] as const)('lets the second model answer after %s, and says so', async (code) => {
    const second = scriptedModel([{ text: 'I am the second.' }], { label: 'Second', provider: 'second', model: 'model' });
    const { answer, events, notices } = await turn(down(code), second, 'second/model');
    expect(answer).toMatchObject({ status: 'done', model: 'second/model' });
    expect(answer.blocks.at(-1)).toEqual({ type: 'text', text: 'I am the second.' });
    expect(notices).toEqual([['models/failed-over', 'First did not answer, so Second answers instead. The first model is down.']]);
    expect(typesOf(events).filter((type) => type.startsWith('llm_call') || type === 'notice_added')).toEqual(['llm_call_started', 'llm_call_failed', 'notice_added', 'llm_call_started', 'llm_call_finished']);
  });

  it('stays with the second model for the rest of the run', async () => {
    const first = down('models/unreachable');
    const second = scriptedModel([{ calls: [{ name: 'look', arguments: { q: 'x' } }] }, { text: 'Found.' }], { label: 'Second', provider: 'second', model: 'model' });
    const { answer, notices } = await turn(first, second, 'second/model');
    expect(answer.status).toBe('done');
    expect([first.requests.length, second.requests.length, notices.length]).toEqual([1, 2, 1]);
  });

  it.each([
    ['something was shown already', 'models/unreachable', 'Well, ', 'second/model'], ['the question is at fault', 'models/bad-request', '', 'second/model'],
    ['the key is refused', 'models/unauthorized', '', 'second/model'], ['there is no second', 'models/unreachable', '', null],
  ] as const)('tells the failure when %s', async (_why, code, shows, fallback) => {
    const second = scriptedModel([{ text: 'never' }], { provider: 'second', model: 'model' });
    const { answer, notices } = await turn(down(code, shows), second, fallback);
    expect(answer.status).toBe('failed');
    expect(notices).toEqual([[code, 'The first model is down.']]);
    expect(second.requests).toEqual([]);
  });

  it('says once what was left out, whoever answers in the end', async () => {
    const shop = openWorkshop({ home, plugins, model: scriptedModel(() => ({ text: 'word '.repeat(300) })) });
    const hire = await shop.team.hire({ pluginId: HELPER, agentId: 'helper', name: 'Ada', model: null, fallbackModel: 'second/model' });
    const { id } = await shop.chat.start({ hireId: hire.id });
    const say = async (from: typeof shop): Promise<void> => { await collect(from.runs.events((await from.chat.send({ id, text: 'Hello' })).runId, 0, new AbortController().signal)); };
    for (let round = 0; round < 4; round += 1) await say(shop);
    const first = scriptedModel(() => { throw new AppError('models/unreachable', 'Down.'); }, { label: 'First', model: 'first', contextLength: 1000 });
    const again = openWorkshop({ home, plugins, model: first, second: scriptedModel([{ text: 'Here.' }], { provider: 'second', model: 'model', contextLength: 1000 }) });
    await say(again);
    const last = (await again.chat.messages({ id, limit: 5 })).messages.at(-1) as ChatMessage;
    expect(last.blocks.flatMap((block) => (block.type === 'notice' ? [block.code] : []))).toEqual(['models/context-too-long', 'models/failed-over']);
  });

  it('tells the second failure when both fail', async () => {
    const { answer, notices } = await turn(down('models/unreachable'), scriptedModel(() => { throw new AppError('models/overloaded', 'The second is busy.'); }, { label: 'Second', provider: 'second', model: 'model' }), 'second/model');
    expect(answer.status).toBe('failed');
    expect(notices.map(([code]) => code)).toEqual(['models/failed-over', 'models/overloaded']);
  });
});
