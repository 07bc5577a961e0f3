import { asSchema, follow, isRecord, namesAt, own, schemasOf, type Schema } from './conforms.ts';

export type PlainSchema = Readonly<Record<string, unknown>>;

/** Alternatives explode when multiplied; beyond these the schema is not worth the time. */
const MAX_VARIANTS = 24;
const MAX_DEPTH = 12;

/**
 * A schema as a list of schemas without `$ref`, `allOf`, `anyOf`, `oneOf` and `if`, in the order in which they stand.
 * A merge may lose a detail, so a value made from one is checked against the schema as it was.
 */
export function variantsOf(schema: Schema, root: Schema, depth = 0): PlainSchema[] {
  if (schema === false || depth > MAX_DEPTH) return [];
  if (schema === true) return [{}];
  const { $ref, allOf, anyOf, oneOf, if: test, then: yes, else: no, ...plain } = schema;
  let result: PlainSchema[] = [plain];
  const demand = (choices: readonly Schema[]): void => {
    const expanded = choices.flatMap((choice) => variantsOf(choice, root, depth + 1)).slice(0, MAX_VARIANTS);
    result = result.flatMap((left) => expanded.map((right) => merge(left, right))).slice(0, MAX_VARIANTS);
  };
  if (typeof $ref === 'string') demand([follow(root, $ref) ?? false]);
  for (const part of schemasOf(allOf)) demand([part]);
  if (Array.isArray(anyOf)) demand(schemasOf(anyOf));
  if (Array.isArray(oneOf)) demand(schemasOf(oneOf));
  const condition = asSchema(test);
  if (condition !== undefined) demand([{ allOf: [condition, asSchema(yes) ?? true] }, asSchema(no) ?? true]);
  return result;
}

const LARGEST = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'minContains']);
const SMALLEST = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'maxContains']);

function merge(left: PlainSchema, right: PlainSchema): PlainSchema {
  const result: Record<string, unknown> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const before = own(left, key);
    if (before === undefined) result[key] = value;
    else if (LARGEST.has(key) && typeof before === 'number' && typeof value === 'number') result[key] = Math.max(before, value);
    else if (SMALLEST.has(key) && typeof before === 'number' && typeof value === 'number') result[key] = Math.min(before, value);
    else if (key === 'required') result[key] = [...new Set([...namesAt(left, key), ...namesAt(right, key)])];
    else if (key === 'enum' && Array.isArray(before) && Array.isArray(value)) result[key] = before.filter((entry: unknown) => value.includes(entry));
    else if (key === 'type') result[key] = sharedTypes(before, value);
    else if (key === 'properties' && isRecord(before) && isRecord(value)) result[key] = mergeProperties(before, value);
    else if (key === 'items' && asSchema(before) !== undefined && asSchema(value) !== undefined) result[key] = { allOf: [before, value] };
    else if (key === 'additionalProperties' && before === false) result[key] = false;
    else if (key === 'description' || key === 'title' || key === 'default') continue;
    else result[key] = value;
  }
  return result;
}

function mergeProperties(left: PlainSchema, right: PlainSchema): PlainSchema {
  // No prototype: a property may be called `__proto__`.
  const result = Object.assign(Object.create(null) as Record<string, unknown>, left);
  for (const [name, part] of Object.entries(right)) result[name] = Object.hasOwn(left, name) ? { allOf: [left[name], part] } : part;
  return result;
}

function sharedTypes(left: unknown, right: unknown): unknown[] {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  const shared = new Set<unknown>();
  for (const a of list(left)) for (const b of list(right)) {
    if (a === b) shared.add(a);
    if ((a === 'integer' && b === 'number') || (a === 'number' && b === 'integer')) shared.add('integer');
  }
  return [...shared];
}

const HINTS: readonly (readonly [string, readonly string[]])[] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames', 'minProperties', 'dependentRequired']],
  ['array', ['items', 'prefixItems', 'minItems', 'uniqueItems', 'contains']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
];

/** The types a value may have, the likeliest first; guessed from the keywords when none is named. */
export function typesOf(schema: PlainSchema): string[] {
  const named = Array.isArray(schema['type']) ? schema['type'] : schema['type'] === undefined ? [] : [schema['type']];
  if (schema['type'] !== undefined) return named.filter((type: unknown) => typeof type === 'string').sort((a, b) => Number(a === 'null') - Number(b === 'null'));
  const hinted = HINTS.filter(([, keys]) => keys.some((key) => Object.hasOwn(schema, key))).map(([type]) => type);
  return [...new Set([...hinted, 'string', 'number', 'object', 'array', 'boolean', 'null'])];
}
