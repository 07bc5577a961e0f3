/** Tells those who follow an operation that its log grew; it carries no data, so a slow reader costs nothing. */
export interface Wakeups {
  ring(id: string): void;
  /** Resolves at the next ring; take it before reading, so that nothing falls between. */
  next(id: string): Promise<void>;
}

export function createWakeups(): Wakeups {
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  return {
    ring(id) {
      waiting.get(id)?.resolve();
      waiting.delete(id);
    },
    next(id) {
      const known = waiting.get(id) ?? Promise.withResolvers<void>();
      waiting.set(id, known);
      return known.promise;
    },
  };
}
