import type { ModelWait, Sleep, Waits } from './chat-model.ts';
import { cancelled } from './errors.ts';

const MINUTE_MS = 60_000;

/** Keeps requests to so many in any minute, in the order in which they came; whoever would be one too many waits. */
export interface Pace {
  /**
   * Resolves when the next request may go out; it is counted then. A limit that changed holds from the next one on.
   * @param key whose requests are counted together
   * @param perMinute null: no limit, and nothing is counted
   * Errors: `run/cancelled` as soon as the signal aborts; its turn is given to who comes next.
   */
  turn(key: string, perMinute: number | null, wait: Pick<ModelWait, 'of' | 'name'>, signal: AbortSignal, waits: Waits | undefined): Promise<void>;
}

/** `now` in ms may begin anywhere but only goes on: a clock that a person can set back would hold requests for hours. */
export function createPace({ now, sleep }: { readonly now: () => number; readonly sleep: Sleep }): Pace {
  /** When requests went out or will, rising; only those of the last minute and the coming ones. */
  const turns = new Map<string, number[]>();
  return {
    async turn(key, perMinute, wait, signal, waits) {
      if (perMinute === null) return;
      if (signal.aborted) throw cancelled();
      const at = now();
      const taken = (turns.get(key) ?? []).filter((one) => one > at - MINUTE_MS);
      turns.set(key, taken);
      const mine = Math.max(at, (taken.at(-perMinute) ?? -Infinity) + MINUTE_MS);
      taken.push(mine);
      if (mine === at) return;
      const done = waits?.({ ...wait, delayMs: mine - at });
      try {
        await sleep(mine - at, signal);
      } catch (error) {
        const now = turns.get(key) ?? [];
        now.splice(now.indexOf(mine), 1);
        throw signal.aborted ? cancelled() : error;
      } finally {
        done?.();
      }
    },
  };
}
