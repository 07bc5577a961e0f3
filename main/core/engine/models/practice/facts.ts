export type FactKind = 'quoted' | 'url' | 'email' | 'date_time' | 'date' | 'time' | 'file' | 'number' | 'json';

/** Something in the request that an argument can be made of. `before` and `after` are the words around it, lower case. */
export interface Fact {
  readonly kind: FactKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Earlier rules win the characters they match: a number inside a link is part of the link. */
const RULES: readonly (readonly [FactKind, RegExp])[] = [
  ['quoted', /```[\w-]*\n?([\s\S]+?)```|`([^`\n]+)`|"([^"]+)"|“([^”]+)”|«([^»]+)»|‘([^’]+)’|(?<![\p{L}\p{N}])'(.+?)'(?![\p{L}\p{N}])/gu],
  ['url', /\bhttps?:\/\/[^\s<>"'`)\]]*[^\s<>"'`)\].,;:!?]/giu],
  ['email', /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu],
  ['json', /\{[^{}]*:[^{}]*\}|\[[^[\]]*\]/gu],
  ['date_time', /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?/gu],
  ['date', /\b\d{4}-\d\d-\d\d\b/gu],
  ['time', /\b\d{1,2}:\d\d(?::\d\d)?\b/gu],
  ['file', /(?<![\p{L}\p{N}])(?:[\w.~-]*\/)*[\w-]+\.[A-Za-z][A-Za-z0-9]{0,4}(?![\p{L}\p{N}@])/gu],
  ['number', /(?<![\p{L}\p{N}_.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?(?![\p{L}_]|\.?\d)/giu],
];

/** The most text that is looked at; a request beyond it is a document, not an instruction. */
const MAX_TEXT = 20_000;

/** Everything that the rules find, in the order of the text, not overlapping. */
export function findFacts(full: string): Fact[] {
  const text = full.slice(0, MAX_TEXT);
  const taken = new Uint8Array(text.length);
  const found: Fact[] = [];
  for (const [kind, rule] of RULES) {
    for (const match of text.matchAll(rule)) {
      const start = match.index;
      const end = start + match[0].length;
      if (taken.subarray(start, end).includes(1)) continue;
      if (kind === 'json' && !isJson(match[0])) continue;
      taken.fill(1, start, end);
      const inner = match.slice(1).find((group) => group !== undefined) ?? match[0];
      found.push({ kind, text: inner, start, end, before: around(text.slice(Math.max(0, start - 80), start)).slice(-3), after: around(text.slice(end, end + 80)).slice(0, 2) });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The number a fact stands for, without grouping commas; undefined when it is none. */
export function numberOf(fact: Fact): number | undefined {
  const value = Number((fact.kind === 'number' ? fact.text.replaceAll(',', '') : fact.text).trim());
  return fact.text.trim() !== '' && Number.isFinite(value) ? value + 0 : undefined;
}

const around = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}_=:]+/u).filter((word) => word !== '');

function isJson(text: string): boolean {
  return parseJson(text) !== undefined;
}

/** The value of JSON text; undefined when it is none (`undefined` is no JSON value). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An arithmetic expression in the request: at least two numbers and a sign between them. */
export function formulaIn(text: string): string | undefined {
  const found = text.match(/[-(]*\d[\d.]*%?(?:\s*\)*\s*(?:\*\*|[-+*/^%×÷])\s*[-(]*\d[\d.]*%?\)*)+/g);
  return found?.sort((a, b) => b.length - a.length)[0]?.trim().replaceAll('×', '*').replaceAll('÷', '/');
}
