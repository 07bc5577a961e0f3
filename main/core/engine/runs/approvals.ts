import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { RunEvent } from '../../../../contract/model/run.ts';
import type { ToolCallFacts } from './run-events.ts';
import type { ApprovalAnswer, ArgumentsCheck } from './runnable.ts';

/**
 * The questions of one run that wait for the person, and the answers that hold longer than once. A question is the event that
 * asked it, and is answered by that event's id: the same call asked again about other arguments is another question.
 */
export interface Approvals {
  /** Takes what an earlier life of the core logged. Answers that came meanwhile are kept. */
  load(past: readonly RunEvent[]): void;
  /** The question of an earlier life that asked exactly this and stands in the log already. */
  openQuestion(call: Asked): string | undefined;
  /** Waits for the answer; rejects with the signal's reason. */
  wait(questionId: string, call: Asked, signal: AbortSignal, check?: ArgumentsCheck): Promise<ApprovalAnswer>;
  /** What is wrong with arguments that the person wrote. Undefined also when nobody waits yet: who uses them checks them again. */
  problem(questionId: string, edited: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  answer(questionId: string, answer: ApprovalAnswer): void;
  /** A decision given in this run for longer than once, for exactly this hash. */
  kept(toolId: string, hash: string): 'allow' | 'deny' | undefined;
  waiting(): number;
}

/** What a question is about; an answer holds for this and nothing else. */
type Asked = Pick<ToolCallFacts, 'callId' | 'toolId' | 'hash' | 'arguments'>;

export function createApprovals(): Approvals {
  /** The newest question about each call that nobody has answered yet. */
  const open = new Map<string, string>();
  const kept = new Map<string, 'allow' | 'deny'>();
  const asked = new Map<string, Asked>();
  const waiting = new Map<string, { resolve: (answer: ApprovalAnswer) => void; check: ArgumentsCheck | undefined }>();
  /** Answers to questions of an earlier life that the resumed run has not come to yet. */
  const early = new Map<string, ApprovalAnswer>();
  const keep = (questionId: string | undefined, answer: ApprovalAnswer): void => {
    const bound = asked.get(questionId ?? '');
    if (bound && answer.scope !== 'once') kept.set(`${bound.toolId} ${bound.hash}`, answer.decision);
  };
  return {
    load(past) {
      for (const event of past) {
        const data = event.data as unknown as Asked & ApprovalAnswer;
        if (event.type === 'tool_approval_requested') { asked.set(event.id, data); open.set(data.callId, event.id); }
        if (event.type === 'tool_approval_withdrawn') open.delete(data.callId);
        if (event.type === 'tool_approval_answered') {
          const questionId = open.get(data.callId);
          open.delete(data.callId);
          early.delete(questionId ?? '');
          keep(questionId, data);
        }
      }
    },
    openQuestion(call) {
      const questionId = open.get(call.callId);
      const before = asked.get(questionId ?? '');
      return before?.toolId === call.toolId && before.hash === call.hash && isDeepStrictEqual(before.arguments, call.arguments) ? questionId : undefined;
    },
    async wait(questionId, call, signal, check) {
      signal.throwIfAborted();
      asked.set(questionId, call);
      open.set(call.callId, questionId);
      const { promise, resolve, reject } = Promise.withResolvers<ApprovalAnswer>();
      const known = early.get(questionId);
      if (known) { early.delete(questionId); keep(questionId, known); resolve(known); }
      const abort = (): void => { reject(signal.reason instanceof Error ? signal.reason : new AppError('run/cancelled', 'The run was stopped.')); };
      waiting.set(questionId, { resolve, check });
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await promise;
      } finally {
        waiting.delete(questionId);
        open.delete(call.callId);
        signal.removeEventListener('abort', abort);
      }
    },
    answer(questionId, answer) {
      keep(questionId, answer);
      const waiter = waiting.get(questionId);
      if (waiter) waiter.resolve(answer);
      else early.set(questionId, answer);
    },
    problem: async (questionId, edited) => waiting.get(questionId)?.check?.(edited),
    kept: (toolId, hash) => kept.get(`${toolId} ${hash}`),
    waiting: () => waiting.size,
  };
}
