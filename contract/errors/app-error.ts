import { CODES, isErrorCode, type ErrorCode } from './codes.ts';

/** Facts about an error that may be shown to people and logged: never a secret, never a stack. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error as it crosses a process boundary. */
export interface WireError { code: ErrorCode; message: string; retryable: boolean; details: ErrorDetails }

/**
 * The one error class. `message` is a whole English sentence that says what was expected, what came and what to do;
 * recognise errors by `code` (see `hasCode`), never by `instanceof`, since they cross processes.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? CODES[code].retryable;
    this.details = options.details ?? {};
  }
}

/** Whether `error` carries one of the given codes, whichever process made it. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(error.code as ErrorCode);
}

/** What may cross the boundary of any thrown thing. Unknown errors become `core/internal` and lose their message. */
export function toWire(error: unknown): WireError {
  if (typeof error === 'object' && error !== null && 'code' in error && isErrorCode(error.code) && 'message' in error && typeof error.message === 'string') {
    const retryable = 'retryable' in error && typeof error.retryable === 'boolean' ? error.retryable : CODES[error.code].retryable;
    const details = 'details' in error && typeof error.details === 'object' && error.details !== null ? (error.details as ErrorDetails) : {};
    return { code: error.code, message: error.message, retryable, details };
  }
  return { code: 'core/internal', message: 'Something went wrong inside Troupe. The log has the details.', retryable: false, details: {} };
}

/** The other direction of `toWire`. A shape that is none becomes `core/internal`. */
export function fromWire(wire: unknown): AppError {
  const parsed = toWire(wire);
  return new AppError(parsed.code, parsed.message, { details: parsed.details, retryable: parsed.retryable });
}
