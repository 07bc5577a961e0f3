/** Turns what SQLite throws into the errors that the rest of the core knows, and carries them between threads. */
import { AppError, fromWire, toWire } from '../../../../contract/errors/app-error.ts';
import { isErrorCode, type ErrorCode } from '../../../../contract/errors/codes.ts';
import type { ThreadError } from './protocol.ts';

const MEANING: readonly (readonly [prefix: string, code: ErrorCode, message: string])[] = [
  ['SQLITE_FULL', 'store/full', 'The disk is full: Troupe could not save its data. Free some space and try again.'],
  ['SQLITE_IOERR', 'store/full', 'The disk refused to store Troupe’s data. Check that it has free space and works, then try again.'],
  ['SQLITE_CORRUPT', 'store/corrupt', 'Troupe’s database is damaged. Restore the newest backup from the home folder.'],
  ['SQLITE_NOTADB', 'store/corrupt', 'The database cannot be read: it is damaged, or encrypted with another key. Restore the newest backup, or enter the recovery code of this home.'],
  ['SQLITE_BUSY', 'store/busy', 'Another program holds Troupe’s database. Close it and try again.'],
  ['SQLITE_LOCKED', 'store/busy', 'Another program holds Troupe’s database. Close it and try again.'],
];

/**
 * @param name the query, transaction or step that failed
 * @returns the error that callers see; an unknown SQLite failure stays `core/internal` with its SQLite code in
 * `details.sqlite`, by which a domain may recognise a broken constraint
 */
export function storeError(error: unknown, name: string): AppError {
  const code = codeOf(error);
  if (isErrorCode(code)) return error instanceof AppError ? error : fromWire(error);
  const meaning = MEANING.find(([prefix]) => code?.startsWith(prefix));
  if (meaning) return new AppError(meaning[1], meaning[2], { details: { sqlite: code, name }, cause: error });
  return new AppError('core/internal', `The store could not finish "${name}". The log has the details.`, {
    details: code?.startsWith('SQLITE_') ? { sqlite: code, name } : { name }, cause: error });
}

/** Whether `error` says that a row broke a constraint of this kind (`UNIQUE`, `FOREIGNKEY`, `PRIMARYKEY`, …). */
export function brokeConstraint(error: unknown, kind: string): boolean {
  const details = typeof error === 'object' && error !== null && 'details' in error ? error.details : undefined;
  return typeof details === 'object' && details !== null && 'sqlite' in details && details.sqlite === `SQLITE_CONSTRAINT_${kind}`;
}

export function toThreadError(error: unknown, name: string): ThreadError {
  const known = storeError(error, name);
  const origin: unknown = known.cause ?? error;
  return { wire: toWire(known), cause: origin instanceof Error ? origin.stack ?? origin.message : String(origin) };
}

export function fromThreadError(error: ThreadError): AppError {
  const parsed = fromWire(error.wire);
  return new AppError(parsed.code, parsed.message, { details: parsed.details, retryable: parsed.retryable, cause: new Error(error.cause) });
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
