import { Script } from 'node:vm';
import { AppError } from '../../../../contract/errors/app-error.ts';

const slot = Symbol.for('troupe.time-limited');
const holder = globalThis as unknown as Record<symbol, (() => unknown) | undefined>;
const script = new Script(`globalThis[Symbol.for('troupe.time-limited')]()`);

/**
 * Runs synchronous work and stops it after `ms`: what a plugin's schema can make a validator do has no other end.
 * @throws AppError `tools/bad-arguments` when the time is over; what `work` throws otherwise
 */
export function withinTime<T>(ms: number, work: () => T): T {
  const before = holder[slot];
  holder[slot] = work;
  try {
    return script.runInThisContext({ timeout: ms }) as T;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new AppError('tools/bad-arguments', `The arguments could not be checked within ${ms} ms. The tool's schema asks for too much work; send less, or tell its author.`, { cause: error });
    }
    throw error;
  } finally {
    holder[slot] = before;
  }
}
