import type { Json, ToolContext } from '../../../sdk/index.ts';
import { open, type Database } from './database.ts';
import { quoted, tableName, written, type TableName } from './names.ts';

interface Asked { connection?: string }
const number = (value: Json | undefined): number => Number(value ?? 0);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

const LIST = {
  SQLite: "SELECT m.name, m.type, (SELECT count(*) FROM pragma_table_info(m.name)) FROM sqlite_schema m WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name",
  PostgreSQL: "SELECT CASE t.table_schema WHEN 'public' THEN '' ELSE t.table_schema || '.' END || t.table_name, CASE t.table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END, (SELECT count(*) FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name) FROM information_schema.tables t WHERE t.table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
};
const COLUMNS = {
  SQLite: 'SELECT name, type, "notnull", pk > 0 FROM pragma_table_info(?1) ORDER BY cid',
  PostgreSQL: "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)) FROM pg_attribute a WHERE a.attrelid = to_regclass(?1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
};
const REFERENCES = {
  SQLite: 'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?1) ORDER BY id, seq',
  PostgreSQL: "SELECT a.attname, c.confrelid::regclass::text, b.attname FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k (own, other) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.other WHERE c.contype = 'f' AND c.conrelid = to_regclass(?1) ORDER BY c.conname, k.own",
};

/** How the database's own catalog calls a table: SQLite's functions take the bare name, PostgreSQL's the written one. */
const known = ({ name }: Database, table: TableName): string => (name === 'SQLite' ? table.table : written(table));

async function columnsOf(database: Database, table: TableName): Promise<{ name: string; type: string; required: boolean; key: boolean }[]> {
  const { rows } = await database.ask(COLUMNS[database.name], [known(database, table)]);
  if (rows.length === 0) {
    const { rows: all } = await database.ask(LIST[database.name]);
    throw new Error(`There is no table ${written(table)}. There are: ${all.slice(0, 40).map(([name]) => text(name)).join(', ') || 'none'}.`);
  }
  const isTrue = (value: Json | undefined): boolean => value === true || value === 1;
  return rows.map(([name, type, required, key]) => ({ name: text(name), type: text(type), required: isTrue(required) || isTrue(key), key: isTrue(key) }));
}

export async function listTables({ connection }: Asked, ctx: ToolContext) {
  const database = await open(ctx, connection);
  const { rows, cut } = await database.ask(LIST[database.name]);
  return { database: database.name, tables: rows.map(([name, kind, columns]) => ({ table: text(name), kind: text(kind), columns: number(columns) })), truncated: cut };
}

export async function describeTable({ table: asked, connection }: Asked & { table: string }, ctx: ToolContext) {
  const [database, table] = [await open(ctx, connection), tableName(asked)];
  const columns = await columnsOf(database, table);
  const [count, references] = [await database.ask(`SELECT count(*) FROM ${written(table)}`), await database.ask(REFERENCES[database.name], [known(database, table)])];
  return {
    table: asked, rows: number(count.rows[0]?.[0]), columns,
    refers_to: references.rows.map(([column, other, to]) => ({ column: text(column), table: text(other), other: to === null || to === undefined ? null : text(to) })),
  };
}

/** A cell that no table is broken by. */
const cell = (value: Json): string => (value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/gu, ' ').slice(0, 200).replaceAll('\\', '\\\\').replaceAll('|', '\\|');

export async function sampleRows({ table: asked, limit = 5, connection }: Asked & { table: string; limit?: number }, ctx: ToolContext) {
  const [database, table] = [await open(ctx, connection), tableName(asked)];
  await columnsOf(database, table);
  const { columns, rows } = await database.ask(`SELECT * FROM ${written(table)} LIMIT ${limit}`);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return { markdown: [line(columns.map(cell)), line(columns.map(() => '---')), ...rows.map((row) => line(row.map(cell)))].join('\n'), rows: rows.length };
}

export async function profileColumn({ table: asked, column, limit = 10, connection }: Asked & { table: string; column: string; limit?: number }, ctx: ToolContext) {
  const [database, table] = [await open(ctx, connection), tableName(asked)];
  const columns = await columnsOf(database, table);
  const found = columns.find(({ name }) => name === column) ?? columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (!found) throw new Error(`The table ${written(table)} has no column "${column.slice(0, 80)}". It has: ${columns.map(({ name }) => name).join(', ')}.`);
  const [name, from] = [quoted(found.name), written(table)];
  // As text, since not every type of PostgreSQL can be counted or put in order by itself (json, for one).
  const value = database.name === 'PostgreSQL' && /^(?:json|xml|point|bytea)/u.test(found.type) ? `${name}::text` : name;
  const { rows: [whole = []] } = await database.ask(`SELECT count(*), count(*) - count(${name}), count(DISTINCT ${value}) FROM ${from}`);
  const [count, empty, different] = whole.map(number);
  const end = async (order: 'ASC' | 'DESC'): Promise<Json> => (await database.ask(`SELECT ${value} FROM ${from} WHERE ${name} IS NOT NULL ORDER BY 1 ${order} LIMIT 1`)).rows[0]?.[0] ?? null;
  const frequent = await database.ask(`SELECT ${value}, count(*) FROM ${from} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${limit}`);
  return {
    rows: count ?? 0, empty: empty ?? 0, different: different ?? 0, lowest: await end('ASC'), highest: await end('DESC'),
    frequent: frequent.rows.map(([one = null, times]) => ({ value: one, count: number(times), share: Math.round((number(times) / Math.max(1, count ?? 0)) * 100) })),
  };
}
