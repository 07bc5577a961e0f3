const MAX_DEPTH = 200;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, inner]) => [key, sorted(inner)]));
}

/** How deep brackets nest outside of texts, without walking the value: a hostile one overflows whatever recurses. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gsu)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, (depth += 1));
    else if (token === ']' || token === '}') depth -= 1;
  }
  return deepest;
}

/** Where the text stops being JSON: the engine's message names it as a position, or as line and column, or not at all. */
function placeOf(json: string, message: string): { line: number; column: number } | undefined {
  const direct = /line (\d+) column (\d+)/u.exec(message);
  if (direct) return { line: Number(direct[1]), column: Number(direct[2]) };
  const position = /position (\d+)/u.exec(message)?.[1];
  const at = position !== undefined ? Number(position) : /end of JSON|Unterminated/iu.test(message) ? json.length : undefined;
  if (at === undefined) return undefined;
  const before = json.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

export function formatJson({ json, indent = 2, sort_keys: sortKeys = false }: { json: string; indent?: number; sort_keys?: boolean }) {
  const broken = (error: string, place?: { line: number; column: number }) => ({ valid: false, formatted: null, error, line: place?.line ?? null, column: place?.column ?? null });
  if (depthOf(json) > MAX_DEPTH) return broken(`The JSON is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    const value = JSON.parse(json) as unknown;
    return { valid: true, formatted: JSON.stringify(sortKeys ? sorted(value) : value, null, indent), error: null, line: null, column: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The text is not JSON.';
    return broken(message, placeOf(json, message));
  }
}
