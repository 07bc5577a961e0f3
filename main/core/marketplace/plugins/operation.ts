/** One operation under way: its step log, its progress, its cancel, and the undo of each step that was done. */
import { AppError, toWire } from '../../../../contract/errors/app-error.ts';
import type { ConsentItem, InstallStep, OperationEventBody, OperationKind } from '../../../../contract/model/plugin.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { PluginsParts } from './parts.ts';
import type { Wakeups } from '../../base/store/index.ts';

export interface ConsentAnswer { accept: boolean; granted: readonly { pluginId: string; key: string }[] }
export type Progress = (done: number, total: number | null, unit: 'bytes' | 'files' | 'plugins') => void;

/** Enough for a smooth bar, few enough for the log. */
const PROGRESS_MS = 100;

export class Operation {
  readonly id: string;
  readonly kind: OperationKind;
  /** The step under way; null before the first. */
  step: InstallStep | null = null;
  readonly #parts: PluginsParts;
  readonly #wakeups: Wakeups;
  readonly #cancel = new AbortController();
  readonly #undo: (() => Promise<void>)[] = [];
  #answer: ((answer: ConsentAnswer) => void) | undefined;
  #sealed = false;

  constructor(parts: PluginsParts, wakeups: Wakeups, id: string, kind: OperationKind) {
    this.#parts = parts;
    this.#wakeups = wakeups;
    this.id = id;
    this.kind = kind;
  }

  get signal(): AbortSignal { return this.#cancel.signal; }

  /** Ends it at the next chance; once it has taken effect there is none. `core/stopping` keeps it unfinished in the log. */
  cancel(code: 'plugins/cancelled' | 'core/stopping' = 'plugins/cancelled'): void {
    if (!this.#sealed) this.#cancel.abort(new AppError(code, code === 'core/stopping' ? 'Troupe is closing.' : 'The operation was cancelled.'));
  }

  consent(answer: ConsentAnswer): void { this.#answer?.(answer); }

  /** Done in reverse when a later step fails. */
  onUndo(undo: () => Promise<void>): void { this.#undo.push(undo); }

  /** From here on a cancel comes too late. */
  seal(): void {
    this.#throwIfCancelled();
    this.#sealed = true;
  }

  /** It has taken effect: nothing is taken back any more. */
  commit(): void { this.#undo.length = 0; }

  async log(events: readonly OperationEventBody[], options: { state?: 'running' | 'waiting_for_consent'; durable?: boolean } = {}): Promise<void> {
    const { state, durable = false } = options;
    await this.#parts.store.write('logOperation', { operationId: this.id, at: this.#parts.clock.now(), events, ...(state && { state }) }, { durable });
    this.#wakeups.ring(this.id);
  }

  /** Runs one step: its start and end are in the log before the next begins. `work` answers what the log says of it. */
  async run(step: InstallStep, pluginId: string | null, work: (progress: Progress) => Promise<Record<string, unknown>>): Promise<void> {
    this.step = step;
    failpoint(`${this.kind}.${step}.before`);
    this.#throwIfCancelled();
    await this.log([{ type: 'step_started', step, pluginId }]);
    failpoint(`${this.kind}.${step}.started`);
    const detail = await work(this.#progressOf(step, pluginId));
    this.#throwIfCancelled();
    failpoint(`${this.kind}.${step}.after`);
    await this.log([{ type: 'step_finished', step, pluginId, detail }]);
  }

  /** Waits for the person. */
  async ask(items: ConsentItem[]): Promise<ConsentAnswer> {
    const { promise, resolve } = Promise.withResolvers<ConsentAnswer>();
    this.#answer = resolve;
    const stop = (): void => { resolve({ accept: false, granted: [] }); };
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      await this.log([{ type: 'consent_requested', items }], { state: 'waiting_for_consent' });
      this.#parts.changed('plugins');
      failpoint(`${this.kind}.consent.asked`);
      const answer = await promise;
      this.#throwIfCancelled();
      return answer;
    } finally {
      this.#answer = undefined;
      this.signal.removeEventListener('abort', stop);
    }
  }

  /** The last event; after a failure everything that was done is undone first. */
  async end(outcome: { pluginIds: string[] } | { error: unknown }): Promise<void> {
    if ('error' in outcome && this.signal.aborted && (this.signal.reason as AppError).code === 'core/stopping') {
      // Left open on purpose: the next start says that it was interrupted, and sweeps.
      return;
    }
    if ('error' in outcome) await this.#takeBack();
    failpoint(`${this.kind}.end`);
    const ending: Extract<OperationEventBody, { type: 'operation_finished' | 'operation_failed' | 'operation_cancelled' }> = !('error' in outcome) ? { type: 'operation_finished', pluginIds: outcome.pluginIds }
      : this.#isCancel(outcome.error) ? { type: 'operation_cancelled', step: this.step }
        : { type: 'operation_failed', step: this.step, error: { ...toWire(outcome.error), details: { ...toWire(outcome.error).details } } };
    await this.#parts.store.write('endOperation', { operationId: this.id, at: this.#parts.clock.now(), ending });
    this.#wakeups.ring(this.id);
    this.#parts.changed('plugins');
  }

  #isCancel(error: unknown): boolean {
    return this.signal.aborted || (error instanceof AppError && error.code === 'plugins/consent-refused');
  }

  async #takeBack(): Promise<void> {
    for (const undo of this.#undo.reverse()) {
      failpoint(`${this.kind}.undo`);
      // One that fails must not keep the others from being done; what it leaves is swept at the next start.
      await undo().catch((error: unknown) => { this.#parts.log?.warn({ operationId: this.id, error: toWire(error).message }, 'an install could not be taken back'); });
    }
    this.#undo.length = 0;
  }

  #throwIfCancelled(): void { this.signal.throwIfAborted(); }

  #progressOf(step: InstallStep, pluginId: string | null): Progress {
    let last = 0;
    return (done, total, unit) => {
      const now = performance.now();
      if (now - last < PROGRESS_MS && done !== total) return;
      last = now;
      this.log([{ type: 'step_progressed', step, pluginId, done, total, unit }]).catch((error: unknown) => { this.#parts.log?.warn({ operationId: this.id, error: toWire(error).message }, 'progress could not be logged'); });
    };
  }
}
