import { AppError } from '../../../../contract/errors/app-error.ts';
import type { RunEvent } from '../../../../contract/model/run.ts';
import type { ApprovalAnswer } from './runnable.ts';

/** The questions of one run that wait for the person, and the answers that hold longer than once. */
export interface Approvals {
  /** Takes what an earlier life of the core logged. Answers that came meanwhile are kept. */
  load(past: readonly RunEvent[]): void;
  /** Whether an earlier life asked this and got no answer: the question stands in the log already. */
  isOpen(callId: string): boolean;
  /** Waits for the answer; rejects with the signal's reason. */
  wait(callId: string, bound: { toolId: string; hash: string }, signal: AbortSignal): Promise<ApprovalAnswer>;
  answer(callId: string, answer: ApprovalAnswer): void;
  /** A decision given in this run for longer than once, for exactly this hash. */
  kept(toolId: string, hash: string): 'allow' | 'deny' | undefined;
  waiting(): number;
}

interface Asked { toolId: string; hash: string }

export function createApprovals(): Approvals {
  const open = new Set<string>();
  const kept = new Map<string, 'allow' | 'deny'>();
  const asked = new Map<string, Asked>();
  const waiting = new Map<string, (answer: ApprovalAnswer) => void>();
  /** Answers to questions of an earlier life that the resumed run has not come to yet. */
  const early = new Map<string, ApprovalAnswer>();
  const keep = (callId: string, answer: ApprovalAnswer): void => {
    const bound = asked.get(callId);
    if (bound && answer.scope !== 'once') kept.set(`${bound.toolId} ${bound.hash}`, answer.decision);
  };
  return {
    load(past) {
      for (const event of past) {
        const data = event.data as unknown as Asked & ApprovalAnswer & { callId: string };
        if (event.type === 'tool_approval_requested') { asked.set(data.callId, data); open.add(data.callId); }
        if (event.type === 'tool_approval_answered') { open.delete(data.callId); early.delete(data.callId); keep(data.callId, data); }
      }
    },
    isOpen: (callId) => open.has(callId),
    async wait(callId, bound, signal) {
      signal.throwIfAborted();
      asked.set(callId, bound);
      const known = early.get(callId);
      if (known) { early.delete(callId); open.delete(callId); keep(callId, known); return known; }
      const { promise, resolve, reject } = Promise.withResolvers<ApprovalAnswer>();
      const abort = (): void => { reject(signal.reason instanceof Error ? signal.reason : new AppError('run/cancelled', 'The run was stopped.')); };
      waiting.set(callId, resolve);
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
      if (waiter) waiter(answer);
      else early.set(callId, answer);
    },
    kept: (toolId, hash) => kept.get(`${toolId} ${hash}`),
    waiting: () => waiting.size,
  };
}
