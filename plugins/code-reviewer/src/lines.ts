import type { Language } from './languages.ts';

/** One line of code three times: as it is, without comments, and without comments and the insides of strings. */
export interface CodeLine { readonly text: string; readonly code: string; readonly bare: string; readonly comment: string }

const PYTHON_STRING = ['"""', '\'\'\''] as const;

/** Cuts code into lines and tells apart code, strings and comments, as far as that needs no parser of the language. */
export function linesOf(source: string, language: Language): CodeLine[] {
  const out: CodeLine[] = [];
  let closes: string | undefined;
  /** Whether what is open is a comment; else it is a string over many lines. */
  let inComment = false;
  for (const text of source.replace(/\r\n?/gu, '\n').split('\n')) {
    let code = '';
    let bare = '';
    let comment = '';
    let quote = closes !== undefined && !inComment ? closes : '';
    for (let at = 0; at < text.length;) {
      if (closes !== undefined && inComment) {
        const end = text.indexOf(closes, at);
        comment += end < 0 ? text.slice(at) : text.slice(at, end);
        if (end < 0) break;
        at = end + closes.length;
        closes = undefined;
        continue;
      }
      if (quote !== '') {
        if (text[at] === '\\' && quote.length === 1) { code += text.slice(at, at + 2); at += 2; continue; }
        if (text.startsWith(quote, at)) { code += quote; bare += quote; at += quote.length; quote = ''; closes = undefined; continue; }
        code += text[at] ?? '';
        at += 1;
        continue;
      }
      const line = language.line.find((mark) => text.startsWith(mark, at) && (mark !== '#' || at === 0 || /\s/u.test(text[at - 1] ?? '')));
      if (line !== undefined) { comment += text.slice(at + line.length); break; }
      if (language.block && text.startsWith(language.block[0], at)) { closes = language.block[1]; inComment = true; at += language.block[0].length; continue; }
      const long = language.name === 'python' ? PYTHON_STRING.find((mark) => text.startsWith(mark, at)) : undefined;
      const sign = long ?? (language.quotes.includes(text[at] ?? ' ') ? text[at] ?? '' : '');
      if (sign !== '') quote = sign;
      code += sign === '' ? text[at] ?? '' : sign;
      bare += sign === '' ? text[at] ?? '' : sign;
      at += Math.max(1, sign.length);
    }
    // Only template texts and Python's long strings go on in the next line; another quote left open was an apostrophe.
    if (quote !== '') { closes = quote === '`' || quote.length === 3 ? quote : undefined; inComment = false; }
    out.push({ text, code, bare, comment: comment.trim() });
  }
  return out;
}
