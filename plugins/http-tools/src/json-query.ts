type Step = { key: string } | { index: number } | { all: true };

const MAX_RESULTS = 500;
const MAX_CHARACTERS = 100_000;

/** `$.items[0].name`, `items[*].name`, `["odd key"][-1]`. Throws TypeError that names the place for anything else. */
export function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  const token = /\.?\*|\.?([\p{L}_$][\p{L}\p{N}_$-]*)|\[(-?\d{1,9})\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]|\['([^']*)'\]/uy;
  const text = path.trim().replace(/^\$(?=[.[]|$)/u, '');
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) throw new TypeError(`A path such as items[0].name, items[*].name or ["odd key"] was expected; it cannot be read from ${JSON.stringify(text.slice(at, at + 30))} on.`);
    const [, name, index, double, single] = match;
    const key = name ?? (double === undefined ? single : (JSON.parse(`"${double}"`) as string));
    steps.push(key !== undefined ? { key } : index !== undefined ? { index: Number(index) } : { all: true });
  }
  return steps;
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

function take(value: unknown, step: Step): unknown[] {
  if ('all' in step) return Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];
  if ('index' in step) { if (!Array.isArray(value)) return []; const at = step.index < 0 ? value.length + step.index : step.index; return at in value ? [value[at] as unknown] : []; }
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, step.key) ? [(value as Record<string, unknown>)[step.key]] : [];
}

/** What could have been asked for where the path ends, so that the next try is right. */
function optionsAt(values: readonly unknown[]): string {
  const [first] = values;
  if (Array.isArray(first)) return `a list of ${first.length}; ask for [0] to [${Math.max(0, first.length - 1)}], or [*]`;
  if (typeof first === 'object' && first !== null) return `an object with the keys ${Object.keys(first).slice(0, 30).join(', ') || '(none)'}`;
  return `${typeOf(first)}, which has nothing inside`;
}

export function queryJson({ json, path }: { json: unknown; path: string }) {
  let data: unknown = json;
  try {
    if (typeof json === 'string') data = JSON.parse(json);
  } catch (error) {
    throw new TypeError(`JSON was expected: ${error instanceof Error ? error.message : 'it cannot be read'}. Text Toolkit's json_format says where it breaks.`);
  }
  let values: unknown[] = [data];
  const walked: string[] = [];
  for (const step of parsePath(path)) {
    const next = values.flatMap((value) => take(value, step));
    walked.push('all' in step ? '[*]' : 'index' in step ? `[${step.index}]` : step.key);
    if (next.length === 0) return { found: false, count: 0, values: [], hint: `Nothing at ${walked.join('.').replaceAll('.[', '[')}: before it stands ${optionsAt(values)}.`, truncated: false };
    values = next;
  }
  let room = MAX_CHARACTERS;
  const shown: { type: string; json: string }[] = [];
  for (const value of values.slice(0, MAX_RESULTS)) {
    const text = JSON.stringify(value);
    if (text.length > room) break;
    room -= text.length;
    shown.push({ type: typeOf(value), json: text });
  }
  return { found: true, count: values.length, values: shown, hint: null, truncated: shown.length < values.length };
}
