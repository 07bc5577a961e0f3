import type { Column, ReadTable } from './table.ts';
import { isEmpty, numberOf, typeOf } from './values.ts';

export interface Problem { kind: 'irregular_rows' | 'repeated_rows' | 'repeated_column' | 'empty_column' | 'gaps' | 'wrong_type' | 'outliers' | 'spellings'; column: string | null; count: number; message: string; examples: string[] }

const MOST_EXAMPLES = 5;
const short = (values: readonly string[]): string[] => [...new Set(values)].slice(0, MOST_EXAMPLES).map((value) => value.slice(0, 80));
const problem = (kind: Problem['kind'], column: string | null, values: readonly string[], message: string, count = values.length): Problem[] => (count === 0 ? [] : [{ kind, column, count, message, examples: short(values) }]);

/** The value below which a part of a sorted list lies, between its two neighbours. */
function quantile(sorted: readonly number[], part: number): number {
  const at = (sorted.length - 1) * part;
  const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** Three times the middle half beyond it (Tukey's outer fence): far enough that ordinary spread stays unmentioned. */
function outliers(table: ReadTable, column: Column, cells: readonly string[]): Problem[] {
  const numbers = cells.flatMap((cell) => { const value = numberOf(cell, table.mark); return value === undefined ? [] : [{ cell, value }]; });
  if (numbers.length < 8) return [];
  const sorted = numbers.map(({ value }) => value).sort((a, b) => a - b);
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  if (high === low) return [];
  const far = numbers.filter(({ value }) => value < low - 3 * (high - low) || value > high + 3 * (high - low));
  return problem('outliers', column.name, far.map(({ cell }) => cell), `Half of ${column.name} lies between ${low} and ${high}; these values lie far from it.`);
}

/** Values that differ only in case and blanks: one thing counted as several. */
function spellings(column: Column, cells: readonly string[]): Problem[] {
  const groups = Map.groupBy(new Set(cells), (cell) => cell.trim().toLowerCase().replace(/\s+/gu, ' '));
  const several = [...groups.values()].filter((group) => group.length > 1);
  return problem('spellings', column.name, several.map((group) => group.map((cell) => JSON.stringify(cell)).join(' and ')), `Some values of ${column.name} differ only in case or blanks, and are counted apart.`);
}

function columnProblems(table: ReadTable, column: Column): Problem[] {
  const all = table.rows.map((row) => row[column.index] ?? '');
  const cells = all.filter((cell) => !isEmpty(cell));
  if (column.type === 'empty') return problem('empty_column', column.name, [], `${column.name} holds nothing at all.`, table.rows.length);
  const wrong = column.type === 'number' ? cells.filter((cell) => numberOf(cell, table.mark) === undefined) : column.type === 'date' ? cells.filter((cell) => typeOf([cell], table.mark) !== 'date') : [];
  return [
    ...problem('gaps', column.name, [], `${column.name} is empty in ${all.length - cells.length} of ${all.length} rows.`, all.length - cells.length),
    ...problem('wrong_type', column.name, wrong, `${column.name} holds a ${column.type} almost everywhere; these are none.`),
    ...(column.type === 'number' ? outliers(table, column, cells) : []),
    ...(column.type === 'text' ? spellings(column, cells) : []),
  ];
}

/** What to look at before a table is trusted, the weightiest kinds first. */
export function checkTable(table: ReadTable) {
  const seen = new Set<string>();
  const repeated = table.rows.filter((row) => { const key = JSON.stringify(row); const again = seen.has(key); seen.add(key); return again; });
  const names = new Set<string>();
  const twice = table.header.filter((name) => { const key = name.trim().toLowerCase(); const again = names.has(key); names.add(key); return again; });
  const problems: Problem[] = [
    ...problem('irregular_rows', null, [], 'Some rows have more or fewer cells than the header.', table.irregular),
    ...problem('repeated_column', null, twice, 'Several columns have the same name.'),
    ...problem('repeated_rows', null, repeated.map((row) => row.join(' | ')), 'Some rows stand there more than once.'),
    ...table.columns.flatMap((column) => columnProblems(table, column)),
  ];
  return { rows: table.rows.length, columns: table.columns.length, clean: problems.length === 0, problems: problems.slice(0, 100) };
}
