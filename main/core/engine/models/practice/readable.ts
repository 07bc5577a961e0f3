import { isRecord } from './conforms.ts';
import { parseJson } from './facts.ts';

const MAX_LINES = 40;
const MAX_ITEMS = 12;
const MAX_DEPTH = 3;
const MAX_VALUE = 200;

/** What a tool answered, for people: JSON becomes lines and lists; everything else stays as it is. */
export function readable(content: string): string {
  const value = parseJson(content);
  if (typeof value === 'string') return value;
  if (!isRecord(value) || Object.keys(value).length === 0) return content;
  const lines = Object.entries(value).flatMap(([key, entry]) => linesOf(key, entry));
  if (lines.at(-1) === '') lines.pop();
  return lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} lines more`].join('\n') : lines.join('\n');
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** A field as one line, or as a line with its text or list below. An empty line ends those, or what follows would belong to them. */
function linesOf(key: string, value: unknown): string[] {
  if (typeof value === 'string' && value.includes('\n')) return [`${key}:`, '', ...value.trimEnd().split('\n'), ''];
  if (!Array.isArray(value)) return [`${key}: ${isPlain(value) ? String(value) : inline(value, 0)}`];
  if (value.every(isPlain) && value.length <= MAX_ITEMS) return [`${key}: ${inline(value, 0)}`];
  const more = value.length > MAX_ITEMS ? [`- … ${value.length - MAX_ITEMS} more`] : [];
  return [`${key}:`, ...value.slice(0, MAX_ITEMS).map((item: unknown) => `- ${inline(item, 1)}`), ...more, ''];
}

function inline(value: unknown, depth: number): string {
  if (isPlain(value)) {
    const text = String(value).replaceAll(/\s+/g, ' ').trim();
    return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
  }
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.slice(0, MAX_ITEMS).map((item: unknown) => inline(item, depth + 1)).join(', ') + (value.length > MAX_ITEMS ? `, … ${value.length - MAX_ITEMS} more` : '');
  return Object.entries(value as object).slice(0, MAX_ITEMS).map(([key, entry]) => (isPlain(entry) ? `${key}: ${inline(entry, depth + 1)}` : `${key}: (${inline(entry, depth + 1)})`)).join(', ');
}
