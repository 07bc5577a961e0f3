/**
 * A quick yes to what a schema would take unchanged. zod makes a new object of everything it parses; of ten thousands of records
 * nearly all are good as they are, and to see that takes a tenth of the time. What gets no quick yes is parsed, so nothing but
 * time depends on it, and a schema of a kind that is not known here gets none.
 */
import type * as z from 'zod/mini';

type Test = (value: unknown) => boolean;
type Known = z.core.$ZodTypes;
type Check = z.core.$ZodChecks;

const never: Test = () => false;
/** Kinds whose values pass through whole: whichever of several takes one, the answer is the same. */
const WHOLE: readonly string[] = ['string', 'number', 'boolean', 'literal', 'enum', 'null'];

/**
 * Whether a value that `JSON.parse` made is surely taken by the schema, and as it is: no field filled in, none left out.
 * False says nothing.
 */
export const surelyFits = (schema: z.core.$ZodType): Test => testOf(schema as Known);

function testOf(schema: Known): Test {
  const { def } = schema._zod;
  const kind = kindOf(schema);
  const checks = (def.checks ?? []).map((check) => checkOf(check as Check));
  const [first = null, second = null, ...more] = checks;
  if (first === null) return kind;
  if (second === null) return (value) => kind(value) && first(value);
  if (more.length === 0) return (value) => kind(value) && first(value) && second(value);
  return (value) => kind(value) && checks.every((check) => check(value));
}

const inner = (schema: z.core.$ZodType): Test => testOf(schema as Known);

function kindOf(schema: Known): Test {
  const { def } = schema._zod;
  // One that changes its value before it looks at it is left to it.
  if ('coerce' in def && def.coerce === true) return never;
  switch (def.type) {
    case 'string': return 'format' in def ? never : (value) => typeof value === 'string';
    case 'number': return 'format' in def ? never : (value) => Number.isFinite(value);
    case 'boolean': return (value) => typeof value === 'boolean';
    case 'null': return (value) => value === null;
    case 'unknown': return () => true;
    case 'enum': { const values = new Set<unknown>(Object.values(def.entries)); return (value) => values.has(value); }
    case 'literal': { const values = new Set<unknown>(def.values); return (value) => values.has(value); }
    case 'nullable': { const some = inner(def.innerType); return (value) => value === null || some(value); }
    // What is absent is the matter of the object that it is absent from.
    case 'optional': case 'default': return inner(def.innerType);
    case 'union': return def.options.every((one) => WHOLE.includes((one as Known)._zod.def.type)) ? anyOf(def.options.map(inner)) : never;
    case 'array': { const element = inner(def.element); return (value) => Array.isArray(value) && value.every(element); }
    case 'tuple': return def.rest === null ? tupleOf(def.items.map(inner)) : never;
    case 'record': return recordOf(def);
    case 'object': return objectOf(def);
    default: return never;
  }
}

const anyOf = (tests: readonly Test[]): Test => (value) => tests.some((test) => test(value));
const tupleOf = (tests: readonly Test[]): Test => (value) => Array.isArray(value) && value.length === tests.length && tests.every((test, at) => test(value[at]));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of any keys: a set of keys that all have to be there is left to the schema. */
function recordOf({ keyType, valueType }: z.core.$ZodRecordDef): Test {
  if ((keyType as Known)._zod.def.type !== 'string') return never;
  const [key, field] = [inner(keyType), inner(valueType)];
  return (value) => isObject(value) && Object.entries(value).every(([name, one]) => name !== '__proto__' && key(name) && field(one));
}

function objectOf({ shape }: z.core.$ZodObjectDef): Test {
  const fields = new Map(Object.entries(shape).map(([name, schema]) => [name, inner(schema)]));
  const needed = Object.values(shape).filter((schema) => (schema as Known)._zod.def.type !== 'optional').length;
  const optional = new Set(Object.entries(shape).flatMap(([name, schema]) => ((schema as Known)._zod.def.type === 'optional' ? [name] : [])));
  return (value) => {
    if (!isObject(value)) return false;
    let seen = 0;
    for (const name in value) {
      const field = fields.get(name);
      // A field that nobody knows would be left out or refused.
      if (!field?.(value[name])) return false;
      if (!optional.has(name)) seen += 1;
    }
    return seen === needed;
  };
}

function checkOf(check: Check): Test {
  const { def } = check._zod;
  if (def.check === 'max_length') return (value) => (value as string | unknown[]).length <= def.maximum;
  if (def.check === 'min_length') return (value) => (value as string | unknown[]).length >= def.minimum;
  if (def.check === 'string_format' && def.format === 'regex' && def.pattern && !def.pattern.global && !def.pattern.sticky) { const { pattern } = def; return (value) => pattern.test(value as string); }
  if (def.check === 'number_format' && def.format === 'safeint') return Number.isSafeInteger;
  if (def.check === 'greater_than' || def.check === 'less_than' || (def.check as string) === 'custom') return (value) => {
    const payload = { value, issues: [] };
    return check._zod.check(payload as never) === undefined && payload.value === value && payload.issues.length === 0;
  };
  return never;
}
