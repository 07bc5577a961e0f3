import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openConnected, type Connected } from './connected.ts';

let at: Connected;
let folder: string;
beforeAll(async () => {
  at = await openConnected();
  folder = await mkdtemp(path.join(tmpdir(), 'troupe-sqlite-'));
  const db = new DatabaseSync(path.join(folder, 'shop.db'));
  db.exec("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, cents INTEGER, scan BLOB); INSERT INTO orders VALUES (1, 'Ada', 1250, x'00ff'), (2, 'Grace', 9007199254740993, NULL)");
  db.exec('WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 900) INSERT INTO orders SELECT i, \'many\', i, NULL FROM n');
  db.close();
});
afterEach(() => at.clear());
afterAll(async () => { await at.close(); await rm(folder, { recursive: true, force: true }); });
const give = (file = 'shop.db') => at.add('sqlite', 'Shop', { set: { file } }, folder);

describe('A9 queries on a SQLite file', () => {
  it('reads rows, with values bound and numbers that stay exact', async () => {
    const { id } = await give();
    expect((await at.use('builtin.sqlite_query', { sql: 'SELECT customer, cents, scan FROM orders WHERE id <= ? ORDER BY id', parameters: [2] })).output).toEqual({ columns: ['customer', 'cents', 'scan'], rows: [['Ada', 1250, '[2 bytes]'], ['Grace', '9007199254740993', null]], cut: false });
    expect((await at.use('builtin.sqlite_query', { sql: 'SELECT id FROM orders' })).output).toMatchObject({ cut: true, rows: expect.objectContaining({ length: 500 }) as object });
    expect(await at.connections.test({ id }, new AbortController().signal)).toMatchObject({ ok: true, message: 'The database opens, with 1 tables.' });
    expect(at.questions).toEqual([]);
  });

  it.each([
    'DELETE FROM orders', "INSERT INTO orders VALUES (9999, 'x', 1, NULL)", 'DROP TABLE orders', "ATTACH DATABASE '/tmp/other.db' AS other", "VACUUM INTO '/tmp/copy.db'", 'PRAGMA query_only = 0', 'PRAGMA writable_schema = 1', "SELECT load_extension('/tmp/x.so')", 'CREATE TEMP TABLE t (a)', 'BEGIN', 'nonsense',
  ])('refuses %s', async (sql) => {
    await give();
    const before = await readFile(path.join(folder, 'shop.db'));
    expect((await at.use('builtin.sqlite_query', { sql })).error).toMatchObject({ code: 'tools/failed' });
    expect((await readFile(path.join(folder, 'shop.db'))).equals(before)).toBe(true);
  });

  it('is ended with the run, in the middle of a query that has no end', async () => {
    await give();
    const stop = new AbortController();
    const endless = at.use('builtin.sqlite_query', { sql: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n' }, stop.signal);
    setTimeout(() => { stop.abort(new Error('stopped')); }, 300);
    await expect(endless).rejects.toThrow('stopped');
  });

  it.each(['../shop.db', '/etc/passwd', 'none.db'])('does not open %s', async (file) => {
    await give(file);
    expect((await at.use('builtin.sqlite_query', { sql: 'SELECT 1' })).error).not.toBeNull();
  });
});
