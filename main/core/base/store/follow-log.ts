import type { Wakeups } from './wakeups.ts';

/** One page of a log: rows in order, and whether the log can still grow. */
export interface LogPage<T> { readonly events: T[]; readonly ended: boolean }

/**
 * The rows of one log after `after`, then what is added, until the log ends or `signal` aborts. It reads the store each
 * time it is asked, so a reader that falls behind gets bigger pages and costs no memory.
 * @param read the next page after a sequence number; what it throws is thrown here
 * @param id the log's name with which `wakeups` is rung
 */
export async function* followLog<T extends { seq: number }>(wakeups: Wakeups, id: string, after: number, signal: AbortSignal, read: (after: number) => Promise<LogPage<T>>): AsyncGenerator<T[], void, undefined> {
  const bell = wakeups.listen(id);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const abort = (): void => { stop(); };
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (let seq = after; !signal.aborted;) {
      const rung = bell.next();
      const page = await read(seq);
      const last = page.events.at(-1);
      if (last) {
        seq = last.seq;
        yield page.events;
      } else if (page.ended) return;
      else await Promise.race([rung, stopped]);
    }
  } finally {
    signal.removeEventListener('abort', abort);
    bell.close();
  }
}
