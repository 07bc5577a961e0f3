/** Calls `expire` after `ms` of running time; the clock stands still while it is paused. Pauses nest. */
export interface Deadline {
  pause(): void;
  resume(): void;
  clear(): void;
}

export function createDeadline(ms: number, now: () => number, expire: () => void): Deadline {
  let left = ms;
  let paused = 0;
  let since = now();
  let timer: NodeJS.Timeout | undefined = setTimeout(expire, left);
  return {
    pause() {
      paused += 1;
      if (paused > 1 || timer === undefined) return;
      clearTimeout(timer);
      left = Math.max(0, left - (now() - since));
    },
    resume() {
      paused -= 1;
      if (paused > 0 || timer === undefined) return;
      since = now();
      timer = setTimeout(expire, left);
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
