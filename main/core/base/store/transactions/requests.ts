/** Answers of writes, kept so that a repeat does nothing twice. Only the writer thread uses these. */
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { WriteRequest } from '../protocol.ts';
import type { TransactionTable, Writer } from '../handles.ts';

/** A page may repeat a write for as long as it lives; a week outlasts every page. */
export const REQUEST_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * @returns the first answer of this request, or undefined when it is new
 * @throws AppError `core/bad-input` when the same id came with another procedure
 */
export function answerOfRequest(db: Writer, request: WriteRequest): { value?: unknown } | undefined {
  const row = db.get<{ procedure: string; answer: string }>('SELECT procedure, answer FROM requests WHERE request_id = @id', { id: request.id });
  if (row === undefined) return undefined;
  if (row.procedure !== request.procedure) throw new AppError('core/bad-input', `The request id was already used for ${row.procedure} and cannot serve ${request.procedure}. Make a new request id for each write.`);
  return JSON.parse(row.answer) as { value?: unknown };
}

/** Stores the answer beside its effect. The value is wrapped, since JSON has no `undefined`. */
export function keepAnswer(db: Writer, request: WriteRequest, value: unknown, at: number): void {
  db.run('INSERT INTO requests (request_id, procedure, answer, at) VALUES (@id, @procedure, @answer, @at)', { ...request, answer: JSON.stringify({ value }), at });
}

/** The writer thread calls this about once an hour. */
export const requestsTransactions = {
  /** @param input.now the instant from which a request's life is counted back */
  forgetOldRequests: (db: Writer, input: { now: number }): void => {
    db.run('DELETE FROM requests WHERE at < @before', { before: input.now - REQUEST_LIFE_MS });
  },
} satisfies TransactionTable;
