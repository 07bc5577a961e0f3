/** Ends a run after a length of its own running time; the clock stands still while it is paused. Pauses nest. */
export interface Deadline {
  pause(): void;
  resume(): void;
  /** Makes the whole time shorter; a longer one changes nothing. */
  lower(ms: number): void;
  clear(): void;
}

/** `expire` is told the length that was used up, in ms. */
export function createDeadline(ms: number, now: () => number, expire: (ms: number) => void): Deadline {
  let whole = ms;
  let spent = 0;
  let paused = 0;
  let since = now();
  let cleared = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    spent += now() - since;
  };
  const start = (): void => {
    since = now();
    if (!cleared) timer = setTimeout(() => { expire(whole); }, Math.max(0, whole - spent));
  };
  start();
  return {
    pause() {
      paused += 1;
      if (paused === 1) stop();
    },
    resume() {
      paused -= 1;
      if (paused === 0) start();
    },
    lower(shorter) {
      whole = Math.min(whole, shorter);
      if (paused > 0) return;
      stop();
      start();
    },
    clear() {
      cleared = true;
      clearTimeout(timer);
    },
  };
}
