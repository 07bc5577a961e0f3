/** Questions to a PostgreSQL database: in a transaction that the server holds to reading, and with limits that it holds too. */
import type { QueryResult } from 'pg';
import { bytesCell, MOST_ROWS, TableWriter, textCell, type Table } from './cells.ts';
import { field, hostProblem, textOf, type ConnectedTool, type Kind, type Reach, type Values } from './kind.ts';
import { inTransaction, type Ask, type PostgresPlace } from './postgres-session.ts';

type Answer = QueryResult<(string | null)[]>;
/** Rows are fetched so many at once, until there are enough of them. */
const AT_ONCE = 100;
const EXPLAIN = /^\s*explain\b/i;
/** Type numbers of the server (pg_type.h), which never change. */
const [BOOL, BYTEA, INT8, INT2, INT4, OID, FLOAT4, FLOAT8] = [16, 17, 20, 21, 23, 26, 700, 701];
const NUMBERS = new Set([INT8, INT2, INT4, OID, FLOAT4, FLOAT8]);

/** A value as JSON can hold it exactly: what is no number there stays the server's own text. */
function shown(text: string | null, type: number): unknown {
  if (text === null) return null;
  if (type === BOOL) return text === 't';
  if (type === BYTEA) return bytesCell(Math.max(0, (text.length - 2) / 2));
  const number = NUMBERS.has(type) ? Number(text) : NaN;
  return Number.isFinite(number) && (type === FLOAT4 || type === FLOAT8 || Number.isSafeInteger(number)) ? number : textCell(text);
}

const columnsOf = ({ fields }: Answer): string[] => fields.map(({ name }) => name);
const cellsOf = ({ fields }: Answer, row: (string | null)[]): unknown[] => row.map((text, at) => shown(text, fields[at]?.dataTypeID ?? 0));

function tableOf(answer: Answer): Table {
  const table = new TableWriter();
  for (const row of answer.rows) if (!table.add(cellsOf(answer, row))) break;
  return { columns: columnsOf(answer), rows: table.rows, cut: table.cut };
}

/** The PEM of a certificate, also when its lines were joined by the field that it was pasted into. */
function pemOf(text: string): string {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)]
    .map(([, body = '']) => `-----BEGIN CERTIFICATE-----\n${body.replace(/\s+/g, '').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`).join('');
}

const isEncrypted = (values: Values): boolean => textOf(values, 'security') !== 'none';
const placeOf = (values: Values): PostgresPlace => ({
  host: textOf(values, 'host'), port: typeof values['port'] === 'number' ? values['port'] : 5432, database: textOf(values, 'database'), user: textOf(values, 'user'), encrypted: isEncrypted(values), authority: pemOf(textOf(values, 'authority')),
});

function through<T>(reach: Reach, mode: 'READ ONLY' | 'READ WRITE', work: (ask: Ask) => Promise<T>): Promise<T> {
  const place = placeOf(reach.values);
  return reach.withSecret('password', (password) => reach.speak(place.host, place.port, (address) => inTransaction(place, address, password ?? '', mode, reach.signal, work)));
}

/** A cursor takes a query and nothing else, and gives it piece by piece. */
async function query(ask: Ask, sql: string, values: readonly unknown[]): Promise<Table> {
  if (EXPLAIN.test(sql)) return tableOf(await ask(sql, values));
  await ask(`DECLARE troupe NO SCROLL CURSOR FOR ${sql}`, values);
  const table = new TableWriter();
  for (;;) {
    const part = await ask(`FETCH FORWARD ${AT_ONCE} FROM troupe`);
    for (const row of part.rows) if (!table.add(cellsOf(part, row))) break;
    if (table.cut || part.rows.length < AT_ONCE) return { columns: columnsOf(part), rows: table.rows, cut: table.cut };
  }
}

