/**
 * The store's thread: a writer, a reader, or one that makes a copy and ends. SQLite runs here and nowhere else.
 * Bundled as store-thread.js.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type Sqlite from 'better-sqlite3';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { connect } from './connect.ts';
import { copyVerified } from './copy.ts';
import { handlesOf, type QueryTable, type Reader } from './handles.ts';
import { openCatalogWriter, openMainWriter } from './open-connection.ts';
import type { FromThread, Opened, Settled, ThreadData, ToThread } from './protocol.ts';
import { catalogDatabaseQueries, mainQueries } from './queries/index.ts';
import { writeRekeyed } from './rekey-thread.ts';
import { serveWrites } from './serve-writes.ts';
import { toThreadError } from './store-errors.ts';
import { catalogDatabaseTransactions, mainTransactions } from './transactions/index.ts';

/** Longer than this and the query or transaction is named in the log. */
const SLOW_MS = 40;

const port = parentPort;
if (port === null) throw new Error('store-thread is started by the store, not by itself.');
const data = workerData as ThreadData;

const say = (message: FromThread): void => { port.postMessage(message); };
const timed = (name: string, milliseconds: number): void => { if (milliseconds > SLOW_MS) say({ kind: 'slow', name, milliseconds }); };

/** An answer that cannot cross threads (a function, an open cursor) fails its own call only. */
function settle(settled: readonly Settled[]): void {
  try {
    say({ kind: 'settled', settled });
  } catch (error) {
    if (settled.length > 1) for (const one of settled) settle([one]);
    else say({ kind: 'settled', settled: settled.map(({ id }) => ({ id, error: toThreadError(error, 'answer') })) });
  }
}

/** Connects at the first query, so that readers can start while the writer still makes or migrates the file. */
function serveReads(table: QueryTable): void {
  let connection: Sqlite.Database | undefined;
  let reader: Reader | undefined;
  const connected = (): Reader => {
    if (reader) return reader;
    connection = connect({ file: data.file, key: data.key, readonly: true });
    reader = handlesOf(connection).reader;
    return reader;
  };
  port?.on('message', (message: ToThread) => {
    if (message.kind === 'stop') { connection?.close(); port.close(); return; }
    const started = performance.now();
    try {
      const query = Object.hasOwn(table, message.name) ? table[message.name] : undefined;
      if (query === undefined) throw new AppError('core/internal', `The store knows no query "${message.name}".`);
      settle([{ id: message.id, value: query(connected(), message.input as never) }]);
    } catch (error) {
      settle([{ id: message.id, error: toThreadError(error, message.name) }]);
    }
    timed(message.name, performance.now() - started);
  });
}

function copyOnce(): void {
  const connection = connect({ file: data.file, key: data.key, readonly: true });
  try {
    // VACUUM INTO writes another file; the source itself is still opened read-only.
    connection.pragma('query_only=OFF');
    if (data.copyTo !== undefined) copyVerified(connection, data.copyTo, data.key);
  } finally {
    connection.close();
  }
}

function start(): Opened {
  const main = data.tables === 'main';
  if (data.role === 'writer') {
    const { connection, opened } = main ? openMainWriter(data) : openCatalogWriter(data);
    const take = serveWrites({ connection, table: main ? mainTransactions : catalogDatabaseTransactions, tables: data.tables, file: data.file, settle, timed, closed: () => { port?.close(); } });
    port?.on('message', take);
    return opened;
  }
  if (data.role === 'reader') serveReads(main ? mainQueries : catalogDatabaseQueries);
  else if (data.role === 'copy') copyOnce();
  else writeRekeyed(data, (step) => { say({ kind: 'step', step }); });
  return { migrated: [], rebuilt: false };
}

try {
  const opened = start();
  say({ kind: 'ready', opened });
  if (data.role === 'copy' || data.role === 'rekey') port.close();
} catch (error) {
  say({ kind: 'failed', error: toThreadError(error, `open ${data.tables}`) });
  port.close();
}
