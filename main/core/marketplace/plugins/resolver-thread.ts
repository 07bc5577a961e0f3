/** The thread that resolves what the core's own thread has no time for. It answers once. Bundled as resolver-thread.js. */
import { parentPort, workerData } from 'node:worker_threads';
import { toWire } from '../../../../contract/errors/app-error.ts';
import type { FromResolverThread, ResolverThreadData } from './resolving.ts';
import { resolve } from './solve.ts';

const port = parentPort;
if (port === null) throw new Error('resolver-thread is started by the plugins room, not by itself.');

const { wanted, installed, candidates } = workerData as ResolverThreadData;
const known = new Map(candidates);
const say = (message: FromResolverThread): void => { port.postMessage(message); };
try {
  say({ choices: resolve({ wanted, installed, candidates: (id) => known.get(id) }) });
} catch (error) {
  say({ error: toWire(error), cause: error instanceof Error ? error.stack ?? error.message : String(error) });
}
