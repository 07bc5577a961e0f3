import { Worker } from 'node:worker_threads';
import { AppError, fromWire } from '../../../../contract/errors/app-error.ts';
import type { FromSchemaThread, ToSchemaThread } from './schema-thread.ts';

/** The thread gives up by itself before this; what does not listen to it is ended from outside. */
export const HARD_MS = 6_000;
const START_MS = 20_000;
/** A schema whose check needs more than this is the schema's fault. */
const MEMORY = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

export const ENDED = 'The arguments could not be checked: the thread that does so has ended. Try again.';

interface Question { resolve(problem: string | undefined): void; reject(error: AppError): void }

/** One thread that answers one question at a time, so that it is always known whose question ended it. */
export class SchemaLane {
  readonly #worker: Worker;
  readonly #onFree: (lane: SchemaLane) => void;
  readonly #hardMs: number;
  #state: 'starting' | 'ready' | 'ended' = 'starting';
  #question: Question | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onFree it has started, or has answered. @param onGone it is no more; `started`: it had been ready */
  constructor(file: string, hardMs: number, onFree: (lane: SchemaLane) => void, onGone: (lane: SchemaLane, started: boolean) => void) {
    this.#onFree = onFree;
    this.#hardMs = hardMs;
    this.#worker = new Worker(file, { execArgv: [], env: {}, name: 'schemas', resourceLimits: MEMORY });
    let started = false;
    this.#endAfter(START_MS);
    this.#worker.on('message', (message: FromSchemaThread) => {
      started = true;
      if ('ready' in message) this.#rest(); else this.#answer(message);
    });
    this.#worker.on('error', (cause) => {
      const memory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#fail(memory ? new AppError('tools/bad-arguments', 'The arguments could not be checked: the schema of the tool asks for more memory than a check may use. Tell its author.', { cause })
        : new AppError('tools/failed', ENDED, { cause }));
    });
    this.#worker.on('exit', () => {
      this.#fail(new AppError('tools/failed', ENDED));
      onGone(this, started);
    });
  }

  get free(): boolean { return this.#state === 'ready' && this.#question === undefined; }

  ask(question: ToSchemaThread): Promise<string | undefined> {
    this.#worker.ref();
    this.#endAfter(this.#hardMs);
    this.#worker.postMessage(question);
    return new Promise<string | undefined>((resolve, reject) => { this.#question = { resolve, reject }; });
  }

  /** Nothing to do: it keeps nobody from leaving. */
  #rest(): void {
    clearTimeout(this.#timer);
    if (this.#state === 'ended') return;
    this.#state = 'ready';
    this.#worker.unref();
    this.#onFree(this);
  }

  #endAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#fail(new AppError('tools/bad-arguments', 'The arguments could not be checked in time. The schema of the tool asks for too much work; send less, or tell its author.'));
      void this.stop();
    }, ms);
  }

  #take(): Question | undefined {
    clearTimeout(this.#timer);
    const question = this.#question;
    this.#question = undefined;
    return question;
  }

  #answer(message: Exclude<FromSchemaThread, { ready: true }>): void {
    const question = this.#take();
    if ('problem' in message) question?.resolve(message.problem);
    else question?.reject(fromWire(message.error));
    this.#rest();
  }

  #fail(error: AppError): void {
    this.#state = 'ended';
    this.#take()?.reject(error);
  }

  async stop(): Promise<void> { await this.#worker.terminate(); }
}
