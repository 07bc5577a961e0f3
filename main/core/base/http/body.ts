import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** What we can take apart; sent as `accept-encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, br, deflate';

/** The body's bytes decoded. A body that breaks off ends in an error event. Flushed as it comes, so that streams stream. */
export function decoded(response: IncomingMessage): Readable {
  const encodings = (response.headers['content-encoding'] ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity').reverse();
  const decoders = encodings.map((name) => {
    if (name === 'gzip' || name === 'x-gzip') return createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH });
    if (name === 'deflate') return createInflate({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH });
    if (name === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH });
    return undefined;
  });
  if (decoders.length === 0 || decoders.length > 3 || decoders.includes(undefined)) return response;
  const chain = decoders.filter((decoder) => decoder !== undefined);
  const last = chain.at(-1) ?? response;
  // The reader of `last` hears of an error in any part: pipeline destroys the others with it.
  pipeline([response, ...chain], (error) => { if (error && !last.destroyed) last.destroy(error); });
  return last;
}

/** A web stream over a Node stream: pulled as fast as it is read; cancelling it closes the connection. */
export function toWebStream(source: Readable, response: IncomingMessage, failure: (error: unknown) => unknown): ReadableStream<Uint8Array> {
  let over = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      source.on('data', (chunk: Buffer) => {
        if (over) return;
        controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) source.pause();
      });
      source.once('end', () => {
        if (over) return;
        over = true;
        controller.close();
      });
      const fail = (error?: unknown): void => {
        if (over) return;
        over = true;
        controller.error(failure(error));
      };
      source.on('error', fail);
      source.once('close', () => fail());
      source.pause();
    },
    pull() { source.resume(); },
    cancel() {
      over = true;
      response.destroy();
    },
  }, { highWaterMark: 1 });
}
