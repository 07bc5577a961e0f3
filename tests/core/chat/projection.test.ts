import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageSchema } from '../../../contract/model/chat.ts';
import { createProjection, projectRun } from '../../../contract/model/chat-projection.ts';
import type { RunEvent } from '../../../contract/model/run.ts';

const run = { id: 'run1', conversationId: 'conv1' };
let seq = 0;
const event = (type: string, data: Record<string, unknown> = {}): RunEvent => ({ run: 'run1', seq: seq += 1, id: `e${seq}`, parent: null, at: 1000 + seq, type, channel: 'llm', namespace: [], data });
const asked = (): RunEvent => event('user_message_added', { messageId: 'm1', seq: 7, text: 'hello', at: 500 });
const call = { callId: 'c1', toolId: 'p/t', name: 'T', effect: 'write', arguments: { a: 1 } };

const bodies = fc.oneof(
  fc.record({ type: fc.constantFrom('llm_call_started', 'run_resumed', 'run_started', 'agent_prepared', 'something_unknown'), data: fc.constant({ model: 'a/b' }) }),
  fc.record({ type: fc.constant('llm_stream_chunk'), data: fc.record({ text: fc.string({ maxLength: 6 }) }) }),
  fc.record({ type: fc.constant('llm_call_finished'), data: fc.record({ text: fc.string({ maxLength: 6 }), usage: fc.constant({ promptTokens: 1, completionTokens: 2, estimated: true }) }) }),
  fc.record({ type: fc.constant('llm_call_retried'), data: fc.record({ attempt: fc.nat(3), delayMs: fc.nat(9000), code: fc.constant('models/overloaded') }) }),
  fc.record({ type: fc.constantFrom('tool_approval_requested', 'tool_usage_started'), data: fc.constantFrom(call, { ...call, callId: 'c2' }, { ...call, callId: 'c1/1', effect: 'read' }) }),
  fc.record({ type: fc.constant('tool_approval_answered'), data: fc.record({ callId: fc.constantFrom('c1', 'c2', 'none'), decision: fc.constantFrom('allow', 'deny') }) }),
  fc.record({ type: fc.constant('tool_usage_finished'), data: fc.record({ callId: fc.constantFrom('c1', 'c2'), toolId: fc.constant('p/t'), name: fc.constant('T'), content: fc.string(), error: fc.option(fc.constant({ code: 'tools/failed', message: 'no' })), denied: fc.boolean(), logs: fc.array(fc.string()), durationMs: fc.nat() }) }),
  fc.record({ type: fc.constant('notice_added'), data: fc.record({ code: fc.constant('x'), message: fc.string() }) }),
  fc.record({ type: fc.constantFrom('run_finished', 'run_cancelled'), data: fc.constant({}) }),
  fc.record({ type: fc.constantFrom('run_failed', 'run_interrupted'), data: fc.constant({ error: { code: 'models/cut', message: 'cut' } }) }),
);

