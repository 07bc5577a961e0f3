import { AppError } from '../../../../contract/errors/app-error.ts';
import type { RunEvent } from '../../../../contract/model/run.ts';
import type { Store } from '../../base/store/index.ts';
import type { Wakeups } from './wakeups.ts';

const PAGE = 500;

/**
 * The log of a run after `after`, then what is added, until the run ends or `signal` aborts. It reads the store each
 * time it is asked, so a reader that falls behind gets bigger pages and costs no memory.
 * @throws AppError `run/not-found`
 */
export async function* follow(store: Pick<Store, 'read'>, wakeups: Wakeups, runId: string, after: number, signal: AbortSignal): AsyncGenerator<RunEvent[], void, undefined> {
  const bell = wakeups.listen(runId);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const abort = (): void => { stop(); };
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (let seq = after; !signal.aborted;) {
      const rung = bell.next();
      const page = await store.read('runEventsAfter', { runId, after: seq, limit: PAGE });
      if (!page) throw new AppError('run/not-found', `There is no run "${runId}". It may have been deleted; open the list of runs.`);
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
