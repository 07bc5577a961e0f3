/** The thread that reads and unpacks archives. Bundled as archive-thread.js. */
import { parentPort } from 'node:worker_threads';
import { toWire } from '../../../../contract/errors/app-error.ts';
import type { FromArchiveThread, ToArchiveThread } from './archive-protocol.ts';
import { workOn } from './archive-work.ts';

const port = parentPort;
if (port === null) throw new Error('archive-thread is started by the plugins room, not by itself.');

port.on('message', ({ id, task }: ToArchiveThread) => {
  const say = (message: FromArchiveThread): void => { port.postMessage(message); };
  workOn(task).then(
    (value) => { say({ id, value }); },
    (error: unknown) => { say({ id, error: toWire(error), cause: error instanceof Error ? error.stack ?? error.message : String(error) }); });
});