describe('A2 messages as a projection of the log', () => {
  it('is the same made event by event, in any batches, with repeats, and all at once', () => {
    fc.assert(fc.property(fc.array(bodies, { maxLength: 40 }), fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }), (rest, sizes) => {
      const events = [asked(), ...rest.map((body) => event(body.type, body.data))];
      const step = createProjection(run);
      for (let at = 0, turn = 0; at < events.length; turn += 1) {
        const size = (sizes[turn % sizes.length] ?? 0) + 1;
        step.add(events.slice(Math.max(0, at - 2), at + size));
        for (const message of step.messages()) expect(messageSchema.safeParse(message).success).toBe(true);
        at += size;
      }
      expect(step.messages()).toEqual(projectRun(run, events));
    }), { numRuns: 300 });
  });

  it('never changes what it gave out, and gives the same object while nothing changed', () => {
    const projection = createProjection(run);
    projection.add([asked(), event('llm_call_started', { model: 'a/b' }), event('llm_stream_chunk', { text: 'one' })]);
    const before = projection.messages();
    const copy = structuredClone(before);
    expect(projection.messages()).toBe(before);
    projection.add([event('llm_stream_chunk', { text: ' two' })]);
    expect(before).toEqual(copy);
    expect(projection.messages()[0]).toBe(before[0]);
    expect(projection.messages()[1]?.blocks).toEqual([{ type: 'text', text: 'one two' }]);
  });

  it('keeps what a cut call had said, tools in order, a wait while it lasts, and what never ended as failed', () => {
    const messages = projectRun(run, [
      asked(), event('llm_call_started', { model: 'a/b' }), event('llm_stream_chunk', { text: 'cut off' }), event('run_resumed'),
      event('llm_call_started', { model: 'a/b' }), event('llm_call_retried', { attempt: 1, delayMs: 3000, code: 'models/rate-limited' }), event('llm_stream_chunk', { text: 'I will.' }),
      event('llm_call_finished', { text: 'I will.', usage: { promptTokens: 3, completionTokens: 4 } }), event('tool_approval_requested', call), event('run_cancelled'),
    ]);
    expect(messages.map((message) => [message.id, message.seq, message.at, message.status])).toEqual([['m1', 7, 500, 'done'], ['run1_a', 8, 500, 'cancelled']]);
    expect(messages[1]?.blocks).toEqual([{ type: 'text', text: 'cut off' }, { type: 'text', text: 'I will.' }, { type: 'tool', call: { ...call, state: 'failed', result: null, error: expect.any(String), logs: [], durationMs: null, questionId: expect.any(String) } }]);
    expect(messages[1]?.usage).toEqual({ promptTokens: 3, completionTokens: 4, estimated: false, contextTokens: 7, cost: null });
  });

  it('A2 adds up the tokens and costs of every call, those of guardrails, plugins and summaries too; one of unknown cost makes the sum unknown', () => {
    const paid = (cost?: number | null) => ({ promptTokens: 3, completionTokens: 4, ...(cost !== undefined && { cost }) });
    const first = asked();
    const usageAfter = (...events: RunEvent[]) => projectRun(run, [first, ...events])[1]?.usage;
    const calls = [event('guardrail_finished', { usage: null }), event('guardrail_finished', { usage: paid(5) }), event('llm_call_finished', { text: 'a', usage: paid(20) }), event('tool_model_call_finished', { usage: paid(300) }), event('history_summarised', { text: 's', usage: paid(4_000) }), event('history_summarised', { text: '', usage: null })];
    expect(usageAfter(...calls)).toEqual({ promptTokens: 12, completionTokens: 16, estimated: false, contextTokens: 7, cost: 4_325 });
    expect(usageAfter(...calls, event('llm_call_finished', { text: 'b', usage: paid(null) }), event('llm_call_finished', { text: 'c', usage: paid(1) }))?.cost).toBeNull();
    expect(usageAfter(event('llm_call_finished', { text: 'a', usage: paid() }), event('llm_call_finished', { text: 'a', usage: paid(4) }))?.cost).toBeNull();
  });

  it('shows a call with the arguments that are asked about and used: never an earlier question\'s, and the person\'s when they changed them', () => {
    const shownAfter = (type: string, data: Record<string, unknown>): unknown => projectRun(run, [asked(), event('llm_call_started', {}), event('tool_approval_requested', call), event(type, data)])[1]?.blocks.map((block) => (block.type === 'tool' ? [block.call.state, block.call.arguments] : []));
    expect(shownAfter('tool_approval_requested', { ...call, arguments: { a: 2 } })).toEqual([['waiting_for_approval', { a: 2 }]]);
    expect(shownAfter('tool_approval_answered', { callId: 'c1', decision: 'allow', arguments: { a: 3 } })).toEqual([['running', { a: 3 }]]);
    expect(shownAfter('tool_approval_answered', { callId: 'c1', decision: 'allow' })).toEqual([['running', { a: 1 }]]);
  });

  it('has nothing for a run outside a conversation', () => {
    expect(projectRun({ id: 'r', conversationId: null }, [asked()])).toEqual([]);
  });

  it('takes 10,000 pieces in little time', () => {
    const projection = createProjection(run);
    const began = performance.now();
    projection.add([asked(), event('llm_call_started')]);
    for (let piece = 0; piece < 10_000; piece += 1) { projection.add([event('llm_stream_chunk', { text: 'word ' })]); projection.messages(); }
    expect(projection.messages()[1]?.blocks[0]).toMatchObject({ text: 'word '.repeat(10_000) });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
