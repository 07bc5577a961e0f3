// Marks that reorder or hide letters: with them, text of a model can look like something else than it is.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with every control and direction mark written out (`\u202e`), except line breaks and tabs, cut to `limit` characters. */
export function visibleText(text: string, limit: number): { text: string; cut: number } {
  const shown = text.slice(0, limit).replace(HIDDEN, (mark) => (mark === '\n' || mark === '\t' ? mark : `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`));
  return { text: shown, cut: Math.max(0, text.length - limit) };
}

/** One line of it: breaks become spaces. */
export const visibleLine = (text: string, limit: number): string => {
  const { text: shown, cut } = visibleText(text.replace(/\s+/g, ' ').trim(), limit);
  return cut > 0 ? `${shown}…` : shown;
};

/** A value of a tool call as people read it: text as it is, anything else as indented JSON. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  try { return JSON.stringify(value, null, 2) ?? ''; } catch (error) { return error instanceof Error ? error.message : String(value); }
}

/** The first argument or two of a call, so that a folded line tells calls of one tool apart. */
export function summaryOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : visibleLine(readable(value), 80);
  const parts = Object.values(value).filter((part) => ['string', 'number', 'boolean'].includes(typeof part)).slice(0, 2).map(String);
  return visibleLine(parts.join(', '), 80);
}

/** What a person can write over, at most; longer arguments can only be allowed or refused. */
const EDITABLE = 100_000;

/** Arguments as JSON to write over, hidden marks written as the escapes that JSON itself reads back; null when they cannot be shown whole. */
export function editable(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const text = readable(value).replace(HIDDEN, (mark) => (mark === '\n' || mark === '\t' ? mark : mark.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')));
  return text.length > EDITABLE ? null : text;
}

/** The arguments that were written, or why they are none. */
export function writtenArguments(text: string): { value: Record<string, unknown> } | { why: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { value: value as Record<string, unknown> } : { why: '' };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
