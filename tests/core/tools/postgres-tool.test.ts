import { createServer, type Server, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { missingPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { until } from '../../support/processes.ts';
import { openConnected, type Connected } from './connected.ts';

const READER = 'reader-password-1';
let at: Connected;
let server: TestPostgres;
beforeAll(async () => { at = await openConnected(); });
afterEach(() => at.clear());
afterAll(() => at.close());

const shop = { host: '127.0.0.1', database: 'postgres', user: 'reader', security: 'none' };
const give = (set: Record<string, string | number> = {}, password = READER) => at.add('postgres', 'Shop', { set: { ...shop, port: server.port, ...set }, secrets: { password } });
const query = (sql: string, parameters?: unknown[], signal?: AbortSignal) => at.use('builtin.postgres_query', { sql, ...(parameters && { parameters }) }, signal);

describe('a real PostgreSQL', () => {
  it('is there wherever the tests must prove it', () => {
    if (process.env['CI'] === 'true' && process.platform === 'linux') expect(missingPostgres).toBeUndefined();
  });
});

describe.skipIf(missingPostgres !== undefined)(`A9 questions to PostgreSQL${missingPostgres === undefined ? '' : ` (${missingPostgres})`}`, () => {
  beforeAll(async () => {
    server = await startPostgres();
    await server.boss.query(`
CREATE TABLE orders (id int PRIMARY KEY, customer text, cents bigint, price numeric(12, 2), paid boolean, scan bytea, at timestamptz, more jsonb);
INSERT INTO orders VALUES (1, 'Ada', 1250, 12.50, true, '\\x00ff', '2026-03-01T12:00:00Z', '{"a": 1}'), (2, 'Grace', 9007199254740993, 0.10, false, NULL, NULL, NULL);
INSERT INTO orders (id, customer) SELECT n, 'many' FROM generate_series(3, 900) n;
CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'DELETE FROM orders RETURNING 1';
CREATE ROLE reader LOGIN PASSWORD '${READER}';
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO reader;`);
  }, 120_000);
  afterAll(() => server.stop());
  const count = async (): Promise<string> => String((await server.boss.query<{ n: string }>('SELECT count(*) AS n FROM orders')).rows[0]?.n);

  it('reads rows, with values bound and everything exact', async () => {
    const { id } = await give();
    expect((await query('SELECT * FROM orders WHERE id <= $1 AND customer <> $2 ORDER BY id', [2, "x' OR true --"])).output).toEqual({
      columns: ['id', 'customer', 'cents', 'price', 'paid', 'scan', 'at', 'more'], cut: false,
      rows: [[1, 'Ada', 1250, '12.50', true, '[2 bytes]', expect.stringContaining('2026-03-01') as string, '{"a": 1}'], [2, 'Grace', '9007199254740993', '0.10', false, null, null, null]],
    });
    expect((await query('SELECT id FROM orders')).output).toMatchObject({ cut: true, rows: expect.objectContaining({ length: 500 }) as object });
    expect((await query('SELECT id, customer FROM orders WHERE false')).output).toEqual({ columns: ['id', 'customer'], rows: [], cut: false });
    expect((await query("SELECT repeat('x', 5000)")).output).toMatchObject({ rows: [[`${'x'.repeat(4000)}…`]] });
    expect(JSON.stringify((await query('EXPLAIN SELECT * FROM orders WHERE id = $1', [3])).output)).toContain('Scan');
    expect(await at.connections.test({ id }, new AbortController().signal)).toMatchObject({ ok: true, message: expect.stringMatching(/^PostgreSQL \d+.* answers; the user can see 1 tables\.$/) as string });
    expect([at.questions, at.told.some(({ action, outcome }) => action === 'host_reached' && outcome === 'done')]).toEqual([[], true]);
  });

  it.each([
    'DELETE FROM orders', "INSERT INTO orders (id) VALUES (9999) RETURNING id", 'WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone', 'SELECT sneak()', 'DROP TABLE orders', "COPY orders TO '/tmp/troupe-copy'", "COPY (SELECT 1) TO PROGRAM 'true'", 'COMMIT', 'SET TRANSACTION READ WRITE',
    "SELECT set_config('transaction_read_only', 'off', true), sneak()", 'DO $$ BEGIN DELETE FROM orders; END $$', 'EXPLAIN ANALYZE DELETE FROM orders', 'SELECT 1; DELETE FROM orders', 'EXPLAIN SELECT 1; DELETE FROM orders', 'NOTIFY other', 'nonsense',
  ])('changes nothing, also for a user who may do anything: %s', async (sql) => {
    await give({ user: 'boss' }, server.password);
    expect((await query(sql)).error).toMatchObject({ code: 'tools/failed' });
    expect(await count()).toBe('900');
    expect(at.connections.circuits.list()).toEqual([]);
  });

  it('changes what it is asked to when the connection says so, after asking, whole or not at all', async () => {
    await give();
    expect(await at.toolsOf('builtin.postgres_change')).toEqual([]);
    await at.clear();
    const { id } = await give({ access: 'write' });
    const change = (sql: string, parameters: unknown[] = []) => at.use('builtin.postgres_change', { sql, parameters });
    expect((await change('INSERT INTO orders (id, customer) VALUES ($1, $2), (1002, NULL) RETURNING id', [1001, 'Hedy'])).output).toEqual({ command: 'INSERT', changed: 2, columns: ['id'], rows: [[1001], [1002]], cut: false });
    expect(at.questions.map(({ toolId }) => toolId)).toEqual([`builtin.postgres_change@${id}`]);
    expect((await change("INSERT INTO orders (id) VALUES (1003), (1)")).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('orders_pkey') as string });
    expect(await count()).toBe('902');
    expect((await change('DELETE FROM orders WHERE id > 1000')).output).toMatchObject({ changed: 2 });
    expect((await change('DELETE FROM orders; DELETE FROM orders')).error).toMatchObject({ code: 'tools/failed' });
    expect((await change('DROP TABLE orders')).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('owner') as string });
    expect(await count()).toBe('900');
  });

  it('ends on the server too when the run ends, in the middle of a query', async () => {
    await give();
    const stop = new AbortController();
    const asleep = async (): Promise<number> => Number((await server.boss.query<{ n: string }>("SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).rows[0]?.n);
    const endless = query('SELECT pg_sleep(600)', [], stop.signal);
    await until('it runs', async () => (await asleep()) === 1);
    stop.abort(new Error('stopped'));
    await expect(endless).rejects.toThrow('stopped');
    await until('it ended', async () => (await asleep()) === 0);
  });

  it('takes no row that fills the memory', async () => {
    await give();
    expect((await query("SELECT repeat('x', 50000000)")).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('more than 8 MiB') as string });
    expect((await query('SELECT 1 AS one')).output).toMatchObject({ rows: [[1]] });
  });

  it('goes encrypted to a server whose certificate is trusted, and to no other', async () => {
    const { id } = await give({ security: 'tls', authority: server.certificate.replaceAll('\n', ' ') });
    expect((await query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).output).toMatchObject({ rows: [[true]] });
    await at.connections.configure({ id, set: {}, reset: ['authority', 'security'], secrets: { password: READER } });
    expect((await query('SELECT 1')).error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining('encrypted connection that can be trusted') as string });
  });

  it.each([[{}, 'wrong-password-77', 'did not take the user and password'], [{ database: 'nowhere' }, READER, 'has no such database'], [{ user: 'nobody' }, READER, 'did not take']])('says what is wrong with %j', async (set, password, words) => {
    await give(set, password);
    const { error } = await query('SELECT 1');
    expect(error).toMatchObject({ code: 'tools/failed', message: expect.stringContaining(words) as string });
    expect(error?.message).not.toContain(password);
  });

  it('signs in with nothing of the environment', async () => {
    await at.add('postgres', 'Shop', { set: { ...shop, port: server.port } });
    process.env['PGPASSWORD'] = READER;
    try { expect((await query('SELECT 1')).error).toMatchObject({ code: 'tools/failed' }); } finally { delete process.env['PGPASSWORD']; }
  });
});

describe('A9 a PostgreSQL that is not there', () => {
  it('counts as a host that fails, and is left alone after five of them', async () => {
    const silent: Server = createServer((socket: Socket) => { socket.destroy(); });
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const { port } = silent.address() as AddressInfo;
    await at.add('postgres', 'Shop', { set: { ...shop, port }, secrets: { password: READER } });
    for (let time = 0; time < 5; time += 1) expect((await query('SELECT 1')).error).toMatchObject({ code: 'core/unreachable' });
    expect((await query('SELECT 1')).error).toMatchObject({ code: 'tools/unavailable' });
    await new Promise((resolve) => { silent.close(resolve); });
  });

  it('ends with the run when it is silent', async () => {
    const sockets: Socket[] = [];
    const stop = new AbortController();
    const silent: Server = createServer((socket: Socket) => { sockets.push(socket); socket.on('error', () => undefined); stop.abort(new Error('stopped')); });
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    await at.add('postgres', 'Shop', { set: { ...shop, port: (silent.address() as AddressInfo).port }, secrets: { password: READER } });
    await expect(query('SELECT 1', [], stop.signal)).rejects.toThrow('stopped');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { silent.close(resolve); });
  });

  it.each([{ host: 'postgres://db.example.com' }, { port: 0 }, { security: 'maybe' }, { authority: 'my certificate' }, { access: 'all' }])('refuses a connection with %j', async (set) => {
    await expect(at.add('postgres', 'Shop', { set: { ...shop, ...set } })).rejects.toMatchObject({ code: 'core/bad-input' });
  });
});
