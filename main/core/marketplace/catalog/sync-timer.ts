/** When each registry is asked again: every hour or so, sooner after a failure, and never all apps at once. */

const MINUTE = 60_000;
const INTERVAL_MS = 60 * MINUTE;
/** After the first failure; each further one waits twice as long, up to `LONGEST_MS`. */
const FIRST_RETRY_MS = 2 * MINUTE;
const LONGEST_MS = 6 * 60 * MINUTE;
/** Between this share less and more of what was meant. */
const JITTER = 0.25;

/**
 * How long to wait before a registry is asked again, in milliseconds.
 * @param failures that came one after another; 0 after a success
 * @param random in [0, 1)
 */
export const waitBefore = (failures: number, random: number): number =>
  Math.round((failures === 0 ? INTERVAL_MS : Math.min(LONGEST_MS, FIRST_RETRY_MS * 2 ** (failures - 1))) * (1 - JITTER + 2 * JITTER * random));

/** How a sync of one registry ended; `offline`: it was not asked, since the user works offline. That is no failure of it. */
export type SyncOutcome = 'good' | 'failed' | 'offline';

export interface SyncTimer {
  start(): void;
  /** A registry was synced, for whatever reason. */
  ended(registry: string, outcome: SyncOutcome): void;
  /** The user works online again: what could not be asked is asked at once. */
  online(): void;
  stop(): void;
}

export interface SyncTimerParts {
  /** Syncs the registries that are due; asks `due` about each that there is. It never throws. */
  sync: (due: (registry: string) => boolean) => Promise<void>;
  /** Milliseconds that only go forward: a clock that is set back must not put off what was withdrawn. */
  now: () => number;
  random: () => number;
}

interface Registry { failures: number; outcome: SyncOutcome; at: number }

/** Each registry has its own back-off: one that is dead does not make the others late. */
export function createSyncTimer({ sync, now, random }: SyncTimerParts): SyncTimer {
  const registries = new Map<string, Registry>();
  let timer: NodeJS.Timeout | undefined;
  let state: 'new' | 'waiting' | 'syncing' | 'stopped' = 'new';

  const waitFor = (ms: number): void => {
    if (state === 'stopped') return;
    state = 'waiting';
    clearTimeout(timer);
    // An app that has nothing else to do may end.
    timer = setTimeout(() => { void turn(); }, ms).unref();
  };
  /** Until the first is due; at most the interval, since one that was added meanwhile is not known here. */
  const wait = (): void => { waitFor(Math.max(MINUTE, Math.min(waitBefore(0, random()), ...[...registries.values()].map(({ at }) => at - now())))); };
  const turn = async (): Promise<void> => {
    state = 'syncing';
    // What is due within a minute comes along.
    const until = now() + MINUTE;
    const there = new Set<string>();
    await sync((registry) => { there.add(registry); return (registries.get(registry)?.at ?? 0) <= until; });
    // Nobody was asked about when a sync was going on already.
    if (there.size > 0) for (const registry of registries.keys()) if (!there.has(registry)) registries.delete(registry);
    wait();
  };
  return {
    start() {
      if (state === 'new') wait();
    },
    ended(registry, outcome) {
      const before = registries.get(registry)?.failures ?? 0;
      const failures = outcome === 'good' ? 0 : outcome === 'failed' ? before + 1 : before;
      registries.set(registry, { failures, outcome, at: now() + waitBefore(outcome === 'failed' ? failures : 0, random()) });
      if (state === 'waiting') wait();
    },
    online() {
      const unasked = [...registries.values()].filter(({ outcome }) => outcome !== 'good');
      for (const registry of unasked) registry.at = now();
      if (unasked.length > 0 && state === 'waiting') waitFor(0);
    },
    stop() {
      state = 'stopped';
      clearTimeout(timer);
    },
  };
}
