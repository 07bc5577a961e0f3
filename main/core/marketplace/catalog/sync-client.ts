/** The main thread's end of a sync thread. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, fromWire } from '../../../../contract/errors/app-error.ts';
import type { CatalogFetch } from '../../../../packaging/index.ts';
import { endGrowth } from '../../base/store/index.ts';
import { isRelayAsk, serveRelay } from './fetch-relay.ts';
import type { FromSyncThread, SyncBegun, SyncFound, SyncThreadData } from './sync-protocol.ts';

/** Records pass by one after another; the default would let tens of MB of them lie until they are cleared away. */
const YOUNG_MIB = 8;

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
export const defaultSyncThreadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'sync-thread.ts' : 'catalog-thread.js');

/**
 * Runs one sync thread to its end, and fetches for it.
 * @param apply takes what the thread writes while it is written, and fails when that breaks off
 * @throws AppError of `findChanges`; `core/stopping` when `signal` ended it; else what `apply` failed with
 */
export function runSyncThread(file: string, data: SyncThreadData, fetch: CatalogFetch, signal: AbortSignal, apply: (begun: SyncBegun) => Promise<unknown>): Promise<SyncFound> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: data, execArgv: [], env: {}, name: 'catalog sync', resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB } });
    const stop = (): void => { void worker.terminate(); };
    signal.addEventListener('abort', stop, { once: true });
    const relay = serveRelay(fetch, (message) => { worker.postMessage(message); });
    let answer: Exclude<FromSyncThread, { relay: string } | { kind: 'begun' }> | undefined;
    let failure: unknown;
    let ended = false;
    let applied: Promise<{ error?: unknown }> = Promise.resolve({});
    /** What was written could not be taken while the thread went on. */
    let refused = false;
    worker.on('message', (message: FromSyncThread) => {
      if (isRelayAsk(message)) relay.take(message);
      else if (message.kind === 'begun') applied = apply(message.begun).then(() => ({}), (error: unknown) => {
        // Whatever it still writes nobody takes; one that hangs would hold up every later sync.
        refused = !ended;
        stop();
        return { error };
      });
      else answer = message;
    });
    worker.on('error', (error) => { failure = error; });
    worker.on('exit', () => {
      ended = true;
      signal.removeEventListener('abort', stop);
      relay.stop();
      endGrowth(data.growth, { whole: false });
      void applied.then(({ error }) => {
        if (answer?.kind === 'failed') {
          const { code, message, details, retryable } = fromWire(answer.error);
          reject(new AppError(code, message, { details, retryable, cause: new Error(answer.cause) }));
        } else if (answer && error === undefined) resolve(answer);
        else if (answer || (refused && !signal.aborted)) reject(error instanceof Error ? error : new Error(String(error)));
        else if (signal.aborted) reject(new AppError('core/stopping', 'Troupe is closing; the catalog is synced at the next start.'));
        else reject(new AppError('core/internal', 'The catalog could not be synced: its thread ended without an answer. The log has the details.', { cause: failure }));
      });
    });
  });
}
