import { hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import type { VectorsStatus } from '../../../../contract/model/vectors.ts';
import { packed, type Meaning, type Store, type VectorKind } from '../../base/store/index.ts';
import type { Clock, Embedder, Log, Sleep } from '../models/index.ts';

export interface VectorsOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  /** The model that the person chose, `<provider>/<model>`; null: searches go by words alone. */
  readonly chosen: () => string | null;
  readonly embedder: (model: string) => Promise<Embedder>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
  readonly changed: () => void;
}

/** What was looked for by meaning; with `note` it could not be, and why: only words count then. */
export interface Sought { readonly meaning?: Meaning; readonly note?: string }

/** `byMeaning` false: the words go to no model. */
export interface Seeking { readonly signal?: AbortSignal; readonly byMeaning?: boolean }

/** Keeps a vector of every memory and passage by the model that the person chose, and makes those of what is looked for. */
export interface Vectors {
  /** Something may lack its vector: looks and makes them, in the background. */
  look(): void;
  /** Never fails, and takes some seconds at most. */
  seek(words: string, how?: Seeking): Promise<Sought>;
  status(): Promise<VectorsStatus>;
  stop(): Promise<void>;
}

/** Answers with more than these vectors would hold the core up while they are read. */
const AT_ONCE = 16;
/** Longer texts would not be read to their end by many models. */
const MOST_CHARACTERS = 4_000;
/** A question waits no longer: it is answered by words then. */
const SEEK_MS = 6_000;
/** What was looked for so short a time ago is not asked again. */
const SAME_MS = 5_000;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 600_000;
/** The page looks again at most so often. */
const TELL_MS = 1_000;
const KINDS: readonly VectorKind[] = ['knowledge', 'memory'];

export function createVectors(options: VectorsOptions): Vectors {
  const { store, log, changed } = options;
  const stopped = new AbortController();
  /** Ends the work for the model that was chosen before. */
  let work = new AbortController();
  let working: Promise<void> | undefined;
  let again = false;
  let of: string | null = null;
  let problem: string | null = null;
  /** How many bytes a vector of a model has; known when it made one. */
  const lengths = new Map<string, number>();
  let told = 0;
  let last: { readonly model: string; readonly words: string; readonly at: number; readonly sought: Promise<Sought> } | undefined;
  let counts: { done: number; total: number } | undefined;

  const embed = async (embedder: Embedder, texts: readonly string[], signal: AbortSignal): Promise<Uint8Array[]> => (await embedder.embed(texts.map((text) => text.slice(0, MOST_CHARACTERS)), signal)).map(packed);

  async function drop(model: string | null): Promise<void> {
    while ((await store.write('dropOtherVectors', { model }, { durable: false })).more && !stopped.signal.aborted);
  }

  async function makeAll(model: string, signal: AbortSignal): Promise<void> {
    const embedder = await options.embedder(model);
    for (const kind of KINDS) {
      for (let after = 0; ;) {
        const bytes = lengths.get(model) ?? 0;
        const rows = await store.read('textsWithoutVectors', { kind, model, bytes, after, limit: AT_ONCE });
        if (rows.length === 0) break;
        if (bytes === 0) {
          lengths.set(model, (await embed(embedder, ['length'], signal))[0]?.byteLength ?? 0);
          continue;
        }
        counts ??= await store.read('vectorCounts', { model });
        const vectors = await embed(embedder, rows.map(({ text }) => text), signal);
        signal.throwIfAborted();
        await store.write('putVectors', { kind, model, rows: rows.map(({ seq, text }, at) => ({ seq, text, vector: vectors[at] as Uint8Array })) }, { durable: false });
        after = rows.at(-1)?.seq ?? after;
        counts = counts && { ...counts, done: Math.min(counts.total, counts.done + rows.length) };
        problem = null;
        if (options.clock.now() - told >= TELL_MS) { told = options.clock.now(); changed(); }
      }
    }
  }

  async function run(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !stopped.signal.aborted;) {
      again = false;
      const model = options.chosen();
      if (model !== of) { of = model; problem = null; counts = undefined; await drop(model); changed(); }
      if (model === null) { if (again) continue; return; }
      const signal = AbortSignal.any([stopped.signal, work.signal]);
      try {
        await makeAll(model, signal);
        counts = undefined;
        problem = null;
        changed();
        if (!again) return;
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (signal.aborted) continue;
        problem = toWire(error).message;
        if (hasCode(error, 'core/internal')) log.warn({ model, error }, 'vectors could not be made');
        changed();
        await options.sleep(pause, signal).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  function look(): void {
    if (stopped.signal.aborted) return;
    again = true;
    // Another model was chosen, or the pause after a failure is over.
    if (options.chosen() !== of || problem !== null) { work.abort(); work = new AbortController(); }
    working ??= run().catch((error: unknown) => { log.warn({ error }, 'vectors could not be kept'); }).finally(() => { working = undefined; if (again) look(); });
  }

  async function ask(model: string, words: string, signal: AbortSignal | undefined): Promise<Sought> {
    const limit = AbortSignal.any([stopped.signal, AbortSignal.timeout(SEEK_MS), ...(signal ? [signal] : [])]);
    try {
      const [vector] = await embed(await options.embedder(model), [words], limit);
      // The model may have become another under its name; then all are made anew.
      if (problem !== null || (vector && lengths.has(model) && vector.byteLength !== lengths.get(model))) { lengths.delete(model); look(); }
      return vector ? { meaning: { model, vector } } : {};
    } catch (error) {
      const why = limit.aborted ? 'The model that makes vectors did not answer in time.' : toWire(error).message;
      return { note: `Searched by words alone, not by meaning. ${why}` };
    }
  }

  return {
    look,
    async seek(words, { signal, byMeaning = true } = {}) {
      const model = options.chosen();
      if (model === null || !byMeaning || words.trim() === '') return {};
      // Memories and documents are looked for by the same words, one after the other.
      if (last?.model === model && last.words === words && options.clock.now() - last.at < SAME_MS) return last.sought;
      const sought = ask(model, words, signal);
      last = { model, words, at: options.clock.now(), sought };
      return sought;
    },
    async status() {
      const model = options.chosen();
      if (model === null) return { model, state: 'off', done: 0, total: 0, message: null };
      const { done, total } = counts ?? await store.read('vectorCounts', { model });
      return { model, state: problem !== null ? 'failing' : working ? 'working' : 'ready', done, total, message: problem };
    },
    async stop() {
      stopped.abort();
      await working;
    },
  };
}
