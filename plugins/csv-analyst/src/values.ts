export type Mark = '.' | ',';
export type ColumnType = 'number' | 'date' | 'boolean' | 'text' | 'empty';

const EMPTY = /^(?:|-|n\/?a|null|none|nan|#n\/a)$/iu;
const BOOLEAN = /^(?:true|false|yes|no|ja|nein|oui|non)$/iu;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$|^\d{1,2}[./]\d{1,2}[./]\d{4}$/u;

export const isEmpty = (cell: string): boolean => EMPTY.test(cell);

/** The number that a cell holds; currency and percent signs and thousands marks are passed over. Undefined for anything else. */
export function numberOf(cell: string, mark: Mark): number | undefined {
  const bare = cell.replace(/[\s\u00a0'’_]|[$€£¥%]|\b(?:USD|EUR|GBP|CHF)\b/gu, '');
  const negative = /^\(.*\)$/u.test(bare);
  const digits = (negative ? bare.slice(1, -1) : bare).replace(mark === ',' ? /\.(?=\d{3}(?:\D|$))/gu : /,(?=\d{3}(?:\D|$))/gu, '').replace(mark === ',' ? ',' : '.', '.');
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?$/iu.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? (negative ? -value : value) : undefined;
}

/**
 * Which mark a file uses before fractions: cells that can be read only one way decide; else files cut by semicolons are
 * taken to use commas, as spreadsheets in comma countries write them.
 */
export function markOf(cells: readonly string[], delimiter: string): Mark {
  let point = 0;
  let comma = 0;
  for (const cell of cells) {
    const last = /([.,])(\d+)\D*$/u.exec(cell);
    if (!last || !/^[\s$€£¥(+-]*[\d.,\s'’]+[\s%€$£¥)]*$/u.test(cell)) continue;
    const both = cell.includes('.') && cell.includes(',');
    if (both || last[2]?.length !== 3) { if (last[1] === ',') comma += 1; else point += 1; }
  }
  if (point !== comma) return point > comma ? '.' : ',';
  return delimiter === ';' ? ',' : '.';
}

/** What a column holds: nine in ten of its filled cells decide. */
export function typeOf(cells: readonly string[], mark: Mark): ColumnType {
  const filled = cells.filter((cell) => !isEmpty(cell));
  if (filled.length === 0) return 'empty';
  const share = (test: (cell: string) => boolean): boolean => filled.filter(test).length >= filled.length * 0.9;
  if (share((cell) => BOOLEAN.test(cell))) return 'boolean';
  if (share((cell) => DATE.test(cell))) return 'date';
  return share((cell) => numberOf(cell, mark) !== undefined) ? 'number' : 'text';
}

/** A date in a form whose order is the order of text. */
export function dateKey(cell: string): string {
  const local = /^(\d{1,2})([./])(\d{1,2})[./](\d{4})$/u.exec(cell);
  if (!local) return cell.replace(' ', 'T');
  const [, first = '', separator, second = '', year = ''] = local;
  // 31.12.2026 names the day first; 12/31/2026 the month, unless that is no month.
  const dayFirst = separator === '.' || Number(first) > 12;
  const [day, month] = dayFirst ? [first, second] : [second, first];
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** Sums as many digits as doubles hold: 0.1 + 0.2 is 0.3. */
export const tidy = (value: number): number => Number(value.toPrecision(14));
