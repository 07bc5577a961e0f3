/** Keeps secrets out of the log: by the name they stand under, at any depth, and by their value wherever it occurs. */
import { secretForms, SHORTEST_SECRET } from './secret-forms.ts';

const SENSITIVE = /key|secret|token|password|passphrase|authorization|cookie|recoverycode/i;
const REDACTED = '[redacted]';
const DEPTH = 8;
const TEXT_LIMIT = 8_192;
const ITEMS_LIMIT = 100;

/**
 * A copy of `value` that may be logged. Under a sensitive name texts disappear; numbers, booleans and nulls stay, since
 * `promptTokens: 12` is a count and no secret. Errors become plain objects; cycles, depth and length are cut.
 */
export function redacted(value: unknown, sensitive = false, depth = 0, above: readonly object[] = []): unknown {
  if (typeof value === 'string') return sensitive ? REDACTED : value.length > TEXT_LIMIT ? `${value.slice(0, TEXT_LIMIT)}… (${value.length} characters)` : value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (above.includes(value)) return '[circular]';
  if (depth >= DEPTH) return '[deep]';
  const path = [...above, value];
  if (Array.isArray(value)) return value.slice(0, ITEMS_LIMIT).map((item) => redacted(item, sensitive, depth + 1, path));
  const copy: Record<string, unknown> = {};
  for (const [key, item] of entriesOf(value)) copy[key] = redacted(item, sensitive || SENSITIVE.test(key), depth + 1, path);
  return copy;
}

/** An error's own facts are not enumerable. */
function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Error) return [['type', value.name], ['message', value.message], ['stack', value.stack], ...Object.entries(value), ...(value.cause === undefined ? [] : [['cause', value.cause] as [string, unknown]])];
  if (value instanceof Map) return [...value].map(([key, item]) => [String(key), item]);
  if (value instanceof Set) return [...value].map((item, index) => [String(index), item]);
  if (value instanceof Date || value instanceof URL) return [['value', value.toJSON()]];
  return Object.entries(value);
}

export interface SecretValues {
  /** From now on this text never reaches the log. Texts under 4 characters are not worth the damage and are ignored. */
  register(value: string): void;
  /** The line without any registered value, in plain or JSON-escaped form. */
  remove(line: string): string;
}

export function secretValues(): SecretValues {
  const known = new Set<string>();
  let longestFirst: string[] = [];
  return {
    register(value) {
      if (value.length < SHORTEST_SECRET || known.has(value)) return;
      for (const form of secretForms(value)) known.add(form);
      // A secret that contains another one must go first, else its rest would remain.
      longestFirst = [...known].sort((a, b) => b.length - a.length);
    },
    remove(line) {
      let clean = line;
      for (const value of longestFirst) if (clean.includes(value)) clean = clean.replaceAll(value, REDACTED);
      return clean;
    },
  };
}
