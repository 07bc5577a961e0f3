/** One database: a writer thread, two reader threads, and the calls that reach them by name. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Actor } from '../../../../contract/model/audit.ts';
import type { AnswerOf, InputOf, QueryTable, TransactionTable } from './handles.ts';
import type { Opened, RekeyStep, TableSet, ThreadData, WriteRequest } from './protocol.ts';
import { defaultThreadFile, startThread, stoppingError, type SlowCall, type ThreadClient } from './thread-client.ts';

export interface WriteOptions {
  /** Whether the answer may only come once the write has reached the disk. Default true. */
  durable?: boolean;
  /** Makes the write happen once: a repeat with the same id gets the first answer. troupe.db only. */
  request?: WriteRequest;
}

/** Named reads and writes of one database. Inputs and answers are plain data; buffers come back as Uint8Array. */
export interface Database<Queries extends QueryTable, Transactions extends TransactionTable> {
  /** What opening it did: migrations applied, the copy made before them, whether the catalog was made anew. */
  readonly opened: Opened;
  read<K extends keyof Queries & string>(name: K, input: InputOf<Queries[K]>): Promise<AnswerOf<Queries[K]>>;
  write<K extends keyof Transactions & string>(name: K, input: InputOf<Transactions[K]>, options?: WriteOptions): Promise<AnswerOf<Transactions[K]>>;
  /** Writes a compact, checked copy, encrypted like the original, in a thread of its own. */
  copy(to: string): Promise<void>;
  /**
   * Gives the file another key. Nothing writes while `work` prepares, nothing reads either while it commits, and then the file is
   * opened again; calls wait meanwhile, in their order. When `prepare` fails the former key goes on to hold, when `commit` fails
   * the store is lost.
   */
  alone(work: AloneWork): Promise<void>;
  /** Finishes what waits, folds the write-ahead log into the file and closes. Calls after it fail `core/stopping`. */
  stop(): Promise<void>;
}

export interface AloneWork {
  /** 32 bytes: what opens the file afterwards. */
  key: Uint8Array;
  prepare(start: (data: Pick<ThreadData, 'role' | 'rekey'>, step: (step: RekeyStep) => void) => Promise<ThreadClient>): Promise<void>;
  /** The one moment, without waiting, at which the file changes: nobody has it open. */
  commit(): void;
}

export interface DatabaseOptions {
  file: string;
  /** 32 bytes; absent for a database that is not encrypted. */
  key?: Uint8Array | undefined;
  tables: TableSet;
  /** Where the verified copy before a migration goes; without it none is made. */
  copyTo?: string | undefined;
  /** Told of everything slower than 40 ms, by name, never with values. */
  onSlow?: (slow: SlowCall) => void;
  /** Told when a thread ended unexpectedly: the store can then no longer be used, and the core has to start anew. */
  onLost?: (error: AppError) => void;
  /** Who acts now, for the audit list: asked at each write. Without it, and when it does not know, the core does. */
  actor?: (() => Actor | undefined) | undefined;
  /** The thread's file; default: beside this one. */
  threadFile?: string | undefined;
}

/** At most this many readers. Each is a thread of about 9 MB, so all but the first start when reads have waited for others for a while. */
const READERS = 2;
const PATIENCE_MS = 20;

