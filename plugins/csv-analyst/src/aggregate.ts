import { matchingRows, type Condition } from './query.ts';
import { columnOf, compareCells, type Column, type ReadTable } from './table.ts';
import { isEmpty, numberOf, tidy } from './values.ts';

export interface Measure { function: 'count' | 'count_distinct' | 'sum' | 'mean' | 'median' | 'minimum' | 'maximum'; column?: string }
export interface AggregateInput { group_by?: string[]; measures: Measure[]; where?: Condition[]; sort_by?: string; descending?: boolean; limit?: number }

type Value = string | number | null;
interface Prepared { name: string; compute: (rows: readonly string[][]) => Value }

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** The smallest and largest of dates and texts, too. */
function extreme(table: ReadTable, column: Column, rows: readonly string[][], sign: 1 | -1): Value {
  const cells = rows.map((row) => row[column.index] ?? '').filter((cell) => !isEmpty(cell) && (column.type !== 'number' || numberOf(cell, table.mark) !== undefined));
  const best = cells.reduce<string | undefined>((a, b) => (a === undefined || compareCells(b, a, column.type, table.mark) * sign < 0 ? b : a), undefined);
  return best === undefined ? null : column.type === 'number' ? (numberOf(best, table.mark) ?? null) : best;
}

function prepare(table: ReadTable, measure: Measure, ignored: () => void): Prepared {
  const kind = measure.function;
  if (kind === 'count' && measure.column === undefined) return { name: 'count', compute: (rows) => rows.length };
  if (measure.column === undefined) throw new TypeError(`The measure ${kind} needs a column.`);
  const column = columnOf(table, measure.column);
  const name = `${kind}_${column.name}`;
  const filled = (rows: readonly string[][]): string[] => rows.map((row) => row[column.index] ?? '').filter((cell) => !isEmpty(cell));
  if (kind === 'count') return { name, compute: (rows) => filled(rows).length };
  if (kind === 'count_distinct') return { name, compute: (rows) => new Set(filled(rows)).size };
  if (kind === 'minimum') return { name, compute: (rows) => extreme(table, column, rows, 1) };
  if (kind === 'maximum') return { name, compute: (rows) => extreme(table, column, rows, -1) };
  if (column.type !== 'number') throw new TypeError(`${column.name} holds ${column.type}, of which there is no ${kind}; count it, or take a column of numbers: ${table.columns.filter((other) => other.type === 'number').map((other) => other.name).join(', ') || 'there is none'}.`);
  const compute = { sum, mean: (numbers: readonly number[]) => sum(numbers) / numbers.length, median }[kind];
  return {
    name,
    compute: (rows) => {
      const numbers = filled(rows).flatMap((cell) => { const value = numberOf(cell, table.mark); if (value === undefined) ignored(); return value ?? []; });
      return numbers.length === 0 ? null : tidy(compute(numbers));
    },
  };
}

/** Groups as `GROUP BY` does; an empty cell is a group of its own, shown as an empty text. */
export function aggregate(table: ReadTable, { group_by: groupBy = [], measures, where, sort_by: sortBy, descending = true, limit = 50 }: AggregateInput) {
  let ignored = 0;
  const keys = groupBy.map((name) => columnOf(table, name));
  const prepared = measures.map((measure) => prepare(table, measure, () => { ignored += 1; }));
  const used = matchingRows(table, where);
  const groups = new Map<string, string[][]>();
  for (const row of used) {
    const key = JSON.stringify(keys.map((column) => row[column.index] ?? ''));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  if (keys.length === 0 && groups.size === 0) groups.set('[]', []);
  const rows = [...groups].map(([key, members]): Value[] => [...(JSON.parse(key) as string[]), ...prepared.map((measure) => measure.compute(members))]);
  const columns = [...keys.map((column) => column.name), ...prepared.map((measure) => measure.name)];
  const at = sortBy === undefined ? keys.length : columns.findIndex((name) => name.toLowerCase() === sortBy.trim().toLowerCase());
  if (at === -1) throw new TypeError(`The result has no column ${JSON.stringify(sortBy)}. Its columns are: ${columns.join(', ')}.`);
  const type = keys[at]?.type ?? 'number';
  const order = (a: Value, b: Value): number => (typeof a === 'number' && typeof b === 'number' ? a - b : compareCells(a === null ? '' : String(a), b === null ? '' : String(b), type, table.mark));
  rows.sort((a, b) => {
    const [x, y] = [a[at] ?? null, b[at] ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return descending ? order(y, x) : order(x, y);
  });
  return { columns, rows: rows.slice(0, limit), groups: rows.length, rows_used: used.length, ignored_values: ignored };
}
