/** One database: a writer thread, two reader threads, and the calls that reach them by name. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Actor } from '../../../../contract/model/audit.ts';
import type { AnswerOf, InputOf, QueryTable, TransactionTable } from './handles.ts';
import type { Opened, TableSet, ThreadData, WriteRequest } from './protocol.ts';
import { defaultThreadFile, startThread, type SlowCall, type ThreadClient } from './thread-client.ts';

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
  /** Finishes what waits, folds the write-ahead log into the file and closes. Calls after it fail `core/stopping`. */
  stop(): Promise<void>;
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
  const base = { tables: options.tables, file: options.file, key: options.key && Buffer.from(options.key).toString('hex') };
  const slow = options.onSlow ?? (() => undefined);
  const lost = options.onLost ?? (() => undefined);
  const start = (data: Pick<ThreadData, 'role' | 'copyTo'>): Promise<ThreadClient> => startThread(threadFile, { ...base, ...data }, { slow, lost });
  // Side by side, since loading takes longest; readers connect only when asked, and then the writer has made the file.
  const starting = [start({ role: 'writer', copyTo: options.copyTo }), start({ role: 'reader' })];
  const started = await Promise.allSettled(starting);
  const [writer, ...readers] = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed || writer === undefined) {
    await Promise.all([writer, ...readers].map((one) => one?.stop()));
    throw failed?.reason;
  }

  const leastBusy = (): ThreadClient => readers.reduce((best, one) => (one.pending() < best.pending() ? one : best));
  let stopped: Promise<void> | undefined;
  let growing: Promise<void> | undefined;
  let impatience: NodeJS.Timeout | undefined;
  const grow = (): void => {
    if (growing || stopped || readers.length >= READERS) return;
    growing = start({ role: 'reader' }).then((one) => { readers.push(one); }, lost).finally(() => { growing = undefined; });
  };
  /** A few short reads at once, as at the start, are over before a thread would have started. */
  const growIfItLasts = (): void => {
    impatience ??= setTimeout(() => { impatience = undefined; if (leastBusy().pending() > 1) grow(); }, PATIENCE_MS).unref();
  };
  return {
    opened: writer.opened,
    read(name, input) {
      const reader = leastBusy();
      if (reader.pending() > 0) growIfItLasts();
      return reader.call(name, input, { durable: false }) as never;
    },
    write(name, input, { durable = true, request } = {}) {
      if (request && options.tables !== 'main') return Promise.reject(new AppError('core/internal', 'Only troupe.db remembers requests.'));
      return writer.call(name, input, { durable, request, actor: options.actor?.() }) as never;
    },
    async copy(to) {
      const thread = await start({ role: 'copy', copyTo: to });
      await thread.stop();
    },
    stop() {
      clearTimeout(impatience);
      stopped ??= Promise.resolve(growing).then(() => Promise.all(readers.map((reader) => reader.stop()))).then(() => writer.stop());
      return stopped;
    },
  };
}
