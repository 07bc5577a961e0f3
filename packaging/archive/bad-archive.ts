import { AppError } from '../../contract/errors/app-error.ts';

/** `reason` is stable and for tests and logs; `message` is a whole sentence for people. */
export const badArchive = (reason: string, message: string, details: Record<string, unknown> = {}, cause?: unknown): AppError =>
  new AppError('plugins/bad-archive', message, { details: { reason, ...details }, ...(cause === undefined ? {} : { cause }) });
