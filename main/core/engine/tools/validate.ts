import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { JsonSchema } from '../models/index.ts';
import { ENDED, HARD_MS, SchemaLane } from './schema-lane.ts';
import type { ToSchemaThread } from './schema-thread.ts';

/** Checks values against JSON Schemas that came from outside. Every check has an end, and none holds up the core. */
export interface Validator {
  /**
   * @returns undefined when the value fits, else one sentence that says what was expected and what to do
   * @throws AppError `tools/failed` when the schema itself cannot be used, `tools/bad-arguments` when the check takes too much
   */
  problem(schema: JsonSchema, value: unknown): Promise<string | undefined>;
  /** Ends its threads; checks under way fail. */
  stop(): Promise<void>;
}

const MAX_SCHEMA_CHARACTERS = 256 * 1024;
const MAX_INPUT_CHARACTERS = 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_VALUES = 100_000;
/** One thread is enough until a schema keeps it busy this long while others wait. */
const PATIENCE_MS = 50;
const MOST_LANES = 3;

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
export const defaultSchemaThreadFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'schema-thread.ts' : 'schema-thread.js');

/** The threads start with the first check and stay, since starting one takes longer than many checks. */
export function createValidator(threadFile = defaultSchemaThreadFile(), hardMs = HARD_MS): Validator {
  const lanes = new Set<SchemaLane>();
  const queue: { question: ToSchemaThread; resolve(problem: string | undefined): void; reject(error: unknown): void }[] = [];
  const texts = new WeakMap<object, string>();
  let impatience: NodeJS.Timeout | undefined;
  let stopped = false;

  const textOf = (schema: JsonSchema): string => {
    const known = texts.get(schema);
    if (known !== undefined) return known;
    const text = JSON.stringify(schema);
    if (text.length > MAX_SCHEMA_CHARACTERS) throw new AppError('tools/failed', 'The schema of this tool is larger than 256 KiB and cannot be used.');
    texts.set(schema, text);
    return text;
  };

  const add = (): void => {
    lanes.add(new SchemaLane(threadFile, hardMs, serve, (gone, started) => {
      lanes.delete(gone);
      // A thread that cannot even start says so to all who wait, instead of being started for ever.
      if (!started && lanes.size === 0) for (const { reject } of queue.splice(0)) reject(new AppError('tools/failed', ENDED));
      serve();
    }));
  };
  /** Puts who waits to work: in a free thread, in a first one, or after a while in one more. */
  function serve(): void {
    if (stopped) return;
    for (const lane of lanes) {
      const next = lane.free ? queue.shift() : undefined;
      if (next) lane.ask(next.question).then(next.resolve, next.reject);
    }
    if (queue.length === 0) return;
    if (lanes.size === 0) add();
    else if (lanes.size < MOST_LANES) impatience ??= setTimeout(() => { impatience = undefined; if (queue.length > 0 && lanes.size < MOST_LANES) add(); }, PATIENCE_MS);
  }
  const check = (question: ToSchemaThread): Promise<string | undefined> => new Promise((resolve, reject) => {
    if (stopped) { reject(new AppError('tools/failed', ENDED)); return; }
    queue.push({ question, resolve, reject });
    serve();
  });

  return {
    async problem(schema, value) {
      const text = textOf(schema);
      const size = sizeProblem(value);
      return 'problem' in size ? size.problem : check({ schema: text, value: size.json });
    },
    async stop() {
      stopped = true;
      clearTimeout(impatience);
      for (const { reject } of queue.splice(0)) reject(new AppError('tools/failed', ENDED));
      await Promise.all([...lanes].map((lane) => lane.stop()));
    },
  };
}

/** Depth first, by hand: recursion on a deep value would overflow before it could be refused. What passes is quickly written as JSON. */
function sizeProblem(value: unknown): { problem: string } | { json: string } {
  const stack: { item: unknown; depth: number }[] = [{ item: value, depth: 0 }];
  let values = 0;
  let characters = 0;
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (typeof next.item === 'string') characters += next.item.length;
    if (typeof next.item !== 'object' || next.item === null) continue;
    if (next.depth >= MAX_DEPTH) return { problem: `The arguments are nested deeper than ${MAX_DEPTH} levels. Send a flatter value.` };
    const items = Object.values(next.item);
    values += items.length;
    if (values > MAX_VALUES) return { problem: `The arguments hold more than ${MAX_VALUES} values. Send less at once.` };
    for (const item of items) stack.push({ item, depth: next.depth + 1 });
  }
  const json = characters > MAX_INPUT_CHARACTERS ? undefined : JSON.stringify(value) ?? 'null';
  const length = json?.length ?? characters;
  return json === undefined || length > MAX_INPUT_CHARACTERS ? { problem: `The arguments have ${length} characters; at most ${MAX_INPUT_CHARACTERS} may come. Send less at once.` } : { json };
}
