import { hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import type { ChatModel } from '../models/index.ts';

/** The model that a run asks now: its first, and from a failure on the one that stands in for it. */
export interface ModelInUse {
  current(): ChatModel;
  /**
   * What to say and whom to ask instead after a call failed with nothing shown; undefined when there is nobody else or
   * another model would not help either. The stand-in stays for the rest of the run: what failed four times is not asked again.
   */
  failOver(error: unknown): Promise<{ code: string; message: string } | undefined>;
}

/** Failures of the provider, not of the question. */
const HELPS = ['models/unreachable', 'models/rate-limited', 'models/overloaded', 'models/bad-answer', 'models/circuit-open'] as const;

/** `fallback` looks the second model up when it is needed; undefined when the agent has none. */
export function createModelInUse(first: ChatModel, fallback: (() => Promise<ChatModel>) | undefined): ModelInUse {
  let current = first;
  let left = fallback;
  return {
    current: () => current,
    async failOver(error) {
      const find = left;
      if (!find || !hasCode(error, ...HELPS)) return undefined;
      left = undefined;
      // Its provider may be gone: then the first failure is what the person has to know.
      const second = await find().catch(() => undefined);
      if (!second || (second.info.provider === first.info.provider && second.info.model === first.info.model)) return undefined;
      current = second;
      return { code: 'models/failed-over', message: `${first.info.label} did not answer, so ${second.info.label} answers instead. ${toWire(error).message}` };
    },
  };
}
