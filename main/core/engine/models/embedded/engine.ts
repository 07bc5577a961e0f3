import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { Clock, Log, Sleep } from '../chat-model.ts';
import { cancelled } from '../errors.ts';
import { startEngineProcess, type EngineProcess } from './engine-child.ts';
import type { ChatOrder, Done, Order, Report } from './engine-words.ts';

/** A model as the engine loads it; with `embeds` to make vectors and not to answer. */
export interface EngineModel { readonly id: string; readonly name: string; readonly file: string; readonly contextLength: number; readonly threads: number; readonly embeds?: boolean }

export interface EngineParts {
  readonly processFile: string;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
  /** Ms without a question after which the memory is given back. */
  readonly idleMs: () => number;
  /** Told when another model is loaded, or none. */
  readonly changed: () => void;
}

export type EngineOrder = Omit<ChatOrder, 'order' | 'id'>;
export type EngineAnswer = Omit<Done, 'report' | 'id'>;

/** Runs models in a process beside the core, one at a time: what is asked next waits, and another model takes the place of the one before. */
export interface Engine {
  /** The id of the model that takes memory now. */
  loaded(): string | null;
  /** Ms that loading it took, the process included; null when none is loaded. */
  loadMs(): number | null;
  /** The process that runs, for those who watch it. */
  pid(): number | null;
  /**
   * Errors: `run/cancelled` at once when aborted; `models/engine-lost` when the process ended under way;
   * `models/engine-missing`; `models/bad-file` when it cannot be loaded; `models/context-too-long`; `models/bad-answer`.
   */
  chat(model: EngineModel, order: EngineOrder, signal: AbortSignal, onPiece: (kind: 'text' | 'reasoning', text: string) => void): Promise<EngineAnswer>;
  /** One vector a text, by a model that was loaded with `embeds`. Errors: as `chat`. */
  embed(model: EngineModel, texts: readonly string[], signal: AbortSignal): Promise<number[][]>;
  /** Ends the process when this model (or, without one, any) is loaded. */
  unload(id?: string): Promise<void>;
  stop(): Promise<void>;
}