const asked = {
  type: 'object', additionalProperties: false, required: ['sql'],
  properties: { sql: { type: 'string', minLength: 1, maxLength: 10_000, description: 'One statement, with $1, $2 … for values.' }, parameters: { type: 'array', maxItems: 100, items: { type: ['string', 'number', 'boolean', 'null'] }, description: 'Values for $1, $2 ….' } },
};
const valuesOf = (input: Readonly<Record<string, unknown>>): unknown[] => (Array.isArray(input.parameters) ? input.parameters : []);

const tools: readonly ConnectedTool[] = [
  {
    id: 'builtin.postgres_query', title: 'PostgreSQL query', effect: 'read', input: asked, output: { type: 'object', required: ['columns', 'rows', 'cut'] },
    description: `Reads from a PostgreSQL database with one SELECT, or shows how it would be done with EXPLAIN. Tables stand in information_schema.tables, columns in information_schema.columns. At most ${MOST_ROWS} rows come.`,
    run: (input, reach) => through(reach, 'READ ONLY', (ask) => query(ask, String(input.sql), valuesOf(input))),
  },
  {
    // What a statement does cannot be told from its words, so that each counts as the worst that it may be.
    id: 'builtin.postgres_change', title: 'PostgreSQL change', effect: 'destructive', input: asked, output: { type: 'object', required: ['command', 'changed', 'columns', 'rows', 'cut'] },
    description: 'Changes a PostgreSQL database with one statement, such as INSERT, UPDATE or DELETE: all of it, or nothing when it fails.', offered: (values) => values['access'] === 'write',
    run: (input, reach) => through(reach, 'READ WRITE', async (ask) => { const answer = await ask(String(input.sql), valuesOf(input)); return { command: answer.command, changed: answer.rowCount, ...tableOf(answer) }; }),
  },
];

export const postgres: Kind = {
  kind: 'postgres', picks: false, tools, place: (values) => `${textOf(values, 'host')}/${textOf(values, 'database')}`, goesTo: (values) => `${textOf(values, 'host')}${isEncrypted(values) ? '' : ' without encryption'}`,
  fields: [
    field('host', 'string', 'Server', 'The name or address of the server alone. It may be on this machine.', { example: 'db.example.com' }),
    field('port', 'number', 'Port', '5432 for most servers.', { default: 5432, required: false }),
    field('database', 'string', 'Database', 'Its name on the server.', { example: 'shop' }),
    field('user', 'string', 'User', 'Best one that may read what agents should see, and nothing else.', { example: 'reader' }),
    field('password', 'secret', 'Password', 'Of this user.', { required: false }),
    field('security', 'enum', 'Encryption', 'tls sends nothing unencrypted and checks the certificate; none is for a server on this machine.', { options: ['tls', 'none'], default: 'tls', required: false }),
    field('authority', 'string', 'Certificate', 'The certificate of the authority that your provider tells you to trust (PEM). Empty: those that this machine trusts.', { required: false, example: '-----BEGIN CERTIFICATE-----…' }),
    field('access', 'enum', 'May', 'read: agents may only look, which the server itself sees to. write: they may also change what the user may change, and are asked about each time.', { options: ['read', 'write'], default: 'read', required: false }),
  ],
  problem(values) {
    const wrong = hostProblem(values, 'The server', 'db.example.com');
    if (wrong !== undefined) return wrong;
    return textOf(values, 'authority') === '' || pemOf(textOf(values, 'authority')) !== '' ? undefined : 'The certificate is text that begins with -----BEGIN CERTIFICATE-----. Copy it whole.';
  },
  async test(reach) {
    const { rows } = await through(reach, 'READ ONLY', (ask) => ask("SELECT current_setting('server_version'), (SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')), (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)", []));
    const [version, count, isSuper] = rows[0] ?? [];
    return `PostgreSQL ${version ?? ''} answers; the user can see ${count ?? '0'} tables.${isSuper === 't' ? ' The user may do anything there: one that only reads would be safer.' : ''}`;
  },
};
