/** The main thread's end of a sync thread. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, fromWire } from '../../../../contract/errors/app-error.ts';
import type { CatalogFetch } from '../../../../packaging/index.ts';
import { isRelayAsk, serveRelay } from './fetch-relay.ts';
import type { FromSyncThread, SyncFound, SyncThreadData } from './sync-protocol.ts';

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
export const defaultSyncThreadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'sync-thread.ts' : 'catalog-thread.js');

/**
 * Runs one sync thread to its end, and fetches for it.
 * @throws AppError of `findChanges`; `core/stopping` when `signal` ended it
 */
export function runSyncThread(file: string, data: SyncThreadData, fetch: CatalogFetch, signal: AbortSignal): Promise<SyncFound> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: data, execArgv: [], env: {}, name: 'catalog sync' });
    const stop = (): void => { void worker.terminate(); };
    signal.addEventListener('abort', stop, { once: true });
    const relay = serveRelay(fetch, (message) => { worker.postMessage(message); });
    let answer: Exclude<FromSyncThread, { relay: string }> | undefined;
    let failure: unknown;
    worker.on('message', (message: FromSyncThread) => {
      if (isRelayAsk(message)) relay.take(message);
      else answer = message;
    });
    worker.on('error', (error) => { failure = error; });
    worker.on('exit', () => {
      signal.removeEventListener('abort', stop);
      relay.stop();
      if (answer?.kind === 'failed') {
        const { code, message, details, retryable } = fromWire(answer.error);
        reject(new AppError(code, message, { details, retryable, cause: new Error(answer.cause) }));
      } else if (answer) resolve(answer);
      else if (signal.aborted) reject(new AppError('core/stopping', 'Troupe is closing; the catalog is synced at the next start.'));
      else reject(new AppError('core/internal', 'The catalog could not be synced: its thread ended without an answer. The log has the details.', { cause: failure }));
    });
  });
}
