const LONGEST = 5_000;

/**
 * The text with each whole formula between `$$`, the one mark that the parser then knows; null when there is none. Formulas are
 * `$$…$$`, `\[…\]`, `\(…\)`, and `$…$` where that cannot be money or a variable: no space within its marks, no letter or digit
 * behind. What stands in code, and what has not come to its end, stays as it is. One pass: the cost grows with the text.
 */
export function withMath(source: string): string | null {
  if (!/\$|\\[([]/.test(source)) return null;
  const ends = new Map<string, number>();
  let out = '';
  let found = 0;
  for (let at = 0; at < source.length;) {
    const formula = formulaAt(source, at, ends);
    if (formula) {
      found += 1;
      out += formula.display ? `$$\n${formula.tex.trim()}\n$$` : `$$${formula.tex.trim().replace(/\s*\n\s*/g, ' ')}$$`;
      at = formula.end;
      continue;
    }
    const end = skipped(source, at);
    out += source.slice(at, end);
    at = end;
  }
  return found === 0 ? null : out;
}

interface Found { tex: string; display: boolean; end: number }

/** `ends` remembers where each closing mark comes next, so that no stretch of text is searched for it twice. */
function formulaAt(source: string, at: number, ends: Map<string, number>): Found | null {
  const two = source.slice(at, at + 2);
  const [open, close] = two === '$$' ? ['$$', '$$'] : two === '\\(' ? ['\\(', '\\)'] : two === '\\[' ? ['\\[', '\\]'] : source[at] === '$' ? ['$', '$'] : ['', ''];
  if (open === '') return null;
  const from = at + open.length;
  const known = ends.get(close) ?? -1;
  const closed = known >= from ? known : source.indexOf(close, from);
  ends.set(close, closed === -1 ? Infinity : closed);
  const to = closed - from;
  if (closed === -1 || to < 1 || to > LONGEST) return null;
  const tex = source.slice(from, from + to);
  const end = from + to + close.length;
  if (tex.trim() === '' || tex.includes('\n\n') || tex.includes('`')) return null;
  if (open === '$') return /^\S([^\n]*[^\s\\])?$/.test(tex) && !/[\p{L}\p{N}$]/u.test(source[end] ?? '') && !/[\p{L}\p{N}$\\]/u.test(source[at - 1] ?? '') ? { tex, display: false, end } : null;
  if (tex.includes('$')) return null;
  return { tex, display: open !== '\\(' && standsAlone(source, at, end), end };
}

/** Nothing but the formula on its lines; within a list or a quote a line of its own would end what it stands in. */
function standsAlone(source: string, at: number, end: number): boolean {
  const before = source.slice(source.lastIndexOf('\n', at - 1) + 1, at);
  const newline = source.indexOf('\n', end);
  return before === '' && source.slice(end, newline === -1 ? source.length : newline).trim() === '';
}

/** Where what is no formula ends: code as a whole, an escaped character, or one character. */
function skipped(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] !== '`') return at + (source.startsWith('$$', at) ? 2 : 1);
  const marks = /^`+/.exec(source.slice(at, at + 100))?.[0] ?? '`';
  for (let close = source.indexOf(marks, at + marks.length); close !== -1; close = source.indexOf(marks, close)) {
    let end = close;
    while (source[end] === '`') end += 1;
    if (end - close === marks.length) return end;
    close = end;
  }
  return at + marks.length;
}