/** Opens a database of the given tables. See `openStore` and `openCatalogStore` for the typed ones. */
export async function openDatabase<Queries extends QueryTable, Transactions extends TransactionTable>(options: DatabaseOptions): Promise<Database<Queries, Transactions>> {
  const threadFile = options.threadFile ?? defaultThreadFile();
  const hex = (key: Uint8Array | undefined): string | undefined => key && Buffer.from(key).toString('hex');
  const base = { tables: options.tables, file: options.file, key: hex(options.key) };
  const slow = options.onSlow ?? (() => undefined);
  const lost = options.onLost ?? (() => undefined);
  const start = (data: Pick<ThreadData, 'role' | 'copyTo' | 'rekey'>, step?: (step: RekeyStep) => void): Promise<ThreadClient> => startThread(threadFile, { ...base, ...data }, { slow, lost, ...(step && { step }) });
  let { writer, readers } = await openThreads(start, options.copyTo);
  const { opened } = writer;

  const leastBusy = (): ThreadClient => readers.reduce((best, one) => (one.pending() < best.pending() ? one : best));
  let stopped: Promise<void> | undefined;
  let growing: Promise<void> | undefined;
  let impatience: NodeJS.Timeout | undefined;
  /** While somebody has the file alone: what writes wait for, and reads too while the file changes. */
  let away: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  const copies = new Set<Promise<unknown>>();
  const grow = (): void => {
    if (growing || stopped || away || readers.length >= READERS) return;
    growing = start({ role: 'reader' }).then((one) => { readers.push(one); }, lost).finally(() => { growing = undefined; });
  };
  /** A few short reads at once, as at the start, are over before a thread would have started. */
  const growIfItLasts = (): void => {
    impatience ??= setTimeout(() => { impatience = undefined; if (leastBusy().pending() > 1) grow(); }, PATIENCE_MS).unref();
  };
  const closeReaders = async (): Promise<void> => {
    clearTimeout(impatience);
    impatience = undefined;
    await growing;
    await Promise.all(readers.map((reader) => reader.stop()));
  };
  const read = (name: string, input: unknown): Promise<unknown> => {
    const reader = leastBusy();
    if (reader.pending() > 0) growIfItLasts();
    return reader.call(name, input, { durable: false });
  };
  async function haveAlone(work: AloneWork): Promise<void> {
    await Promise.allSettled(copies);
    await writer.stop();
    const failed = await work.prepare(start).then(() => undefined, (error: unknown) => ({ error }));
    closed = away;
    await closeReaders();
    try {
      if (!failed) {
        work.commit();
        base.key = hex(work.key);
      }
      ({ writer, readers } = await openThreads(start, undefined));
    } catch (error) {
      lost(new AppError('core/internal', 'The database could not be opened again under its key. Start Troupe again: it goes on where it was.', { cause: error }));
      throw error;
    }
    if (failed) throw failed.error;
  }
  return {
    opened,
    read: ((name: string, input: unknown) => (closed ? closed.then(() => read(name, input)) : read(name, input))) as never,
    write(name, input, { durable = true, request } = {}) {
      if (request && options.tables !== 'main') return Promise.reject(new AppError('core/internal', 'Only troupe.db remembers requests.'));
      const actor = options.actor?.();
      const write = (): Promise<unknown> => writer.call(name, input, { durable, request, actor });
      return (away ? away.then(write) : write()) as never;
    },
    async copy(to) {
      await away;
      const copying = start({ role: 'copy', copyTo: to }).then((thread) => thread.stop());
      copies.add(copying);
      await copying.finally(() => { copies.delete(copying); });
    },
    async alone(work) {
      while (away) await away;
      if (stopped) throw stoppingError();
      const { promise, resolve } = Promise.withResolvers<void>();
      away = promise;
      // What waits goes on either way: after a failure as before, and to its own error when the store is lost.
      try { await haveAlone(work); } finally { away = closed = undefined; resolve(); }
    },
    stop() {
      stopped ??= Promise.resolve(away).then(closeReaders).then(() => writer.stop());
      return stopped;
    },
  };
}

/** A writer and a first reader. @throws AppError of the store when the database cannot be opened; then no thread is left */
async function openThreads(start: (data: Pick<ThreadData, 'role' | 'copyTo'>) => Promise<ThreadClient>, copyTo: string | undefined): Promise<{ writer: ThreadClient; readers: ThreadClient[] }> {
  // Side by side, since loading takes longest; readers connect only when asked, and then the writer has made the file.
  const started = await Promise.allSettled([start({ role: 'writer', copyTo }), start({ role: 'reader' })]);
  const [writer, ...readers] = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed || writer === undefined) {
    await Promise.all([writer, ...readers].map((one) => one?.stop()));
    throw failed?.reason;
  }
  return { writer, readers };
}
