const MAX_LENGTH = 40_000;
const MAX_NESTING = 60;
const MAX_COLUMNS = 60;
/** Measured: 10,000 pairs of `*a_` keep the parser busy for 11 s, 2,000 for 0.4 s. */
const MAX_MARKS = 2_000;

/**
 * Whether parsing a block as Markdown would hold the page up: marks that never pair cost time by their square, quotes
 * inside quotes exhaust the stack, and a table's missing cells are filled in. Such a block is shown as plain text.
 */
export function isHard(source: string): boolean {
  if (source.length > MAX_LENGTH || countOf(source, /[*_[\]]/g) > MAX_MARKS) return true;
  return source.split('\n').some((line) => nesting(line) > MAX_NESTING || (line.includes('|') && countOf(line, /\|/g) > MAX_COLUMNS));
}

/** Marks of quotes and lists that open a line; a line of nothing but dashes or stars is a rule, however long. */
function nesting(line: string): number {
  const marks = (/^[\s>*+-]*/.exec(line)?.[0] ?? '').replace(/\s/g, '');
  return /^([-*_+])\1*$/.test(line.replace(/\s/g, '')) ? 0 : marks.length;
}

const countOf = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
