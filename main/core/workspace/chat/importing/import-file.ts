import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, fromWire } from '../../../../../contract/errors/app-error.ts';
import type { ReadFile } from './import-reader.ts';
import type { FromImportThread, ToImportThread } from './import-thread.ts';

/** A whole file of 512 MB comes in parts of half a megabyte: one of them never needs this long. */
const PATIENCE_MS = 60_000;
const MEMORY = { maxOldGenerationSizeMb: 1_024, stackSizeMb: 4 };

export const defaultImportThreadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'import-thread.ts' : 'import-thread.js');

/** A file in a thread of its own, where it is read and kept until it is stored or given up. One question at a time. */
export class ImportFile {
  readonly #worker: Worker;
  #question: { resolve(answer: FromImportThread): void; reject(error: AppError): void } | undefined;
  #gone: AppError | undefined;

  constructor(threadFile: string) {
    this.#worker = new Worker(threadFile, { execArgv: [], env: {}, name: 'import', resourceLimits: MEMORY });
    this.#worker.unref();
    this.#worker.on('message', (answer: FromImportThread) => { this.#take()?.resolve(answer); });
    this.#worker.on('error', (cause) => {
      const memory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#fail(memory ? new AppError('chat/bad-import', 'A conversation of the file needs more memory to be read than an import may use. Nothing was imported.', { cause }) : new AppError('core/internal', 'The file could not be read: its reader has ended. Try again.', { cause }));
    });
    this.#worker.on('exit', () => { this.#fail(new AppError('core/stopping', 'The file is no longer being read. Choose it again.')); });
  }

  /** @returns what is in the file after its last part. Errors: `chat/bad-import` */
  async add(bytes: Uint8Array<ArrayBuffer>, last: boolean): Promise<ReadFile | undefined> {
    const answer = await this.#ask({ bytes, last }, [bytes.buffer]);
    return 'read' in answer ? answer.read : undefined;
  }

  async rows(index: number, conversationId: string, own: { hireId: string; name: string }): Promise<Uint8Array> {
    const answer = await this.#ask({ index, conversationId, own }, []);
    if (!('rows' in answer)) throw new AppError('core/internal', 'The reader of the file answered something else.');
    return answer.rows;
  }

  async stop(): Promise<void> { await this.#worker.terminate(); }

  async #ask(question: ToImportThread, transfer: ArrayBuffer[]): Promise<FromImportThread> {
    if (this.#gone) throw this.#gone;
    if (this.#question) throw new AppError('core/bad-input', 'A part of the file came before the one before it was answered. Send one after another.');
    const timer = setTimeout(() => { this.#fail(new AppError('chat/bad-import', 'A conversation of the file takes too long to be read. Nothing was imported.')); void this.stop(); }, PATIENCE_MS);
    try {
      const answer = await new Promise<FromImportThread>((resolve, reject) => {
        this.#question = { resolve, reject };
        this.#worker.postMessage(question, transfer);
      });
      if ('error' in answer) throw fromWire(answer.error);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #take() {
    const question = this.#question;
    this.#question = undefined;
    return question;
  }

  #fail(error: AppError): void {
    this.#gone ??= error;
    this.#take()?.reject(this.#gone);
  }
}
