/** Commits many transactions at once, so that a hundred waiting writes share one flush to the disk. */
import type Sqlite from 'better-sqlite3';
import type { Actor } from '../../../../contract/model/audit.ts';
import type { TransactionTable, Writer } from './handles.ts';
import type { Settled, ToThread } from './protocol.ts';
import { toThreadError } from './store-errors.ts';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { failpoint } from '../failpoints/index.ts';
import { appendAudit } from './transactions/audit.ts';
import type { AuditedTable } from './transactions/audited.ts';
import { answerOfRequest, keepAnswer } from './transactions/requests.ts';

export type Call = Extract<ToThread, { kind: 'call' }>;

/** Who acts when nobody asked: the core itself, by its rules. */
const CORE: Actor = { kind: 'policy', id: 'core' };

export interface WriteGroupOptions {
  connection: Sqlite.Database;
  writer: Writer;
  table: TransactionTable;
  /** What transactions leave in the audit list; troupe.db only. */
  audited?: AuditedTable | undefined;
  now: () => number;
  /** Called with the name and duration of each transaction. */
  timed: (name: string, milliseconds: number) => void;
}

/**
 * Runs the calls in order inside one transaction; each has its own savepoint, so that one that throws takes back its
 * own changes only. FULL when any call is durable: what an answer promises has then reached the disk.
 * When the group as a whole cannot be committed (disk full), each call is tried alone.
 */
export function commitGroup(options: WriteGroupOptions, calls: readonly Call[]): Settled[] {
  const { connection } = options;
  // SQLite takes this setting between transactions only.
  connection.pragma(`synchronous=${calls.some((call) => call.durable) ? 'FULL' : 'NORMAL'}`);
  try {
    connection.exec('BEGIN IMMEDIATE');
    const settled = calls.map((call) => runOne(options, call));
    for (const { name } of calls) failpoint(`store.${name}.written`);
    connection.exec('COMMIT');
    for (const { name } of calls) failpoint(`store.${name}.committed`);
    return settled;
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK');
    if (calls.length === 1) return calls.map((call) => ({ id: call.id, error: toThreadError(error, call.name) }));
    return calls.flatMap((call) => commitGroup(options, [call]));
  }
}

function runOne(options: WriteGroupOptions, call: Call): Settled {
  const { connection } = options;
  const started = performance.now();
  connection.exec('SAVEPOINT one');
  try {
    const settled = { id: call.id, value: effect(options, call) };
    connection.exec('RELEASE one');
    return settled;
  } catch (error) {
    // A full disk makes SQLite roll everything back by itself; then the group has to be told.
    if (!connection.inTransaction) throw error;
    connection.exec('ROLLBACK TO one');
    connection.exec('RELEASE one');
    return { id: call.id, error: toThreadError(error, call.name) };
  } finally {
    options.timed(call.name, performance.now() - started);
  }
}

function effect(options: WriteGroupOptions, call: Call): unknown {
  const transaction = Object.hasOwn(options.table, call.name) ? options.table[call.name] : undefined;
  if (transaction === undefined) throw new AppError('core/internal', `The store knows no transaction "${call.name}".`);
  const earlier = call.request && answerOfRequest(options.writer, call.request);
  if (earlier) return earlier.value;
  const value = transaction(options.writer, call.input as never);
  if (value instanceof Promise) throw new AppError('core/internal', `The transaction "${call.name}" must not be asynchronous.`);
  const told = options.audited && Object.hasOwn(options.audited, call.name) ? options.audited[call.name] : undefined;
  if (told) appendAudit(options.writer, call.actor ?? CORE, options.now(), told(options.writer, call.input as never, value as never));
  if (call.request) keepAnswer(options.writer, call.request, value, options.now());
  return value;
}
