/** Tells those who follow a log that it grew. It carries no data: a slow reader costs a flag, not a queue. */
export interface Bell {
  /** Resolves at the first ring after this call; take it before reading, so that nothing falls between. */
  next(): Promise<void>;
  close(): void;
}

export interface Wakeups {
  ring(id: string): void;
  listen(id: string): Bell;
}

export function createWakeups(): Wakeups {
  const listeners = new Map<string, Set<() => void>>();
  return {
    ring(id) { for (const listener of listeners.get(id) ?? []) listener(); },
    listen(id) {
      let { promise, resolve } = Promise.withResolvers<void>();
      const listener = (): void => { resolve(); ({ promise, resolve } = Promise.withResolvers<void>()); };
      const own = listeners.get(id) ?? new Set();
      own.add(listener);
      listeners.set(id, own);
      return {
        next: () => promise,
        close() {
          own.delete(listener);
          if (own.size === 0 && listeners.get(id) === own) listeners.delete(id);
          resolve();
        },
      };
    },
  };
}
