/** At most `size` at once, first come first served. */
export interface Slots {
  /** Resolves with the function that gives the slot back; rejects with the signal's reason when aborted before. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createSlots(size: number): Slots {
  let free = size;
  const queue: (() => void)[] = [];
  const release = (): void => {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  };
  const once = (): (() => void) => {
    let given = false;
    return () => { if (!given) { given = true; release(); } };
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) { free -= 1; return once(); }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const abort = (): void => {
        const at = queue.indexOf(resolve);
        if (at >= 0) queue.splice(at, 1);
        reject(signal.reason as Error);
      };
      queue.push(resolve);
      signal.addEventListener('abort', abort, { once: true });
      try { await promise; } finally { signal.removeEventListener('abort', abort); }
      return once();
    },
  };
}
