/** The thread that reads one file of conversations. Bundled as import-thread.js. */
import { parentPort } from 'node:worker_threads';
import { toWire, type WireError } from '../../../../../contract/errors/app-error.ts';
import { ImportReader, type ReadFile } from './import-reader.ts';

/** A part of the file, its last one, or the wish for one conversation of it as it is stored. */
export type ToImportThread = { bytes: Uint8Array; last: boolean } | { index: number; conversationId: string; own: { hireId: string; name: string } };
/** One answer to each, in order. */
export type FromImportThread = { taken: true } | { read: ReadFile } | { rows: Uint8Array<ArrayBuffer> } | { error: WireError };

const port = parentPort;
if (port === null) throw new Error('import-thread is started by the chat room, not by itself.');

const reader = new ImportReader();
const answer = (asked: ToImportThread): FromImportThread => {
  try {
    if ('index' in asked) return { rows: reader.rows(asked.index, asked.conversationId, asked.own) };
    reader.add(Buffer.from(asked.bytes.buffer, asked.bytes.byteOffset, asked.bytes.byteLength));
    return asked.last ? { read: reader.end() } : { taken: true };
  } catch (error) {
    return { error: toWire(error) };
  }
};
port.on('message', (asked: ToImportThread) => {
  const said = answer(asked);
  port.postMessage(said, 'rows' in said ? [said.rows.buffer] : []);
});
