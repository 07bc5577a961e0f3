import { parseCsv, type Table } from './csv.ts';
import { dateKey, isEmpty, markOf, numberOf, tidy, typeOf, type ColumnType, type Mark } from './values.ts';

export interface Column { name: string; index: number; type: ColumnType }
export interface ReadTable extends Table { mark: Mark; columns: Column[] }

export interface Settings { delimiter?: unknown; decimal_mark?: unknown }

const DELIMITERS: Record<string, string> = { comma: ',', semicolon: ';', tab: '\t', bar: '|' };
const MARKS: Record<string, Mark> = { point: '.', comma: ',' };

export function readTable(text: string, settings: Settings): ReadTable {
  const table = parseCsv(text, DELIMITERS[String(settings.delimiter)]);
  const mark = MARKS[String(settings.decimal_mark)] ?? markOf(table.rows.slice(0, 500).flat(), table.delimiter);
  const columns = table.header.map((name, index) => ({ name, index, type: typeOf(table.rows.map((row) => row[index] ?? ''), mark) }));
  return { ...table, mark, columns };
}

/** A column by name; case and blanks around it do not matter. */
export function columnOf(table: ReadTable, name: string): Column {
  const folded = name.trim().toLowerCase();
  const found = table.columns.find((column) => column.name === name) ?? table.columns.find((column) => column.name.toLowerCase() === folded);
  if (!found) throw new TypeError(`There is no column ${JSON.stringify(name)}. The columns are: ${table.header.join(', ')}.`);
  return found;
}

const cellsOf = (table: ReadTable, column: Column): string[] => table.rows.map((row) => row[column.index] ?? '');

/** By what its type makes of it; what does not fit comes last. */
export function compareCells(a: string, b: string, type: ColumnType, mark: Mark): number {
  if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(a)) - Number(isEmpty(b));
  if (type === 'number') {
    const [x, y] = [numberOf(a, mark), numberOf(b, mark)];
    if (x !== undefined && y !== undefined) return x - y;
    if (x !== y) return x === undefined ? 1 : -1;
  }
  const [x, y] = type === 'date' ? [dateKey(a), dateKey(b)] : [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

function describeColumn(table: ReadTable, column: Column) {
  const filled = cellsOf(table, column).filter((cell) => !isEmpty(cell));
  const distinct = new Set(filled);
  const base = { name: column.name, type: column.type, missing: table.rows.length - filled.length, distinct: distinct.size, examples: [...distinct].slice(0, 5).map((cell) => cell.slice(0, 80)) };
  if (column.type === 'number') {
    const numbers = filled.flatMap((cell) => numberOf(cell, table.mark) ?? []);
    const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const most = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return { ...base, minimum: least, maximum: most, mean: tidy(numbers.reduce((a, b) => a + b, 0) / numbers.length) };
  }
  const sorted = column.type === 'date' ? [...filled].sort((a, b) => compareCells(a, b, 'date', table.mark)) : [];
  return { ...base, minimum: sorted[0] ?? null, maximum: sorted.at(-1) ?? null, mean: null };
}

export function describeTable(table: ReadTable) {
  return { rows: table.rows.length, delimiter: table.delimiter, irregular_rows: table.irregular, columns: table.columns.map((column) => describeColumn(table, column)) };
}
