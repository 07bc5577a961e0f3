/** Text that becomes HTML or XML: whatever is put into a template is escaped, unless it is markup itself. */

/** Escaped text. Made by `markup` alone. */
export class Markup {
  readonly text: string;
  constructor(text: string) { this.text = text; }
}

type Piece = string | number | Markup | null | readonly Piece[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Control characters and what XML 1.0 has no place for, escaped or not; tabs and line ends stay. */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu;

/** For the text of an element and for an attribute in quotes; nothing else is written to. */
export const escaped = (text: string): string => text.toWellFormed().replace(FORBIDDEN, '').replace(/[&<>"']/g, (found) => ESCAPES[found] ?? '');

const written = (piece: Piece): string => (piece === null ? '' : piece instanceof Markup ? piece.text : Array.isArray(piece) ? piece.map(written).join('') : escaped(String(piece)));

/** A template whose own text is markup, and whose values are text. */
export const markup = (own: TemplateStringsArray, ...values: readonly Piece[]): Markup => new Markup(own.reduce((all, part, at) => `${all}${written(values[at - 1] ?? null)}${part}`));

/** The address if it may stand in a link: http or https, nothing that runs. */
export function webAddress(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : null;
}
