import { columnOf, compareCells, type ReadTable } from './table.ts';
import { isEmpty } from './values.ts';

export interface Condition {
  column: string;
  operator: 'equals' | 'not_equals' | 'greater' | 'greater_or_equal' | 'less' | 'less_or_equal' | 'contains' | 'starts_with' | 'is_empty' | 'is_not_empty';
  value?: string | number | boolean;
}

type Test = (row: readonly string[]) => boolean;

/** A number in a condition is written as the file writes its own. */
function written(value: string | number | boolean, table: ReadTable): string {
  return typeof value === 'number' && table.mark === ',' ? String(value).replace('.', ',') : String(value);
}

function testOf(table: ReadTable, { column: name, operator, value }: Condition): Test {
  const { index, type } = columnOf(table, name);
  const cell = (row: readonly string[]): string => row[index] ?? '';
  if (operator === 'is_empty') return (row) => isEmpty(cell(row));
  if (operator === 'is_not_empty') return (row) => !isEmpty(cell(row));
  if (value === undefined) throw new TypeError(`The condition on ${JSON.stringify(name)} needs a value for ${operator}.`);
  const wanted = written(value, table);
  const lower = wanted.toLowerCase();
  const difference = (row: readonly string[]): number => compareCells(cell(row), wanted, type, table.mark);
  const filled = (test: Test): Test => (row) => !isEmpty(cell(row)) && test(row);
  switch (operator) {
    case 'equals': return (row) => difference(row) === 0;
    case 'not_equals': return (row) => difference(row) !== 0;
    case 'greater': return filled((row) => difference(row) > 0);
    case 'greater_or_equal': return filled((row) => difference(row) >= 0);
    case 'less': return filled((row) => difference(row) < 0);
    case 'less_or_equal': return filled((row) => difference(row) <= 0);
    case 'contains': return (row) => cell(row).toLowerCase().includes(lower);
    case 'starts_with': return (row) => cell(row).toLowerCase().startsWith(lower);
  }
}

/** The rows that meet all conditions. */
export function matchingRows(table: ReadTable, where: readonly Condition[] = []): string[][] {
  const tests = where.map((condition) => testOf(table, condition));
  return table.rows.filter((row) => tests.every((test) => test(row)));
}

export interface QueryInput { columns?: string[]; where?: Condition[]; sort_by?: string; descending?: boolean; limit?: number }

export function queryRows(table: ReadTable, { columns, where, sort_by: sortBy, descending = false, limit = 20 }: QueryInput) {
  const shown = columns && columns.length > 0 ? columns.map((name) => columnOf(table, name)) : table.columns;
  const matching = matchingRows(table, where);
  const sorted = sortBy === undefined ? matching : ((column) => [...matching].sort((a, b) => {
    const [x, y] = [a[column.index] ?? '', b[column.index] ?? ''];
    // Empty cells come last in both directions.
    return isEmpty(x) || isEmpty(y) || !descending ? compareCells(x, y, column.type, table.mark) : compareCells(y, x, column.type, table.mark);
  }))(columnOf(table, sortBy));
  return { columns: shown.map((column) => column.name), rows: sorted.slice(0, limit).map((row) => shown.map((column) => (row[column.index] ?? '').slice(0, 500))), matching: matching.length, total: table.rows.length };
}
