import { languageFor, type CodeLanguage } from './code-languages.ts';

/** The pieces of a line of code, in order, each with its kind (`keyword`, `string` …; empty for ordinary text). */
export type ColouredLine = (readonly [kind: string, text: string])[];
export interface ColourRequest { readonly id: number; readonly code: string; readonly language: CodeLanguage }
export interface ColourAnswer { readonly id: number; readonly lines: ColouredLine[] | null }

/** Longer code stays plain: it is there to be copied, and its thousands of pieces would only slow scrolling down. */
export const LONGEST_CODE = 60_000;
/** A grammar that takes longer is given up, with its thread. */
const TIMEOUT_MS = 10_000;
/** A thread that has nothing to do keeps its grammars in memory: it ends, and the next code gets a new one. */
const IDLE_MS = 30_000;
const KEPT = 50;

const kept = new Map<string, ColouredLine[] | null>();
const waiting = new Map<number, (lines: ColouredLine[] | null) => void>();
let worker: Worker | undefined;
let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let idle: ReturnType<typeof setTimeout> | undefined;

/** Code that was coloured before, at once; undefined when it has to be asked for. */
export const knownColours = (code: string, language: string): ColouredLine[] | null | undefined => kept.get(keyOf(code, language));

/**
 * The code in pieces with their kinds. Null when it stays plain: a language that is not known, code that is too long, a grammar
 * that fails or takes too long. Never rejects.
 */
export async function colourCode(code: string, word: string): Promise<ColouredLine[] | null> {
  const language = languageFor(word);
  if (language === undefined || code.length > LONGEST_CODE || typeof Worker === 'undefined') return null;
  const key = keyOf(code, word);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const lines = await ask({ id: (last += 1), code, language });
  kept.set(key, lines);
  for (const old of kept.keys()) { if (kept.size <= KEPT) break; kept.delete(old); }
  return lines;
}

const keyOf = (code: string, word: string): string => `${word}\n${code}`;

function ask(request: ColourRequest): Promise<ColouredLine[] | null> {
  clearTimeout(idle);
  worker ??= start();
  const { promise, resolve } = Promise.withResolvers<ColouredLine[] | null>();
  waiting.set(request.id, resolve);
  worker.postMessage(request);
  timer ??= setTimeout(giveUp, TIMEOUT_MS);
  return promise;
}

function start(): Worker {
  const started = new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', (event: MessageEvent<ColourAnswer>) => {
    waiting.get(event.data.id)?.(event.data.lines);
    waiting.delete(event.data.id);
    clearTimeout(timer);
    timer = waiting.size === 0 ? undefined : setTimeout(giveUp, TIMEOUT_MS);
    if (waiting.size === 0) idle = setTimeout(giveUp, IDLE_MS);
  });
  started.addEventListener('error', giveUp);
  return started;
}

/** What waits stays plain; the next code gets a new thread. */
function giveUp(): void {
  clearTimeout(timer);
  clearTimeout(idle);
  timer = undefined;
  worker?.terminate();
  worker = undefined;
  for (const resolve of waiting.values()) resolve(null);
  waiting.clear();
}
