import { isErrorCode } from '../../contract/errors/codes.ts';

/**
 * The words for an error code: a message id whose `.title` says what happened and whose `.advice` says what to do. The
 * words stand in resources/locales/en/errors.json; a code that this build does not know gets those of `core/internal`.
 */
export function adviceFor(code: string): string {
  return `errors.${(isErrorCode(code) ? code : 'core/internal').replace('/', '.')}`;
}
