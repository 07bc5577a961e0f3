import { RE2JS } from 're2js';

export type Schema = boolean | Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
export const asSchema = (value: unknown): Schema | undefined => (typeof value === 'boolean' || isRecord(value) ? value : undefined);
export const schemasOf = (value: unknown): Schema[] => (Array.isArray(value) ? value.map(asSchema).filter((schema) => schema !== undefined) : []);
export const numberAt = (schema: Readonly<Record<string, unknown>>, key: string): number | undefined => (typeof schema[key] === 'number' ? schema[key] : undefined);
export const namesAt = (schema: Readonly<Record<string, unknown>>, key: string): string[] => (Array.isArray(schema[key]) ? schema[key].filter((name: unknown) => typeof name === 'string') : []);
/** An own property only: a schema may well hold a property called `constructor`. */
export const own = (record: Readonly<Record<string, unknown>>, key: string): unknown => (Object.hasOwn(record, key) ? record[key] : undefined);

/** Where a local `$ref` points; undefined when it leads out of the schema or nowhere. */
export function follow(root: Schema, ref: string): Schema | undefined {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return undefined;
  let at: unknown = root;
  for (const step of ref.slice(2).split('/')) {
    const key = decodeStep(step);
    at = Array.isArray(at) ? at[Number(key)] : isRecord(at) ? own(at, key) : undefined;
  }
  return asSchema(at);
}

function decodeStep(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~');
  return /%[0-9a-f]{2}/i.test(plain) ? new URLSearchParams(`x=${plain.replaceAll('+', '%2B').replaceAll('&', '%26')}`).get('x') ?? plain : plain;
}