/** A process that is told to stop has this long until it is ended: reading a long prompt cannot be broken off. */
const STOP_MS = 2_000;
const CRASH_WINDOW_MS = 120_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export function createEngine(parts: EngineParts): Engine {
  let child: EngineProcess | undefined;
  let current: string | null = null;
  let loadMs: number | null = null;
  let busy: Promise<void> = Promise.resolve();
  let crashes: number[] = [];
  let idle: NodeJS.Timeout | undefined;
  let nextId = 1;
  let stopped = false;

  const setCurrent = (id: string | null): void => {
    if (current === id) return;
    current = id;
    if (id === null) loadMs = null;
    parts.changed();
  };

  /** A process that dies again and again is started more and more seldom. */
  async function running(signal: AbortSignal): Promise<EngineProcess> {
    if (stopped) throw new AppError('core/stopping', 'Troupe is closing. Ask again when it runs.');
    if (child) return child;
    crashes = crashes.filter((at) => at > parts.clock.now() - CRASH_WINDOW_MS);
    const last = crashes.at(-1);
    if (last !== undefined) {
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (crashes.length - 1)) - (parts.clock.now() - last);
      if (pause > 0) await parts.sleep(pause, signal);
    }
    const started = startEngineProcess(parts.processFile);
    child = started;
    void started.gone.then((how) => {
      if (child !== started) return;
      child = undefined;
      setCurrent(null);
      if (how.wanted) return;
      crashes.push(parts.clock.now());
      parts.log.warn({ ...how }, 'the process that runs models ended unexpectedly');
    });
    const report = await started.next((heard) => (heard.report === 'ready' || heard.report === 'unusable' ? heard : undefined));
    if (report.report === 'ready') return started;
    started.kill();
    throw new AppError('models/engine-missing', `Models cannot run inside of Troupe on this machine (${report.message}). Use a local server such as Ollama, or a provider.`);
  }

  async function loadedIn(model: EngineModel, signal: AbortSignal): Promise<EngineProcess> {
    // A fresh process for each model: what the one before took is given back for certain.
    if (current !== null && current !== model.id) await end();
    const began = parts.clock.now();
    const process = await running(signal);
    if (current === model.id) return process;
    process.send({ order: 'load', file: model.file, contextLength: model.contextLength, threads: model.threads, embeds: model.embeds === true });
    const report = await process.next((heard) => (heard.report === 'loaded' || heard.report === 'load-failed' ? heard : undefined));
    if (report.report === 'load-failed') {
      process.kill();
      throw new AppError('models/bad-file', `${model.name} could not be loaded: ${report.message}. Download the file again, or choose another one.`, { details: { model: model.id } });
    }
    loadMs = parts.clock.now() - began;
    setCurrent(model.id);
    return process;
  }

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = child;
    child = undefined;
    setCurrent(null);
    ending?.kill();
    await ending?.gone;
  }

  function watchIdle(): void {
    clearTimeout(idle);
    idle = setTimeout(() => { busy = busy.then(end); }, parts.idleMs());
    idle.unref();
  }

  /** Sends an order and waits for what ends it; a process that does not stop when it is told to is ended. */
  async function ordered(model: EngineModel, signal: AbortSignal, order: (id: number) => Order, onPiece: (kind: 'text' | 'reasoning', text: string) => void): Promise<Exclude<Report, { report: 'piece' }>> {
    const process = await loadedIn(model, signal);
    signal.throwIfAborted();
    const id = nextId++;
    let killer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      process.send({ order: 'stop', id });
      killer = setTimeout(() => { process.kill(); }, STOP_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      process.send(order(id));
      return await process.next((heard: Report) => {
        if (!('id' in heard) || heard.id !== id) return undefined;
        if (heard.report !== 'piece') return heard;
        if (!signal.aborted) onPiece(heard.kind, heard.text);
        return undefined;
      });
    } finally {
      clearTimeout(killer);
      signal.removeEventListener('abort', stop);
    }
  }

  async function ask(model: EngineModel, order: EngineOrder, signal: AbortSignal, onPiece: (kind: 'text' | 'reasoning', text: string) => void): Promise<EngineAnswer> {
    const report = await ordered(model, signal, (id) => ({ order: 'chat', id, ...order }), onPiece);
    if (report.report === 'done') return { finish: report.finish, promptTokens: report.promptTokens, completionTokens: report.completionTokens, calls: report.calls };
    if (report.report === 'failed' && report.why === 'too-long') throw new AppError('models/context-too-long', `The conversation has ${report.promptTokens ?? 'more'} tokens, and ${model.name} reads at most ${model.contextLength} here. Begin a new conversation, or use a model that reads more.`, { details: { model: model.id } });
    throw new AppError('models/bad-answer', `${model.name} could not answer: ${report.report === 'failed' ? report.message : 'it said something unexpected'}. Ask again, or choose another model.`, { details: { model: model.id } });
  }

  async function vectorsOf(model: EngineModel, texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    const report = await ordered(model, signal, (id) => ({ order: 'embed', id, texts: [...texts] }), () => undefined);
    if (report.report === 'vectors' && report.vectors.length === texts.length) return report.vectors;
    throw new AppError('models/bad-answer', `${model.name} made no vectors: ${report.report === 'failed' ? report.message : 'it said something unexpected'}. Choose a model that is made for embeddings.`, { details: { model: model.id } });
  }

  /** One order after another; the caller is free at once when it is aborted, whoever waits gets the process when it really stopped. */
  function queued<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (signal.aborted) return Promise.reject(cancelled());
    const before = busy;
    const answered = (async () => {
      await before;
      signal.throwIfAborted();
      clearTimeout(idle);
      return work();
    })();
    busy = answered.then(() => undefined, () => undefined).then(watchIdle);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => { reject(cancelled()); };
      signal.addEventListener('abort', onAbort, { once: true });
      answered.then(resolve, (error: unknown) => { reject(signal.aborted ? cancelled() : error instanceof Error ? error : new Error(String(error))); }).finally(() => { signal.removeEventListener('abort', onAbort); });
    });
  }

  return {
    loaded: () => current,
    loadMs: () => loadMs,
    pid: () => child?.pid ?? null,
    chat: (model, order, signal, onPiece) => queued(signal, () => ask(model, order, signal, onPiece)),
    embed: (model, texts, signal) => queued(signal, () => vectorsOf(model, texts, signal)),
    unload(id) {
      if (id !== undefined && current !== id) return Promise.resolve();
      busy = busy.then(end);
      return busy;
    },
    async stop() {
      stopped = true;
      await end();
    },
  };
}
