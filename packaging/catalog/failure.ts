import { AppError, hasCode } from '../../contract/errors/app-error.ts';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Turns what tuf-js threw into one of our codes. It wraps inner errors into text, so the text is what is left to read;
 * whether the place itself failed is known from the fetcher.
 */
export function catalogFailure(error: unknown, placeFailure: unknown, address: string): AppError {
  if (placeFailure !== undefined) {
    if (hasCode(placeFailure, 'catalog/unavailable')) return placeFailure as AppError;
    return new AppError('catalog/unavailable', `The registry at ${address} could not be read. Try again later.`, { details: { address }, cause: placeFailure });
  }
  const reason = textOf(error);
  const details = { address, reason };
  if (/expired/i.test(reason)) return new AppError('catalog/expired', `The catalog of ${address} is out of date: ${reason}. Its operator has to sign it again; what is installed goes on working.`, { details, cause: error });
  if (/less than current version|is less than/i.test(reason)) return new AppError('catalog/rollback', `The registry at ${address} served an older catalog than one seen before: ${reason}. Nothing of it was taken.`, { details, cause: error });
  return new AppError('catalog/refused', `The catalog of ${address} was refused: ${reason}. Nothing of it was taken.`, { details, cause: error });
}
