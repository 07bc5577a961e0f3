/** When registries are asked again: each hour or so, sooner after a failure, and never all apps at once. */

const MINUTE = 60_000;
const INTERVAL_MS = 60 * MINUTE;
/** After the first failure; each further one waits twice as long, up to `LONGEST_MS`. */
const FIRST_RETRY_MS = 2 * MINUTE;
const LONGEST_MS = 6 * 60 * MINUTE;
/** Between this share less and more of what was meant. */
const JITTER = 0.25;

/**
 * How long to wait before the next sync, in milliseconds.
 * @param failures that came one after another; 0 after a success
 * @param random in [0, 1)
 */
export const waitBefore = (failures: number, random: number): number =>
  Math.round((failures === 0 ? INTERVAL_MS : Math.min(LONGEST_MS, FIRST_RETRY_MS * 2 ** (failures - 1))) * (1 - JITTER + 2 * JITTER * random));

export interface SyncTimer { start(): void; stop(): void }

/** @param sync answers whether every registry could be synced; it never throws */
export function createSyncTimer(sync: () => Promise<boolean>, random: () => number): SyncTimer {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failures = 0;
  const wait = (): void => {
    if (stopped) return;
    // An app that has nothing else to do may end.
    timer = setTimeout(() => { void turn(); }, waitBefore(failures, random())).unref();
  };
  const turn = async (): Promise<void> => {
    failures = await sync() ? 0 : failures + 1;
    wait();
  };
  return {
    start() {
      if (timer === undefined && !stopped) wait();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
