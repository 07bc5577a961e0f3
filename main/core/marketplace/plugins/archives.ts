/** The main thread's end of the archive thread, which is started at need and ends when nothing has come for a while. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, fromWire } from '../../../../contract/errors/app-error.ts';
import type { ArchiveAnswer, ArchiveTask, Compared, FromArchiveThread, Inspected, Taken, ToArchiveThread } from './archive-protocol.ts';

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
export const defaultArchiveThreadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'archive-thread.ts' : 'archive-thread.js');

const IDLE_MS = 10_000;

export interface Archives {
  /** Starts the thread ahead of need. */
  warm(): void;
  /** Reads an archive off the main thread and holds it against its record. @throws AppError of `readArchive` and `verifyArchive` */
  inspect(task: Omit<Extract<ArchiveTask, { kind: 'inspect' }>, 'kind'>): Promise<Inspected>;
  /** Writes the files of an archive into a new folder and fsyncs them. @throws AppError; the caller removes the folder */
  unpack(task: Omit<Extract<ArchiveTask, { kind: 'unpack' }>, 'kind'>): Promise<void>;
  /** Holds an unpacked folder against its archive. @throws AppError when the archive is not what its digest says */
  compare(task: Omit<Extract<ArchiveTask, { kind: 'compare' }>, 'kind'>): Promise<Compared>;
  /** Brings an archive or a plugin's folder into the cache that no registry vouches for. @throws AppError of `readArchive` and `readPluginFolder` */
  take(task: Omit<Extract<ArchiveTask, { kind: 'take' }>, 'kind'>): Promise<Taken>;
  stop(): Promise<void>;
}

interface Waiting { resolve: (value: ArchiveAnswer) => void; reject: (error: unknown) => void }

export function createArchives(file: string): Archives {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 0;

  const endLater = (): void => { idle = setTimeout(() => { void end(); }, IDLE_MS).unref(); };

  const settle = (message: FromArchiveThread): void => {
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (waiting.size === 0) endLater();
    if ('value' in message) { call?.resolve(message.value); return; }
    const { code, message: text, details, retryable } = fromWire(message.error);
    call?.reject(new AppError(code, text, { details, retryable, cause: new Error(message.cause) }));
  };

  const start = (): Worker => {
    const started = new Worker(file, { execArgv: [], env: {}, name: 'archives' });
    let failure: unknown;
    started.on('message', settle);
    started.on('error', (error) => { failure = error; });
    started.on('exit', () => {
      if (worker !== started) return;
      worker = undefined;
      for (const call of waiting.values()) call.reject(new AppError('core/internal', 'The archive could not be read: its thread ended. The log has the details.', { cause: failure }));
      waiting.clear();
    });
    return started;
  };

  const end = async (): Promise<void> => {
    const ending = worker;
    clearTimeout(idle);
    await ending?.terminate();
  };

  const call = (task: ArchiveTask): Promise<ArchiveAnswer> => {
    clearTimeout(idle);
    worker ??= start();
    const id = (next += 1);
    const message: ToArchiveThread = { id, task };
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker?.postMessage(message);
    });
  };

  return {
    warm() {
      clearTimeout(idle);
      worker ??= start();
      if (waiting.size === 0) endLater();
    },
    inspect: async (task) => await call({ kind: 'inspect', ...task }) as Inspected,
    unpack: async (task) => { await call({ kind: 'unpack', ...task }); },
    compare: async (task) => await call({ kind: 'compare', ...task }) as Compared,
    take: async (task) => await call({ kind: 'take', ...task }) as Taken,
    stop: end,
  };
}
