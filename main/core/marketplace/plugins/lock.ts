/** Lets one after another work. A waiter whose signal aborts gives up its place. */
export type Lock = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

export function createLock(): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return (signal, work) => {
    const turn = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    // The next one goes on however this one ended; its own caller hears of the failure.
    last = turn.then(() => undefined, () => undefined);
    return turn;
  };
}
