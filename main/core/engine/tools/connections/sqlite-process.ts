/** The process that asks one question of one SQLite file: nothing less can be ended in the middle of a query. Bundled as sqlite-process.js. */
import { constants, DatabaseSync } from 'node:sqlite';
import { bytesCell, TableWriter, textCell, type Table } from './cells.ts';

export interface SqliteQuestion { readonly file: string; readonly sql: string; readonly parameters: readonly (string | number | null)[] }
export type SqliteAnswer = Table | { readonly problem: string };

const ALLOWED = new Set<number>([constants.SQLITE_SELECT, constants.SQLITE_READ, constants.SQLITE_FUNCTION, constants.SQLITE_RECURSIVE]);
/** Those that tell how a database is made and change nothing. */
const PRAGMAS = new Set(['table_info', 'table_xinfo', 'table_list', 'index_list', 'index_info', 'foreign_key_list']);

/** A value as JSON can hold it. */
function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesCell(value.byteLength);
  if (typeof value === 'bigint') return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  return typeof value === 'string' ? textCell(value) : value;
}

function ask({ file, sql, parameters }: SqliteQuestion): SqliteAnswer {
  const db = new DatabaseSync(file, { readOnly: true, allowExtension: false, timeout: 2000 });
  try {
    db.setAuthorizer((action, first, second) => {
      const pragma = action === constants.SQLITE_PRAGMA && PRAGMAS.has(String(first).toLowerCase());
      const extension = action === constants.SQLITE_FUNCTION && String(second).toLowerCase() === 'load_extension';
      return (ALLOWED.has(action) || pragma) && !extension ? constants.SQLITE_OK : constants.SQLITE_DENY;
    });
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const columns = statement.columns().map(({ name }) => name);
    const table = new TableWriter();
    for (const row of statement.iterate(...parameters) as Iterable<unknown>) if (!table.add((row as unknown[]).map(shown))) break;
    return { columns, rows: table.rows, cut: table.cut };
  } finally {
    db.close();
  }
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
let answer: SqliteAnswer;
try {
  answer = ask(JSON.parse(Buffer.concat(chunks).toString('utf8')) as SqliteQuestion);
} catch (error) {
  answer = { problem: error instanceof Error ? error.message : String(error) };
}
process.stdout.write(JSON.stringify(answer));
