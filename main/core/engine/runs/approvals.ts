import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { RunEvent } from '../../../../contract/model/run.ts';
import type { ToolCallFacts } from './run-events.ts';
import type { ApprovalAnswer, ArgumentsCheck } from './runnable.ts';

/** The questions of one run that wait for the person, and the answers that hold longer than once. */
export interface Approvals {
  /** Takes what an earlier life of the core logged. Answers that came meanwhile are kept. */
  load(past: readonly RunEvent[]): void;
  /** Whether an earlier life asked exactly this: the question stands in the log already. */
  isOpen(call: Asked): boolean;
  /** Waits for the answer; rejects with the signal's reason. */
  wait(call: Asked, signal: AbortSignal, check?: ArgumentsCheck): Promise<ApprovalAnswer>;
  /** What is wrong with arguments that the person wrote. Undefined also when nobody waits yet: who uses them checks them again. */
  problem(callId: string, edited: Readonly<Record<string, unknown>>): Promise<string | undefined>;
  answer(callId: string, answer: ApprovalAnswer): void;
  /** A decision given in this run for longer than once, for exactly this hash. */
  kept(toolId: string, hash: string): 'allow' | 'deny' | undefined;
  waiting(): number;
}

/** What a question is about; an answer holds for this and nothing else. */
type Asked = Pick<ToolCallFacts, 'callId' | 'toolId' | 'hash' | 'arguments'>;

export function createApprovals(): Approvals {
  const open = new Set<string>();
  const kept = new Map<string, 'allow' | 'deny'>();
  const asked = new Map<string, Asked>();
  const waiting = new Map<string, { resolve: (answer: ApprovalAnswer) => void; check: ArgumentsCheck | undefined }>();
  /** Answers to questions of an earlier life that the resumed run has not come to yet. */
  const early = new Map<string, ApprovalAnswer>();
  const keep = (callId: string, answer: ApprovalAnswer): void => {
    const bound = asked.get(callId);
    if (bound && answer.scope !== 'once') kept.set(`${bound.toolId} ${bound.hash}`, answer.decision);
  };
  const isSame = (call: Asked): boolean => {
    const before = asked.get(call.callId);
    return before?.toolId === call.toolId && before.hash === call.hash && isDeepStrictEqual(before.arguments, call.arguments);
  };
  return {
    load(past) {
      for (const event of past) {
        const data = event.data as unknown as Asked & ApprovalAnswer;
        if (event.type === 'tool_approval_requested') { asked.set(data.callId, data); open.add(data.callId); }
        if (event.type === 'tool_approval_answered') { open.delete(data.callId); early.delete(data.callId); keep(data.callId, data); }
      }
    },
    isOpen: (call) => open.has(call.callId) && isSame(call),
    async wait(call, signal, check) {
      signal.throwIfAborted();
      const { callId } = call;
      const known = early.get(callId);
      early.delete(callId);
      if (known && isSame(call)) { open.delete(callId); keep(callId, known); return known; }
      asked.set(callId, call);
      const { promise, resolve, reject } = Promise.withResolvers<ApprovalAnswer>();
      const abort = (): void => { reject(signal.reason instanceof Error ? signal.reason : new AppError('run/cancelled', 'The run was stopped.')); };
      waiting.set(callId, { resolve, check });
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await promise;
      } finally {
        waiting.delete(callId);
        open.delete(callId);
        signal.removeEventListener('abort', abort);
      }
    },
    answer(callId, answer) {
      keep(callId, answer);
      const waiter = waiting.get(callId);
      if (waiter) waiter.resolve(answer);
      else early.set(callId, answer);
    },
    problem: async (callId, edited) => waiting.get(callId)?.check?.(edited),
    kept: (toolId, hash) => kept.get(`${toolId} ${hash}`),
    waiting: () => waiting.size,
  };
}
