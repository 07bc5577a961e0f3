/** The thread that holds values against schemas. Bundled as schema-thread.js. */
import { parentPort } from 'node:worker_threads';
import { toWire, type WireError } from '../../../../contract/errors/app-error.ts';
import { createSchemaCheck } from './schema-check.ts';

/** Both are JSON. */
export interface ToSchemaThread { schema: string; value: string }
/** `ready` once, then one answer to each question, in order. */
export type FromSchemaThread = { ready: true } | { problem: string | undefined } | { error: WireError };

const port = parentPort;
if (port === null) throw new Error('schema-thread is started by the tools room, not by itself.');

const say = (message: FromSchemaThread): void => { port.postMessage(message); };
const check = createSchemaCheck();
check('{}', 'null'); // compiles what every check needs
port.on('message', ({ schema, value }: ToSchemaThread) => {
  try {
    say({ problem: check(schema, value) });
  } catch (error) {
    say({ error: toWire(error) });
  }
});
say({ ready: true });
