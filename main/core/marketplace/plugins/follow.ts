import { AppError } from '../../../../contract/errors/app-error.ts';
import type { OperationEvent } from '../../../../contract/model/plugin.ts';
import type { PluginsParts } from './parts.ts';
import type { Wakeups } from './wakeups.ts';

const PAGE = 200;

/**
 * The step log of an operation after `after`, then what is added, until it ends or `signal` aborts. It reads the store
 * each time it is asked, so a reader that falls behind gets bigger pages and costs no memory.
 * @throws AppError `plugins/no-operation`
 */
export async function* followOperation(store: PluginsParts['store'], wakeups: Wakeups, operationId: string, after: number, signal: AbortSignal): AsyncGenerator<OperationEvent[], void, undefined> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const abort = (): void => { stop(); };
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (let seq = after; !signal.aborted;) {
      const rung = wakeups.next(operationId);
      const page = await store.read('operationEventsAfter', { operationId, after: seq, limit: PAGE });
      if (!page) throw new AppError('plugins/no-operation', `There is no operation ${operationId}. It may have ended long ago; open the list of what is installed.`, { details: { operationId } });
      const last = page.events.at(-1);
      if (last) {
        seq = last.seq;
        yield page.events;
      } else if (page.ended) return;
      else await Promise.race([rung, stopped]);
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // Leaves nothing waiting for an operation that rings no more; others who follow it look once for nothing.
    wakeups.ring(operationId);
  }
}
