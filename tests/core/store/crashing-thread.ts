/** The store’s thread with a way to die before its next commit, for store-lost.test.ts. */
import { parentPort } from 'node:worker_threads';
import '../../../main/core/base/store/thread.ts';

parentPort?.on('message', (message: { name?: string }) => {
  if (message.name === 'dropSecret') process.exit(3);
});
