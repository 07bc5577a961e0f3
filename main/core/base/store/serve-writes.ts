/** The writer's side of a store thread: calls that arrive together become one commit. */
import type Sqlite from 'better-sqlite3';
import { handlesOf, type TransactionTable } from './handles.ts';
import type { Settled, TableSet, ToThread } from './protocol.ts';
import { AUDITED } from './transactions/audited.ts';
import { createWalSync, type WalSyncOptions } from './wal-sync.ts';
import { commitGroup, type Call } from './write-group.ts';

/** More would keep the first caller of the group waiting too long. */
const GROUP_LIMIT = 512;
/** The writer's own calls; nobody waits for their answer. */
const OWN_CALL = -1;
const FORGET_EVERY_MS = 60 * 60 * 1000;
const FORGETTING = ['forgetOldRequests', 'eraseForgottenMemories', 'eraseRemovedKnowledge', 'eraseUnsentAttachments'];

export interface ServeWritesOptions extends WalSyncOptions {
  readonly connection: Sqlite.Database;
  readonly table: TransactionTable;
  readonly tables: TableSet;
  readonly settle: (settled: readonly Settled[]) => void;
  /** Told the name and the milliseconds of each transaction and commit. */
  readonly timed: (name: string, milliseconds: number) => void;
  /** After `stop`, when everything that waited is written and the connection is closed. */
  readonly closed: () => void;
}

/** Answers what takes each message. */
export function serveWrites(options: ServeWritesOptions): (message: ToThread) => void {
  const { connection, table, tables, timed } = options;
  const { writer } = handlesOf(connection);
  const grouped = { connection, writer, table, timed, now: Date.now, audited: tables === 'main' ? AUDITED : undefined };
  // The catalog can be made anew; nobody misses its last commits.
  const sync = tables === 'main' ? createWalSync(options) : undefined;
  let waiting: Call[] = [];
  let scheduled = false;
  let stopping = false;
  let forgotten = 0;

  const commit = (calls: readonly Call[]): void => {
    const group = sync?.failed() ? calls.map((call) => ({ ...call, durable: true })) : calls;
    const settled = commitGroup(grouped, group);
    sync?.committed(group.some((call) => call.durable));
    options.settle(settled);
  };
  const drain = (): void => {
    scheduled = false;
    const group = waiting.slice(0, GROUP_LIMIT);
    waiting = waiting.slice(GROUP_LIMIT);
    if (tables === 'main' && group.length > 0 && Date.now() - forgotten > FORGET_EVERY_MS) {
      forgotten = Date.now();
      for (const name of FORGETTING) group.push({ kind: 'call', id: OWN_CALL, name, input: { now: forgotten }, durable: false });
    }
    const started = performance.now();
    if (group.length > 0) commit(group);
    timed('commit', performance.now() - started);
    if (waiting.length > 0) schedule();
    else if (stopping) void close();
    // A sync is over for an hour, and what it read and wrote fills the cache.
    else if (tables === 'catalog') connection.pragma('shrink_memory');
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    // After every message that has arrived was taken: what waits goes into one commit.
    setImmediate(drain);
  };
  const close = async (): Promise<void> => {
    await sync?.close();
    connection.pragma('optimize');
    connection.pragma('wal_checkpoint(TRUNCATE)');
    connection.close();
    options.closed();
  };
  return (message) => {
    if (message.kind === 'stop') stopping = true;
    else waiting.push(message);
    schedule();
  };
}
