export interface Table {
  delimiter: string;
  header: string[];
  /** As many cells as the header has names; shorter rows are filled up, longer ones cut. */
  rows: string[][];
  /** Rows that had more or fewer cells than the header. */
  irregular: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
/** What to escape inside a character class. */
const inClass = (character: string): string => (character === '|' || character === '\t' ? `\\${character === '\t' ? 't' : '|'}` : character);

/** The separator that cuts the first lines into the most columns of equal number. */
function detect(text: string): string {
  const sample = text.slice(0, 20_000).replace(/"(?:[^"]|"")*"/gu, 'q').split(/\r\n|\r|\n/u).filter((line) => line.trim() !== '').slice(0, 20);
  const score = (delimiter: string): number => {
    const counts = sample.map((line) => line.split(delimiter).length - 1);
    const [first = 0] = counts;
    return first === 0 ? 0 : counts.filter((count) => count === first).length * 1000 + first;
  };
  return DELIMITERS.reduce((best, delimiter) => (score(delimiter) > score(best) ? delimiter : best), ',');
}

/** Names of columns are unique and never empty, so that each can be asked for. */
function nameColumns(cells: readonly string[]): string[] {
  const taken = new Map<string, number>();
  return cells.map((cell, index) => {
    const name = cell.trim() === '' ? `column_${index + 1}` : cell.trim();
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

/** Reads RFC 4180 and what people make of it: any of four separators, any line end, a byte order mark, blank lines. */
export function parseCsv(source: string, wanted?: string): Table {
  const text = source.replace(/^\ufeff/u, '');
  const delimiter = wanted ?? detect(text);
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"[^${inClass(delimiter)}\\r\\n]*|([^${inClass(delimiter)}\\r\\n]*))(${delimiter === '|' ? '\\|' : delimiter}|\\r\\n|\\r|\\n|$)`, 'guy');
  const lines: string[][] = [];
  let line: string[] = [];
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [, quoted, plain = '', end = ''] = match;
    line.push(quoted === undefined ? plain : quoted.replace(/""/gu, '"'));
    if (end === delimiter) continue;
    if (line.length > 1 || line[0]?.trim() !== '') lines.push(line);
    line = [];
    if (end === '') break;
  }
  const [first = [], ...rest] = lines;
  const header = nameColumns(first);
  const rows = rest.map((cells) => header.map((_, index) => (cells[index] ?? '').trim()));
  return { delimiter, header, rows, irregular: rest.filter((cells) => cells.length !== header.length).length };
}
