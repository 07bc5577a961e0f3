import { toWire } from '../../contract/errors/app-error.ts';

/**
 * What the core says on standard error before it ends, which the shell keeps in a file: a whole sentence, or the stack of an error
 * that nobody thought of.
 * @param clean takes the values of known secrets out: an error may repeat what it was given
 */
export function lastWords(error: unknown, clean: (text: string) => string): string {
  const wire = toWire(error);
  return `troupe core: ${clean(wire.code === 'core/internal' && error instanceof Error ? error.stack ?? error.message : wire.message)}\n`;
}
