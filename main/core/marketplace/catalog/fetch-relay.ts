/** A sync thread asks the main thread for bytes of a hosted registry: one room of the core makes every request. */
import type { MessagePort } from 'node:worker_threads';
import { AppError, fromWire, toWire, type WireError } from '../../../../contract/errors/app-error.ts';
import type { CatalogFetch } from '../../../../packaging/index.ts';

/** What the thread asks. `more` wants the next piece, `drop` no more. */
export type RelayAsk = { relay: 'ask'; id: number; address: string; headers: Record<string, string> } | { relay: 'more' | 'drop'; id: number };
/** What it is told. `bytes` null: the end. */
export type RelayAnswer = { relay: 'head'; id: number; status: number; body: boolean } | { relay: 'bytes'; id: number; bytes: Uint8Array | null } | { relay: 'failed'; id: number; error: WireError };

export const isRelayAsk = (message: object): message is RelayAsk => 'relay' in message;

/** The main thread's end. `stop` ends every request that is under way. */
export function serveRelay(fetch: CatalogFetch, answer: (message: RelayAnswer) => void): { take(ask: RelayAsk): void; stop(): void } {
  const open = new Map<number, { pieces: AsyncIterator<Uint8Array> | undefined; stop: AbortController }>();
  const failed = (id: number) => (error: unknown): void => { open.delete(id); answer({ relay: 'failed', id, error: toWire(error) }); };
  const begin = async (id: number, address: string, headers: Record<string, string>): Promise<void> => {
    const stop = new AbortController();
    open.set(id, { pieces: undefined, stop });
    const { status, body } = await fetch(address, { headers, signal: stop.signal });
    const pieces = body?.[Symbol.asyncIterator]();
    // Nobody waits for it any more; unread, it would hold its connection.
    if (stop.signal.aborted) { await pieces?.return?.(); return; }
    open.set(id, { pieces, stop });
    answer({ relay: 'head', id, status, body: body !== null });
  };
  const next = async (id: number): Promise<void> => {
    const piece = await open.get(id)?.pieces?.next();
    if (!piece || piece.done) open.delete(id);
    answer({ relay: 'bytes', id, bytes: !piece || piece.done ? null : piece.value });
  };
  const drop = (id: number): void => {
    open.get(id)?.stop.abort(new AppError('core/stopping', 'The sync has ended.'));
    open.delete(id);
  };
  return {
    take(ask) {
      if (ask.relay === 'ask') begin(ask.id, ask.address, ask.headers).catch(failed(ask.id));
      else if (ask.relay === 'more') next(ask.id).catch(failed(ask.id));
      else drop(ask.id);
    },
    stop() { for (const id of [...open.keys()]) drop(id); },
  };
}

/** The thread's end: a fetch that asks through the port, a piece at a time. */
export function fetchThrough(port: Pick<MessagePort, 'postMessage' | 'on'>): CatalogFetch {
  let last = 0;
  const waiting = new Map<number, { resolve: (answer: RelayAnswer) => void; reject: (error: unknown) => void }>();
  port.on('message', (answer: RelayAnswer) => {
    const waits = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.relay === 'failed') waits?.reject(errorOf(answer.error));
    else waits?.resolve(answer);
  });
  const ask = (message: RelayAsk): Promise<RelayAnswer> => new Promise((resolve, reject) => {
    waiting.set(message.id, { resolve, reject });
    port.postMessage(message);
  });
  async function* pieces(id: number): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const answer = await ask({ relay: 'more', id });
        if (answer.relay !== 'bytes' || answer.bytes === null) return;
        yield answer.bytes;
      }
    } finally {
      port.postMessage({ relay: 'drop', id } satisfies RelayAsk);
    }
  }
  return async (address, { headers }) => {
    const id = last += 1;
    const head = await ask({ relay: 'ask', id, address, headers });
    if (head.relay !== 'head') throw new AppError('core/internal', 'The main thread answered out of turn.');
    return { status: head.status, body: head.body ? pieces(id) : null };
  };
}

function errorOf(error: WireError): AppError {
  const { code, message, details, retryable } = fromWire(error);
  return new AppError(code, message, { details, retryable });
}