export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((entry, index) => sameJson(entry, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

export const typeMatches = (type: unknown, value: unknown): boolean => {
  switch (type) {
    case 'string': return typeof value === 'string';
    case 'number': return typeof value === 'number';
    case 'integer': return typeof value === 'number' && Number.isInteger(value);
    case 'boolean': return typeof value === 'boolean';
    case 'null': return value === null;
    case 'array': return Array.isArray(value);
    case 'object': return isRecord(value);
    default: return false;
  }
};

/** Compiling takes far longer than matching, and one pattern is tried on many texts. Null: it cannot be run in linear time. */
const compiled = new Map<string, RE2JS | null>();
const MAX_COMPILED = 200;

/** Linear-time matching, since patterns come from outside; a pattern that cannot be run that way matches nothing. */
export function matchesPattern(pattern: string, text: string): boolean {
  let matcher = compiled.get(pattern);
  if (matcher === undefined) {
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    matcher = compile(pattern);
    compiled.set(pattern, matcher);
  }
  return matcher?.matcher(text).find() ?? false;
}

function compile(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  'date': /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  'time': /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
  'date-time': /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
  'email': /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/,
  'uri': /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i,
  'url': /^https?:\/\/[^\s<>"{}|\\^`]+$/i,
  'uuid': /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  'ipv4': /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/,
  'ipv6': /^[0-9a-f:]{2,39}$/i,
  'hostname': /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  'duration': /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/,
};

/** Formats nobody knows hold, as JSON Schema says. */
export const matchesFormat = (format: string, text: string): boolean => {
  if ((format === 'date' || format === 'date-time') && FORMATS[format]?.test(text)) return isDay(text.slice(0, 10));
  return FORMATS[format]?.test(text) ?? true;
};

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

/** Whether JSON data holds against a schema: every keyword of draft 2020-12 that tools use, and draft 7's tuple form. */
export function conforms(schema: Schema, value: unknown, root: Schema = schema, depth = 0): boolean {
  if (typeof schema === 'boolean') return schema;
  if (depth > 40) return false;
  const holds = (part: Schema, data: unknown): boolean => conforms(part, data, root, depth + 1);
  if (typeof schema['$ref'] === 'string') {
    const target = follow(root, schema['$ref']);
    if (!target || !holds(target, value)) return false;
  }
  const types = Array.isArray(schema['type']) ? schema['type'] : schema['type'] === undefined ? [] : [schema['type']];
  if (types.length > 0 && !types.some((type) => typeMatches(type, value)) && !(schema['nullable'] === true && value === null)) return false;
  if (Object.hasOwn(schema, 'const') && !sameJson(schema['const'], value)) return false;
  if (Array.isArray(schema['enum']) && !schema['enum'].some((entry) => sameJson(entry, value))) return false;
  if (!schemasOf(schema['allOf']).every((part) => holds(part, value))) return false;
  if (Array.isArray(schema['anyOf']) && !schemasOf(schema['anyOf']).some((part) => holds(part, value))) return false;
  if (Array.isArray(schema['oneOf']) && schemasOf(schema['oneOf']).filter((part) => holds(part, value)).length !== 1) return false;
  const not = asSchema(schema['not']);
  if (not !== undefined && holds(not, value)) return false;
  const test = asSchema(schema['if']);
  if (test !== undefined) {
    const branch = asSchema(schema[holds(test, value) ? 'then' : 'else']);
    if (branch !== undefined && !holds(branch, value)) return false;
  }
  if (typeof value === 'string') return stringHolds(schema, value);
  if (typeof value === 'number') return numberHolds(schema, value);
  if (Array.isArray(value)) return arrayHolds(schema, value, holds);
  return isRecord(value) ? objectHolds(schema, value, holds) : true;
}

function stringHolds(schema: Readonly<Record<string, unknown>>, value: string): boolean {
  const length = [...value].length;
  return length >= (numberAt(schema, 'minLength') ?? 0) && length <= (numberAt(schema, 'maxLength') ?? Infinity)
    && (typeof schema['pattern'] !== 'string' || matchesPattern(schema['pattern'], value))
    && (typeof schema['format'] !== 'string' || matchesFormat(schema['format'], value));
}

function numberHolds(schema: Readonly<Record<string, unknown>>, value: number): boolean {
  const step = numberAt(schema, 'multipleOf');
  return value >= (numberAt(schema, 'minimum') ?? -Infinity) && value <= (numberAt(schema, 'maximum') ?? Infinity)
    && value > (numberAt(schema, 'exclusiveMinimum') ?? -Infinity) && value < (numberAt(schema, 'exclusiveMaximum') ?? Infinity)
    && (step === undefined || Number.isInteger(value / step));
}

type Holds = (part: Schema, data: unknown) => boolean;

function arrayHolds(schema: Readonly<Record<string, unknown>>, value: readonly unknown[], holds: Holds): boolean {
  if (value.length < (numberAt(schema, 'minItems') ?? 0) || value.length > (numberAt(schema, 'maxItems') ?? Infinity)) return false;
  if (schema['uniqueItems'] === true && value.some((entry, index) => value.slice(0, index).some((other) => sameJson(other, entry)))) return false;
  const { first, rest } = itemSchemas(schema);
  if (!value.every((entry, index) => holds(first[index] ?? rest, entry))) return false;
  const contains = asSchema(schema['contains']);
  if (contains === undefined) return true;
  const count = value.filter((entry) => holds(contains, entry)).length;
  return count >= (numberAt(schema, 'minContains') ?? 1) && count <= (numberAt(schema, 'maxContains') ?? Infinity);
}

/** Schemas by position and the schema of everything after, in the form of 2020-12 or of draft 7. */
export function itemSchemas(schema: Readonly<Record<string, unknown>>): { first: Schema[]; rest: Schema } {
  if (Array.isArray(schema['items'])) return { first: schemasOf(schema['items']), rest: asSchema(schema['additionalItems']) ?? true };
  return { first: schemasOf(schema['prefixItems']), rest: asSchema(schema['items']) ?? true };
}

/** The schemas that a property of this name must meet. */
export function propertySchemas(schema: Readonly<Record<string, unknown>>, name: string): Schema[] {
  const declared = isRecord(schema['properties']) ? asSchema(own(schema['properties'], name)) : undefined;
  const patterns = isRecord(schema['patternProperties']) ? Object.entries(schema['patternProperties']).filter(([pattern]) => matchesPattern(pattern, name)).map(([, part]) => asSchema(part)).filter((part) => part !== undefined) : [];
  const all = declared === undefined ? patterns : [declared, ...patterns];
  return all.length > 0 ? all : [asSchema(schema['additionalProperties']) ?? true];
}

function objectHolds(schema: Readonly<Record<string, unknown>>, value: Readonly<Record<string, unknown>>, holds: Holds): boolean {
  const names = Object.keys(value);
  if (names.length < (numberAt(schema, 'minProperties') ?? 0) || names.length > (numberAt(schema, 'maxProperties') ?? Infinity)) return false;
  if (!namesAt(schema, 'required').every((name) => Object.hasOwn(value, name))) return false;
  const allowed = asSchema(schema['propertyNames']);
  if (allowed !== undefined && !names.every((name) => holds(allowed, name))) return false;
  const dependent = isRecord(schema['dependentRequired']) ? schema['dependentRequired'] : {};
  if (!names.every((name) => namesAt(dependent, name).every((other) => Object.hasOwn(value, other)))) return false;
  return names.every((name) => propertySchemas(schema, name).every((part) => holds(part, value[name])));
}
