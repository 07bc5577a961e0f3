import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { PageText } from './page-text.ts';
import type { PageAnswer, PageQuestion } from './page-thread.ts';

/** Read at once; others wait for their turn. */
const MOST_AT_ONCE = 2;
const READ_MS = 10_000;
/** A page of some MiB fits; one that is made to fill memory ends its own thread. */
const MEMORY = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
const threadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'page-thread.ts' : 'page-thread.js');

/** Reads pages, each in a thread of its own with limits of memory and time. Errors: `tools/failed`; the signal's reason when aborted. */
export function createPageReader(readMs = READ_MS): (question: PageQuestion, signal: AbortSignal) => Promise<PageText> {
  let reading = 0;
  const waiting: (() => void)[] = [];
  return async (question, signal) => {
    while (reading >= MOST_AT_ONCE) await new Promise<void>((resolve) => { waiting.push(resolve); });
    reading += 1;
    try {
      signal.throwIfAborted();
      return await readInThread(question, signal, readMs);
    } finally {
      reading -= 1;
      waiting.shift()?.();
    }
  };
}

async function readInThread(question: PageQuestion, signal: AbortSignal, readMs: number): Promise<PageText> {
  const { promise, resolve, reject } = Promise.withResolvers<PageAnswer>();
  const unreadable = (why: string, cause?: unknown): AppError => new AppError('tools/failed', `The page could not be read: ${why}. Use another source.`, { cause });
  const worker = new Worker(threadFile(), { execArgv: [], env: {}, name: 'page', workerData: question, resourceLimits: MEMORY });
  const timer = setTimeout(() => { reject(unreadable(`it took longer than ${readMs / 1000} seconds`)); }, readMs);
  const abort = (): void => { reject(signal.reason as Error); };
  signal.addEventListener('abort', abort, { once: true });
  worker.once('message', resolve).once('error', (cause) => { reject(unreadable('it asks for more memory than a page may use', cause)); }).once('exit', () => { reject(unreadable('its reader ended')); });
  try {
    const answer = await promise;
    if ('problem' in answer) throw unreadable('it is no page that can be taken apart', new Error(answer.problem));
    return answer.page;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
