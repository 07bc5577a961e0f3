/** A run of the scripted core whose log a test writes line by line, in the form that the engine writes it. */
import { projectRun } from '../../../contract/model/chat-projection.ts';
import type { Conversation } from '../../../contract/model/chat.ts';
import type { RunEvent } from '../../../contract/model/run.ts';
import type { FakeWorld } from '../../support/fake-world.ts';
import { createLog } from '../../support/fake-log.ts';

export interface ScriptedRun {
  id: string;
  tell(type: string, data?: Record<string, unknown>): void;
  chunk(text: string): void;
  /** Ends the log; the projection of it becomes the stored messages. */
  finish(type?: string, data?: Record<string, unknown>): void;
}

let made = 0;

export const talk = (id: string, change: Partial<Conversation> = {}): Conversation => ({ id, hireId: 'hire-1', title: 'Trip to Lisbon', createdAt: 1, updatedAt: Date.now(), lastText: 'See you there', activeRunId: null, pinned: false, folder: null, ...change });

/** Starts a run in a conversation, with its user message at `seq`; `text` null: it goes on with the last answer. */
export function startRun(world: FakeWorld, conversationId: string, text: string | null, seq = (world.messages.get(conversationId)?.at(-1)?.seq ?? 0) + 1): ScriptedRun {
  made += 1;
  const id = `scripted-${made}`;
  const log = createLog<RunEvent>();
  let at = 0;
  const run: ScriptedRun = {
    id,
    tell(type, data = {}) { at += 1; log.push({ run: id, seq: at, id: `${id}-${at}`, parent: null, at: Date.now(), type, channel: 'llm', namespace: [], data }); },
    chunk(words) { run.tell('llm_stream_chunk', { text: words }); },
    finish(type = 'run_finished', data = {}) {
      run.tell(type, data);
      const before = (world.messages.get(conversationId) ?? []).filter((message) => message.seq < seq);
      world.messages.set(conversationId, [...before, ...projectRun({ id, conversationId }, log.rows())]);
      world.conversations = world.conversations.map((known) => (known.id === conversationId ? { ...known, activeRunId: null } : known));
      log.end();
      world.changed('chat');
    },
  };
  world.runs.set(id, { log, run: { id, pluginId: null, executionType: 'agent', executionTarget: 'agent-0', parameters: {}, status: 'running', conversationId, hireId: 'hire-1', parentRunId: null, model: null, createdAt: 1, startedAt: 1, completedAt: null, result: null, error: null, tokenUsage: null, lastSeq: 0 } });
  world.conversations = world.conversations.map((known) => (known.id === conversationId ? { ...known, activeRunId: id } : known));
  run.tell('run_started');
  const before = (world.messages.get(conversationId) ?? []).filter((message) => message.seq < seq).at(-1);
  if (text === null) run.tell('answer_continued', { messageId: before?.id, seq, text: 'Go on.' });
  else run.tell('user_message_added', { messageId: `${id}_u`, parentId: before?.id ?? null, text, seq, at: Date.now() });
  run.tell('llm_call_started', { model: 'practice/rules' });
  return run;
}

/** Lets `chat.send` and `chat.retry` start scripted runs, which are handed to the test as they come. */
export function scriptSends(world: FakeWorld): ScriptedRun[] {
  const runs: ScriptedRun[] = [];
  world.answers.set('chat.send', ((input: { id: string; text: string }) => { const run = startRun(world, input.id, input.text); runs.push(run); return { runId: run.id }; }) as never);
  world.answers.set('chat.retry', ((input: { id: string }) => {
    const user = (world.messages.get(input.id) ?? []).findLast((message) => message.role === 'user');
    const block = user?.blocks[0];
    const run = startRun(world, input.id, block?.type === 'text' ? block.text : '', user?.seq);
    runs.push(run);
    return { runId: run.id };
  }) as never);
  return runs;
}
