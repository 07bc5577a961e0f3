import type { Store } from '../../base/store/index.ts';
import type { NewEvent } from './run-events.ts';
import { isVolatile } from './run-events.ts';

/** Streamed text is written at most this often; a power loss costs at most this much of it. */
export const STREAM_EVERY_MS = 100;

export interface RunLogOptions {
  readonly runId: string;
  readonly store: Pick<Store, 'write'>;
  readonly now: () => number;
  /** Makes the event that holds joined streamed text. */
  readonly streamed: (text: string) => NewEvent;
  /** Called when something new can be read; `status` when the run's status is another now. */
  readonly written: (status: boolean) => void;
  /** Called once when the log can no longer be written; the run must end. */
  readonly broken: (error: Error) => void;
}

/** The writing end of one run's log. Writes go out in order; nobody waits for them except `durable` and `close`. */
export interface RunLog {
  add(event: NewEvent, status?: 'running' | 'waiting'): void;
  stream(text: string): void;
  /** Resolves when everything added so far is on the disk, rejects when it could not be written. */
  durable(): Promise<void>;
  /** Takes what was added and not yet sent, for the transaction that ends the run; `add` then does nothing. */
  close(): Promise<NewEvent[]>;
}

/** What is added within one turn of the event loop is one transaction. */
export function createRunLog(options: RunLogOptions): RunLog {
  const { store, runId } = options;
  let waiting: NewEvent[] = [];
  let status: 'running' | 'waiting' | undefined;
  let scheduled = false;
  let closed = false;
  let last: Promise<void> = Promise.resolve();
  let failure: Error | undefined;
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  let streamedAt = -Infinity;

  const send = (): void => {
    scheduled = false;
    if (waiting.length === 0) return;
    const events = waiting;
    const write = { runId, events, status, at: options.now() };
    waiting = [];
    status = undefined;
    const durable = events.some((event) => !isVolatile(event.type));
    const written = store.write('appendRunEvents', write, { durable }).then(
      () => { options.written(write.status !== undefined); },
      (error: unknown) => {
        const cause = error instanceof Error ? error : new Error(String(error));
        if (!failure) { failure = cause; options.broken(cause); }
      });
    // A later write is answered after an earlier one: waiting for the last is waiting for all.
    last = Promise.all([last, written]).then(() => undefined);
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => { if (scheduled && !closed) send(); });
  };
  const flushText = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (text === '') return;
    waiting.push(options.streamed(text));
    text = '';
    streamedAt = options.now();
    schedule();
  };

  return {
    add(event, next) {
      if (closed) return;
      flushText();
      waiting.push(event);
      if (next) status = next;
      schedule();
    },
    stream(piece) {
      if (closed || piece === '') return;
      text += piece;
      // A clock that was set back must not hold text for longer.
      const rest = Math.min(STREAM_EVERY_MS, STREAM_EVERY_MS - (options.now() - streamedAt));
      if (rest <= 0) flushText();
      else timer ??= setTimeout(flushText, rest);
    },
    async durable() {
      flushText();
      send();
      await last;
      if (failure) throw failure;
    },
    async close() {
      flushText();
      closed = true;
      await last;
      return waiting;
    },
  };
}
