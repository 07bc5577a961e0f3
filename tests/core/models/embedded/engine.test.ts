import { afterEach, describe, expect, it } from 'vitest';
import { hasCode } from '../../../../contract/errors/app-error.ts';
import { textMessage, type Message } from '../../../../contract/model/message.ts';
import type { ChatAnswer, ChatDelta, ChatRequest } from '../../../../main/core/engine/models/index.ts';
import { ask, failure } from '../stand-in.ts';
import { stage, until, type Stage } from './stage.ts';

let at: Stage;
afterEach(async () => { await at.close(); });

const SAYS = ['Hello', ' from', ' a', ' tiny', ' model', '.'];
const FOREVER = { says: ['on', ' and'], ends: false, layers: 4, contextLength: 16_384 };

async function talk(id: string, request: Partial<ChatRequest> & Pick<ChatRequest, 'messages'>): Promise<{ answer: ChatAnswer; deltas: ChatDelta[] }> {
  const deltas: ChatDelta[] = [];
  const model = await at.files.model(id);
  return { answer: await model.chat({ tools: [], signal: new AbortController().signal, temperature: 0, ...request }, (delta) => { deltas.push(delta); }), deltas };
}

describe('A5 the embedded engine', () => {
  it('answers in pieces with real counts, holds an answer to a JSON schema, keeps the model loaded, and ends with its core', async () => {
    at = await stage();
    const { id } = await at.files.addFile({ path: await at.model({ says: SAYS }), copy: false });
    const { answer, deltas } = await talk(id, { messages: [textMessage('system', 'Be kind.'), textMessage('user', 'Hi')] });
    expect(answer).toMatchObject({ text: 'Hello from a tiny model.', finish: 'stop', toolCalls: [], provider: 'embedded', usage: { estimated: false, completionTokens: 7 } });
    expect(answer.usage.promptTokens).toBeGreaterThan(10);
    expect(deltas.filter((delta) => delta.type === 'text').length).toBeGreaterThan(3);
    expect(at.engine.loaded()).toBe(id);
    const pid = at.engine.pid();
    expect((await talk(id, { messages: ask('again').messages, maxTokens: 3 })).answer).toMatchObject({ text: 'Hello from a', finish: 'length' });
    expect(at.engine.pid()).toBe(pid);
    expect(await at.files.infos()).toMatchObject([{ provider: 'embedded', model: id, contextLength: 2048, local: true, practice: false }]);
    expect(await at.files.tryOut(id, new AbortController().signal)).toMatchObject({ text: 'Hello from a tiny model.', loadMs: null, tokens: 7 });

    // One start serves several questions here: it takes a second and more.
    const { answer: held } = await talk(id, { messages: ask('x').messages, responseSchema: { name: 'a', schema: { type: 'object', properties: { a: { $ref: '#/$defs/word' }, n: { type: 'integer' } }, required: ['a'], $defs: { word: { type: 'string' } } } } });
    expect(JSON.parse(held.text)).toEqual({ a: 'Hello from a tiny model.', n: 1 });
    await expect(talk(id, { messages: ask('x'.repeat(3_000)).messages })).rejects.toMatchObject({ code: 'models/context-too-long' });
    await at.engine.stop();
    await until(() => { try { process.kill(pid ?? 0, 0); return false; } catch { return true; } });
  });

  it('calls a tool as its template allows, and reads what came back', async () => {
    at = await stage();
    const { id } = await at.files.addFile({ path: await at.model({ says: ['||call: ', 'word_count'], contextLength: 4096 }), copy: false });
    const tools = [{ name: 'word_count', description: 'Counts words.', input: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } }];
    const { answer, deltas } = await talk(id, { messages: ask('count').messages, tools });
    expect(answer).toMatchObject({ finish: 'tool_calls', toolCalls: [{ name: 'word_count', arguments: { text: '||call: word_count' } }] });
    expect(deltas).toContainEqual(expect.objectContaining({ type: 'tool_call', index: 0, name: 'word_count' }));
    const call = answer.toolCalls[0];
    const messages: Message[] = [...ask('count').messages, { role: 'assistant', parts: [{ type: 'tool_call', id: call?.id ?? '', tool: 't', name: 'word_count', arguments: call?.arguments }] }, { role: 'tool', parts: [{ type: 'tool_result', callId: call?.id ?? '', name: 'word_count', content: '3', isError: false }] }];
    const plain = await talk(id, { messages: messages.slice(0, 1), maxTokens: 4 });
    expect((await talk(id, { messages, maxTokens: 4 })).answer.usage.promptTokens).toBeGreaterThan(plain.answer.usage.promptTokens);
  });

  it('stops at once; says clearly that the process was killed or crashed in an answer, and starts another', { timeout: 60_000 }, async () => {
    at = await stage();
    const { id } = await at.files.addFile({ path: await at.model(FOREVER), copy: false });
    const model = await at.files.model(id);
    // The best of a few: a busy machine makes any one of them late.
    let fastest = Infinity;
    for (let turn = 0; turn < 5 && fastest >= 100; turn += 1) {
      const controller = new AbortController();
      let stoppedAt = 0;
      const running = model.chat({ ...ask('x'), signal: controller.signal }, () => { if (stoppedAt === 0) { stoppedAt = performance.now(); controller.abort(); } });
      await expect(running).rejects.toSatisfy((error) => hasCode(error, 'run/cancelled'));
      fastest = Math.min(fastest, performance.now() - stoppedAt);
    }
    expect(fastest).toBeLessThan(100);
    let pid = at.engine.pid() ?? 0;
    expect((await talk(id, { messages: ask('x').messages, maxTokens: 2 })).answer.finish).toBe('length');
    expect(at.engine.pid()).toBe(pid); // it really stopped, and was not ended

    for (const [signal, reason] of [['SIGKILL', /for want of memory/], ['SIGSEGV', /SIGSEGV/]] as const) {
      const before = at.engine.pid();
      const error = await failure(model.chat(ask('x'), () => { if (pid === before) process.kill(pid, signal); pid = 0; }));
      expect(error).toMatchObject({ code: 'models/cut', details: { reason: 'models/engine-lost' } });
      expect(error.message).toMatch(reason);
      expect(String(error.details['text'])).toMatch(/^on/);
      expect((await talk(id, { messages: ask('x').messages, maxTokens: 2 })).answer.finish).toBe('length');
      pid = at.engine.pid() ?? 0;
      expect(pid).not.toBe(before);
    }
    expect(at.warnings).toMatchObject([{ signal: 'SIGKILL' }, { signal: 'SIGSEGV' }]);
  });

  it('holds one model at a time and gives the memory back when nobody asks', async () => {
    at = await stage({ idleMs: 200 });
    const one = await at.files.addFile({ path: await at.model({ says: ['one'] }, 'one.gguf'), copy: false, name: 'One' });
    const two = await at.files.addFile({ path: await at.model({ says: ['two'] }, 'two.gguf'), copy: false, name: 'Two' });
    const [first, second] = await Promise.all([talk(one.id, { messages: ask('x').messages }), talk(two.id, { messages: ask('x').messages })]);
    expect([first.answer.text, second.answer.text]).toEqual(['one', 'two']);
    expect(['one', 'two']).toContain(at.engine.loaded());
    await until(() => at.engine.loaded() === null && at.engine.pid() === null);
    expect(at.warnings).toEqual([]);
  });

  it('refuses what does not fit into memory with the figures, before anything is loaded', async () => {
    at = await stage();
    const { id } = await at.files.addFile({ path: await at.model({ says: SAYS, contextLength: 1024 }), copy: false });
    at.memory = 100 * 1024 * 1024;
    await expect(talk(id, { messages: ask('x').messages })).rejects.toMatchObject({ code: 'models/too-large', details: { free: at.memory } });
    expect((await at.files.list(null)).files).toMatchObject([{ details: { fits: false } }]);
    expect(at.engine.pid()).toBeNull();
  });
});

describe('A7 vectors by the embedded engine', () => {
  it('are made by a process beside the one that answers, the same for the same text, also for one that is too long to be read whole', async () => {
    at = await stage();
    const { id } = await at.files.addFile({ path: await at.model({ says: SAYS, averages: true }), copy: false });
    const { signal } = new AbortController();
    const embedder = await at.files.embedder(id);
    expect(embedder.model).toBe(`embedded/${id}`);
    const [one, other, again, long] = await embedder.embed(['Hello from', 'Hello', 'Hello from', 'x'.repeat(20_000)], signal);
    expect(one).toHaveLength(64);
    expect(long).toHaveLength(64);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect(at.engine.loaded()).toBeNull();
    await expect(embedder.embed(['tea'], AbortSignal.abort())).rejects.toMatchObject({ code: 'run/cancelled' });
    await expect(at.files.embedder('nothing')).rejects.toMatchObject({ code: 'models/not-found' });
    at.memory = 1;
    await at.files.remove(id);
    const { id: small } = await at.files.addFile({ path: await at.model({ says: SAYS }), copy: false });
    await expect((await at.files.embedder(small)).embed(['tea'], signal)).rejects.toMatchObject({ code: 'models/too-large' });
  });
});
