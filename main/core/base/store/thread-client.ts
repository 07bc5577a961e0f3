/** The main thread's end of one store thread. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Actor } from '../../../../contract/model/audit.ts';
import type { FromThread, Opened, RekeyStep, ThreadData, ToThread, WriteRequest } from './protocol.ts';
import { fromThreadError } from './store-errors.ts';

/** Rows live shortly in a thread and few at a time; the default would keep several MB more in each. */
const YOUNG_MIB = 4;

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
export const defaultThreadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'thread.ts' : 'store-thread.js');

export interface SlowCall { name: string; milliseconds: number }

export interface ThreadListeners {
  slow: (slow: SlowCall) => void;
  /** The thread ended although nobody asked it to. */
  lost: (error: AppError) => void;
  /** What a thread that writes a file anew does now. */
  step?: (step: RekeyStep) => void;
}

interface Waiting { resolve: (value: unknown) => void; reject: (error: AppError) => void }

export interface CallOptions { durable: boolean; request?: WriteRequest | undefined; actor?: Actor | undefined }

export interface ThreadClient {
  readonly opened: Opened;
  /** Calls under way. */
  pending(): number;
  call(name: string, input: unknown, options: CallOptions): Promise<unknown>;
  /** Lets what waits finish, closes the connection and ends the thread. */
  stop(): Promise<void>;
}

export const stoppingError = (): AppError => new AppError('core/stopping', 'Troupe is stopping and takes no more work. Start it again and repeat the request.');

/**
 * Starts a store thread and waits until its connection is open.
 * @throws AppError of the store when the database cannot be opened
 */
export function startThread(file: string, data: ThreadData, on: ThreadListeners): Promise<ThreadClient> {
  const worker = new Worker(file, { workerData: data, execArgv: [], env: {}, name: `store ${data.tables} ${data.role}`, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB } });
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let gone: AppError | undefined;
  const exited = new Promise<void>((resolve) => { worker.once('exit', () => { resolve(); }); });

  const client = (opened: Opened): ThreadClient => ({
    opened,
    pending: () => waiting.size,
    call(name, input, options) {
      if (gone) return Promise.reject(gone);
      const id = next++;
      return new Promise<unknown>((resolve, reject) => {
        // Posted first: an input that cannot cross threads throws here and rejects.
        worker.postMessage({ kind: 'call', id, name, input, durable: options.durable, request: options.request, actor: options.actor } satisfies ToThread);
        waiting.set(id, { resolve, reject });
      });
    },
    async stop() {
      gone ??= stoppingError();
      worker.postMessage({ kind: 'stop' } satisfies ToThread);
      await exited;
    },
  });

  return new Promise<ThreadClient>((resolve, reject) => {
    let ready = false;
    const lose = (cause: unknown): void => {
      const unexpected = ready && gone === undefined;
      gone ??= new AppError('core/internal', 'The thread that holds the database ended unexpectedly. Start Troupe again; what was confirmed is kept.', { cause });
      for (const one of waiting.values()) one.reject(gone);
      waiting.clear();
      reject(gone);
      if (unexpected) on.lost(gone);
    };
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'ready') { ready = data.role === 'writer' || data.role === 'reader'; resolve(client(message.opened)); }
      else if (message.kind === 'failed') reject(fromThreadError(message.error));
      else if (message.kind === 'step') on.step?.(message.step);
      else if (message.kind === 'slow') on.slow({ name: message.name, milliseconds: message.milliseconds });
      else for (const one of message.settled) {
        const caller = waiting.get(one.id);
        waiting.delete(one.id);
        if ('error' in one) caller?.reject(fromThreadError(one.error));
        else caller?.resolve(one.value);
      }
    });
    worker.once('error', lose);
    worker.once('exit', () => { lose(undefined); });
  });
}
