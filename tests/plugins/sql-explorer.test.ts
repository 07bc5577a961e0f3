import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../contract/manifest/index.ts';
import { hintsOf } from '../../plugins/sql-explorer/src/explain.ts';
import { tableName, written } from '../../plugins/sql-explorer/src/names.ts';
import { openConnected, type Connected } from '../core/tools/connected.ts';
import { missingPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { pluginUnderTest, type Host, type PluginUnderTest } from './plugin-under-test.ts';
import { makeShop, SHOP } from './shop.ts';

let plugin: PluginUnderTest;
let at: Connected;
let folder: string;
beforeAll(async () => {
  [plugin, at, folder] = [await pluginUnderTest('sql-explorer'), await openConnected(), await mkdtemp(path.join(os.tmpdir(), 'troupe-shop-'))];
  makeShop(path.join(folder, 'shop.db'));
});
afterEach(() => at.clear());
afterAll(async () => { await plugin.stop(); await at.close(); await rm(folder, { recursive: true, force: true }); });

/** Troupe's own database tools, as an agent has them that was given these connections. */
const host: Host = {
  'tools.call': async ({ name, input }) => {
    const [tool = '', connection] = String(name).split('@');
    const found = (await at.toolsOf(tool)).find((one) => connection === undefined || one.connectionName === connection);
    const { output, error } = found ? await at.call(found, input as Record<string, unknown>) : { output: null, error: { code: 'permission/denied', message: `No connection for ${tool} was given to this agent.` } };
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
    return output;
  },
};
const call = (tool: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> => plugin.call(tool, input, host);
const giveFile = () => at.add('sqlite', 'Shop', { set: { file: 'shop.db' } }, folder);

describe('sql-explorer', () => {
  it('asks for the two database tools, and nothing else', () => {
    expect(permissionsOf(plugin.archive.manifest).map(({ key }) => key).sort()).toEqual(['tools:builtin.postgres_query', 'tools:builtin.sqlite_query']);
  });

  it('leads through a SQLite file', async () => {
    await giveFile();
    expect(await call('list_tables')).toEqual({ database: 'SQLite', truncated: false, tables: [{ table: 'customers', kind: 'table', columns: 3 }, { table: 'orders', kind: 'table', columns: 4 }, { table: 'totals', kind: 'view', columns: 2 }] });
    expect(await call('describe_table', { table: 'orders' })).toMatchObject({ rows: 4, refers_to: [{ column: 'customer_id', table: 'customers', other: 'id' }], columns: [{ name: 'id', type: 'INTEGER', key: true }, { name: 'customer_id', required: true, key: false }, { name: 'total', required: false }, { name: 'note' }] });
    expect(await call('sample_rows', { table: 'customers', limit: 4 })).toEqual({ rows: 4, markdown: '| id | name | country |\n| --- | --- | --- |\n| 1 | Ada Lovelace | PT |\n| 2 | Grace Hopper | US |\n| 3 | Hedy Lamarr | PT |\n| 4 | Bob \\| Tables |  |' });
    expect(await call('profile_column', { table: 'customers', column: 'Country' })).toEqual({ rows: 4, empty: 1, different: 2, lowest: 'PT', highest: 'US', frequent: [{ value: 'PT', count: 2, share: 50 }, { value: null, count: 1, share: 25 }, { value: 'US', count: 1, share: 25 }] });
    const { hints } = await call('explain_query', { sql: 'EXPLAIN QUERY PLAN SELECT * FROM orders WHERE customer_id = 1 ORDER BY total;' });
    expect(hints).toEqual([expect.stringContaining('Every row of orders is read') as string, expect.stringContaining('put in order') as string]);
    expect((await call('explain_query', { sql: 'SELECT * FROM orders WHERE id = 1' })).hints).toEqual([]);
  });

  it('says what is wrong, and what there is', async () => {
    await expect(call('list_tables')).rejects.toThrow(/No connection/u);
    await giveFile();
    await expect(call('describe_table', { table: 'order' })).rejects.toThrow(/There is no table "order"\. There are: customers, orders, totals\./u);
    await expect(call('profile_column', { table: 'orders', column: 'price' })).rejects.toThrow(/It has: id, customer_id, total, note\./u);
    await expect(call('explain_query', { sql: 'DELETE FROM orders' })).rejects.toThrow(/One SELECT was expected/u);
    await expect(call('list_tables', { connection: 'Stock' })).rejects.toThrow(/No connection/u);
    expect(await call('list_tables', { connection: 'Shop' })).toMatchObject({ database: 'SQLite' });
    await expect(call('describe_table', { table: 'orders"; DROP TABLE orders; --' })).rejects.toThrow(/no table|name of a table/u);
  });
});

describe.skipIf(missingPostgres !== undefined)(`sql-explorer with PostgreSQL${missingPostgres === undefined ? '' : ` (${missingPostgres})`}`, () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
    await server.boss.query(`${SHOP} CREATE SCHEMA stock; CREATE TABLE stock.parts (id int PRIMARY KEY, more jsonb); INSERT INTO stock.parts VALUES (1, '{"a": 1}'), (2, '{"a": 1}');`);
  }, 120_000);
  afterAll(() => server.stop());

  it('leads through it in the same way', async () => {
    await at.add('postgres', 'Server', { set: { host: '127.0.0.1', port: server.port, database: 'postgres', user: 'boss', security: 'none' }, secrets: { password: server.password } });
    expect(await call('list_tables')).toMatchObject({ database: 'PostgreSQL', tables: [{ table: 'customers', kind: 'table', columns: 3 }, { table: 'orders' }, { table: 'stock.parts', columns: 2 }, { table: 'totals', kind: 'view' }] });
    expect(await call('describe_table', { table: 'orders' })).toMatchObject({ rows: 4, refers_to: [{ column: 'customer_id', table: 'customers', other: 'id' }], columns: [{ name: 'id', type: 'integer', required: true, key: true }, { name: 'customer_id', required: true, key: false }, { name: 'total', type: 'numeric', required: false }, { name: 'note', type: 'text' }] });
    expect(await call('sample_rows', { table: 'stock.parts', limit: 1 })).toMatchObject({ markdown: '| id | more |\n| --- | --- |\n| 1 | {"a": 1} |' });
    expect(await call('profile_column', { table: 'customers', column: 'country' })).toMatchObject({ rows: 4, empty: 1, different: 2, lowest: 'PT', highest: 'US' });
    expect(await call('profile_column', { table: 'stock.parts', column: 'more' })).toMatchObject({ different: 1, frequent: [{ count: 2, share: 100 }] });
    expect((await call('explain_query', { sql: "SELECT * FROM orders WHERE note = 'first'" })).hints).toEqual([expect.stringContaining('Every row of orders is read') as string]);
    await expect(call('describe_table', { table: 'order' })).rejects.toThrow(/There is no table/u);
    await giveFile();
    await expect(call('list_tables')).rejects.toThrow(/Say which one is meant/u);
    expect(await call('list_tables', { connection: 'Server' })).toMatchObject({ database: 'PostgreSQL' });
  });
});

describe('names and plans', () => {
  it.each([['orders', '"orders"'], ['sales.orders', '"sales"."orders"'], ['"odd ""name"""', '"odd ""name"""'], ['`ticked`', '"ticked"'], [' "My Schema"."My Table" ', '"My Schema"."My Table"']])('%s is written %s', (name, sql) => { expect(written(tableName(name))).toBe(sql); });
  it('is never more than one name, whatever was asked for', () => {
    fc.assert(fc.property(fc.string(), (name) => {
      let sql: string;
      try { sql = written(tableName(name)); } catch { return; } // no name
      expect(sql).toMatch(/^"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")?$/u);
    }));
  });
  it('tells a plan in words', () => {
    expect(hintsOf('SQLite', ['SCAN orders', 'SEARCH customers USING INTEGER PRIMARY KEY (rowid=?)'])).toHaveLength(1);
    expect(hintsOf('SQLite', ['SCAN orders USING COVERING INDEX total'])).toEqual([]);
    expect(hintsOf('PostgreSQL', ['Sort  (cost=1)', '  ->  Seq Scan on orders  (cost=0)'])).toHaveLength(2);
  });
});
