/** Holds values against JSON Schemas that came from outside. It may take as long as it is let, so it runs in the schema thread. */
import { _, Ajv, type ErrorObject, type KeywordErrorDefinition, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { withinTime } from './time-limit.ts';
import { canonicalJson } from './tool.ts';

/**
 * Both are JSON.
 * @returns undefined when the value fits, else one sentence that says what was expected and what to do
 * @throws AppError `tools/failed` when the schema itself cannot be used, `tools/bad-arguments` when it takes too long
 */
export type SchemaCheck = (schema: string, value: string) => string | undefined;

// Wall time, as the only clock there is: a machine that is busy with other things must not make a good schema look bad.
const CHECK_MS = 1_000;
const COMPILE_MS = 2_000;
const KEPT = 200;

/** Patterns run in linear time, whatever a plugin writes. What RE2 does not know (look-around) makes the schema unusable. */
const linear = Object.assign((pattern: string): { test(text: string): boolean; toString(): string } => {
  const compiled = RE2JS.compile(pattern);
  // Ajv tells patterns apart by their text: without one, all would be the first.
  return { test: (text: string) => compiled.matcher(text).find(), toString: () => `linear /${pattern}/` };
}, { code: 'linear' });

const options: Options = { strict: false, validateFormats: false, logger: false, code: { regExp: linear } };

/**
 * What Ajv does by comparing values is done by comparing their JSON here: its comparison calls the `toString` of a value that has
 * one, which in JSON is whatever somebody wrote there, and for `uniqueItems` it takes each item with each.
 */
function prepared<T extends Ajv | Ajv2020>(ajv: T): T {
  const among = (values: readonly unknown[]): ((value: unknown) => boolean) => {
    const known = new Set(values.map(canonicalJson));
    return (value) => known.has(canonicalJson(value));
  };
  const allowed: KeywordErrorDefinition = { message: 'must be equal to one of the allowed values', params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}` };
  for (const keyword of ['const', 'enum', 'uniqueItems']) ajv.removeKeyword(keyword);
  ajv.addKeyword({ keyword: 'const', error: { message: 'must be equal to constant' }, compile: (wanted: unknown) => among([wanted]) });
  ajv.addKeyword({ keyword: 'enum', schemaType: 'array', error: allowed, compile: among });
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', error: { message: 'must not hold the same item twice' },
    validate: (wanted: boolean, items: unknown[]) => !wanted || new Set(items.map(canonicalJson)).size === items.length });
  return ajv;
}

/** The first schema makes Ajv compile its own: that time is not the plugin's. */
function warm<T extends Ajv | Ajv2020>(ajv: T): T {
  ajv.compile({});
  return ajv;
}

export function createSchemaCheck(): SchemaCheck {
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
  return (text, input) => {
    const value = JSON.parse(input) as unknown;
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
  };
}

function describe(error: ErrorObject | undefined): string {
  if (!error) return 'The value does not fit the schema.';
  const where = error.instancePath === '' ? 'The value' : `The value at ${error.instancePath}`;
  const params = error.params as Readonly<Record<string, unknown>>;
  const more = error.keyword === 'enum' ? `: ${JSON.stringify(params.allowedValues)}` : error.keyword === 'additionalProperties' ? `: "${String(params.additionalProperty)}" is not known` : '';
  return `${where} ${error.message ?? 'does not fit the schema'}${more}.`;
}
