import { AppError } from '../../../../contract/errors/app-error.ts';

/** The answer to an aborted signal, whatever was under way. */
export const cancelled = (): AppError => new AppError('run/cancelled', 'The model call was cancelled before it was finished.');
