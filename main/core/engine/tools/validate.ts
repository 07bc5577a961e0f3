import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import type { JsonSchema } from '../models/index.ts';
import { withinTime } from './time-limit.ts';
import { canonicalJson } from './tool.ts';

/** Checks values against JSON Schemas that came from outside. Every check has an end. */
export interface Validator {
  /**
   * @returns undefined when the value fits, else one sentence that says what was expected and what to do
   * @throws AppError `tools/failed` when the schema itself cannot be used
   */
  problem(schema: JsonSchema, value: unknown): string | undefined;
}

// Wall time, as the only clock there is: a machine that is busy with other things must not make a good schema look bad.
const CHECK_MS = 1_000;
const COMPILE_MS = 2_000;
const MAX_SCHEMA_CHARACTERS = 256 * 1024;
const MAX_INPUT_CHARACTERS = 1024 * 1024;
const MAX_DEPTH = 64;
const KEPT = 200;

/** Patterns run in linear time, whatever a plugin writes. What RE2 does not know (look-around) makes the schema unusable. */
const linear = Object.assign((pattern: string): { test(text: string): boolean; toString(): string } => {
  const compiled = RE2JS.compile(pattern);
  // Ajv tells patterns apart by their text: without one, all would be the first.
  return { test: (text: string) => compiled.matcher(text).find(), toString: () => `linear /${pattern}/` };
}, { code: 'linear' });

const options: Options = { strict: false, validateFormats: false, logger: false, code: { regExp: linear } };

/** `uniqueItems` compares each with each in Ajv; this one is linear. */
function prepared<T extends Ajv | Ajv2020>(ajv: T): T {
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', error: { message: 'must not hold the same item twice' },
    validate: (wanted: boolean, items: unknown[]) => !wanted || new Set(items.map(canonicalJson)).size === items.length });
  return ajv;
}

/** The first schema makes Ajv compile its own: that time is not the plugin's. */
function warm<T extends Ajv | Ajv2020>(ajv: T): T {
  ajv.compile({});
  return ajv;
}

export function createValidator(): Validator {
  const compiled = new Map<string, ValidateFunction>();
  let engines: readonly (Ajv | Ajv2020)[] | undefined;
  const compile = (text: string): ValidateFunction => {
    engines ??= [warm(prepared(new Ajv2020(options))), warm(prepared(new Ajv(options)))];
    let first: unknown;
    for (const ajv of engines) {
      // A copy without names: two plugins may give their schemas the same one, and references stay inside by `#` anyway.
      const { $schema: _dialect, ...schema } = JSON.parse(text, (key, value: unknown) => (key === '$id' && typeof value === 'string' ? undefined : value)) as Record<string, unknown>;
      try {
        const check = withinTime(COMPILE_MS, () => ajv.compile(schema));
        ajv.removeSchema(schema);
        return check;
      } catch (error) {
        ajv.removeSchema(schema);
        if (hasCode(error, 'tools/bad-arguments')) throw error;
        first ??= error;
      }
    }
    throw new AppError('tools/failed', 'The schema of this tool cannot be used. Its author has to correct it; look for an update of the plugin.', { cause: first });
  };
  return {
    problem(schema, value) {
      const text = JSON.stringify(schema);
      if (text.length > MAX_SCHEMA_CHARACTERS) throw new AppError('tools/failed', 'The schema of this tool is larger than 256 KiB and cannot be used.');
      const size = sizeProblem(value);
      if (size !== undefined) return size;
      let check = compiled.get(text);
      if (check === undefined) {
        check = compile(text);
        const oldest = compiled.size >= KEPT ? compiled.keys().next().value : undefined;
        if (oldest !== undefined) compiled.delete(oldest);
        compiled.set(text, check);
      }
      const ready = check;
      try {
        if (withinTime(CHECK_MS, () => ready(value) as boolean)) return undefined;
      } catch (error) {
        if (error instanceof RangeError) return 'The arguments or the schema are nested too deeply to be checked. Send a flatter value.';
        throw error;
      }
      return describe(ready.errors?.[0]);
    },
  };
}

/** Depth first, by hand: recursion on a deep value would overflow before it could be refused. */
function sizeProblem(value: unknown): string | undefined {
  const stack: { item: unknown; depth: number }[] = [{ item: value, depth: 0 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (typeof next.item !== 'object' || next.item === null) continue;
    if (next.depth >= MAX_DEPTH) return `The arguments are nested deeper than ${MAX_DEPTH} levels. Send a flatter value.`;
    for (const item of Object.values(next.item)) stack.push({ item, depth: next.depth + 1 });
  }
  const length = JSON.stringify(value)?.length ?? 0;
  return length > MAX_INPUT_CHARACTERS ? `The arguments have ${length} characters; at most ${MAX_INPUT_CHARACTERS} may come. Send less at once.` : undefined;
}

function describe(error: ErrorObject | undefined): string {
  if (!error) return 'The value does not fit the schema.';
  const where = error.instancePath === '' ? 'The value' : `The value at ${error.instancePath}`;
  const params = error.params as Readonly<Record<string, unknown>>;
  const more = error.keyword === 'enum' ? `: ${JSON.stringify(params.allowedValues)}` : error.keyword === 'additionalProperties' ? `: "${String(params.additionalProperty)}" is not known` : '';
  return `${where} ${error.message ?? 'does not fit the schema'}${more}.`;
}
