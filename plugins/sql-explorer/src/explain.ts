import type { ToolContext } from '../../../sdk/index.ts';
import { open, type Database } from './database.ts';

/** What stands in a plan when every row is looked at, and the table that it is about. */
const WHOLE = { SQLite: /^SCAN (?:TABLE )?(?!\d)([^\s(]\S*)(?: AS \S+)?$/u, PostgreSQL: /Seq Scan on (\S+)/u };
const SORTED = { SQLite: /USE TEMP B-TREE FOR ORDER BY/u, PostgreSQL: /^\s*(?:->\s*)?Sort\b/u };

/** What a plan means to somebody who waits for it. */
export function hintsOf(database: Database['name'], steps: readonly string[]): string[] {
  const tables = new Set(steps.flatMap((step) => { const table = WHOLE[database].exec(step.trim())?.[1]; return table === undefined ? [] : [table]; }));
  return [
    ...[...tables].map((table) => `Every row of ${table} is read. When it is large, an index on the columns of WHERE or JOIN would help.`),
    ...(steps.some((step) => SORTED[database].test(step)) ? ['The result is put in order after it was found; an index in that order would spare it.'] : []),
    ...(steps.some((step) => /AUTOMATIC/u.test(step)) ? ['The database makes an index for this query alone, each time. One that stays would help.'] : []),
  ];
}

export async function explainQuery({ sql, connection }: { sql: string; connection?: string }, ctx: ToolContext) {
  const query = sql.trim().replace(/;\s*$/u, '').replace(/^explain\s+(?:query\s+plan\s+)?/iu, '');
  if (!/^(?:select|with|values|table)\b/iu.test(query)) throw new Error('One SELECT was expected. Only queries that read are explained.');
  const database = await open(ctx, connection);
  const { columns, rows } = await database.ask(`EXPLAIN ${database.name === 'SQLite' ? 'QUERY PLAN ' : ''}${query}`);
  const at = Math.max(0, columns.indexOf(database.name === 'SQLite' ? 'detail' : 'QUERY PLAN'));
  const steps = rows.map((row) => String(row[at] ?? ''));
  return { steps, hints: hintsOf(database.name, steps) };
}
