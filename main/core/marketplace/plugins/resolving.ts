/** Resolves at once what takes a moment, and in a thread what takes longer. The answer is the same. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, fromWire, type WireError } from '../../../../contract/errors/app-error.ts';
import { MOST_STEPS, search, type Candidate, type Choice, type ResolveInput } from './resolver.ts';

export interface ResolverThreadData { wanted: ResolveInput['wanted']; installed: ResolveInput['installed']; candidates: [string, readonly Candidate[]][] }
export type FromResolverThread = { choices: Choice[] } | { error: WireError; cause: string };

/** Like `ResolveInput`, with candidates that can cross threads. */
export interface ResolvingInput extends Omit<ResolveInput, 'candidates'> { candidates: ReadonlyMap<string, readonly Candidate[]> }

/** A resolution that takes longer than this leaves the core's thread. */
const AT_ONCE_MS = 15;
/** Nothing that a plugin may need takes so long; a graph made to be hard does. */
const LONGEST_MS = 30_000;

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
export const defaultResolverThreadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'resolver-thread.ts' : 'resolver-thread.js');

/** @throws AppError as `resolve`; the signal's reason when it was aborted */
export async function resolveIn(threadFile: string, input: ResolvingInput, signal: AbortSignal): Promise<Choice[]> {
  signal.throwIfAborted();
  const until = performance.now() + AT_ONCE_MS;
  const first = search({ ...input, candidates: (id) => input.candidates.get(id) }, (steps) => steps <= MOST_STEPS && performance.now() < until);
  if ('choices' in first) return first.choices;
  if ('failure' in first) throw first.failure;
  return inThread(threadFile, { wanted: input.wanted, installed: input.installed, candidates: [...input.candidates] }, signal);
}

function inThread(file: string, data: ResolverThreadData, signal: AbortSignal): Promise<Choice[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: data, execArgv: ['--no-warnings'], env: {}, name: 'resolver' });
    const end = (error: unknown): void => {
      reject(error);
      void worker.terminate();
    };
    const stop = (): void => { end(signal.reason); };
    signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(() => { end(new AppError('plugins/conflict', `The dependencies of ${data.wanted.map(({ id }) => id).join(', ')} are too tangled: no answer was found within ${LONGEST_MS / 1000} seconds. Ask for an exact version to make it simpler.`, { details: { milliseconds: LONGEST_MS } })); }, LONGEST_MS);
    worker.on('message', (answer: FromResolverThread) => {
      if ('choices' in answer) { resolve(answer.choices); return; }
      const { code, message, details, retryable } = fromWire(answer.error);
      reject(new AppError(code, message, { details, retryable, cause: new Error(answer.cause) }));
    });
    worker.on('error', (cause) => { end(new AppError('core/internal', 'The dependencies could not be resolved: the thread ended. The log has the details.', { cause })); });
    worker.on('exit', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      reject(new AppError('core/internal', 'The dependencies could not be resolved: the thread ended without an answer.'));
    });
  });
}
