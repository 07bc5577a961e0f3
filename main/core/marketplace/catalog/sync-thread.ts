/** One sync of one registry, off the core's main thread: verifying and unpacking a catalog takes seconds at 100,000 plugins. Bundled as catalog-thread.js. */
import { parentPort, workerData } from 'node:worker_threads';
import { toWire } from '../../../../contract/errors/app-error.ts';
import { endGrowth } from '../../base/store/index.ts';
import { fetchThrough } from './fetch-relay.ts';
import { findChanges } from './find-changes.ts';
import type { FromSyncThread, SyncThreadData } from './sync-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('catalog-thread is started by the catalog, not by itself.');

const data = workerData as SyncThreadData;
let answer: FromSyncThread;
try {
  answer = await findChanges(data, (begun) => { port.postMessage({ kind: 'begun', begun } satisfies FromSyncThread); }, fetchThrough(port));
} catch (error) {
  answer = { kind: 'failed', error: toWire(error), cause: error instanceof Error ? error.stack ?? error.message : String(error) };
}
port.postMessage(answer);
// After the answer, which is the reason; a file that is whole stays so.
endGrowth(data.growth, { whole: false });
port.close();
