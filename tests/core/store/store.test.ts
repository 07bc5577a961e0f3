import { randomBytes } from 'node:crypto';
import { mkdtemp, open as openFile, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../main/core/base/store/connect.ts';
import { brokeConstraint, openCatalogStore, openStore, type SlowCall } from '../../../main/core/base/store/index.ts';
import { mainQueries, mainQueryDomains } from '../../../main/core/base/store/queries/index.ts';
import { mainTransactionDomains, mainTransactions } from '../../../main/core/base/store/transactions/index.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';

// Each opening starts threads from their source, which takes seconds where others keep the processors busy.
vi.setConfig({ testTimeout: 60_000 });

let open: TestStore | undefined;
let folder: string | undefined;
afterEach(async () => {
  await open?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
  open = undefined;
  folder = undefined;
});

async function fresh(options: Parameters<typeof openTestStore>[0] = {}): Promise<TestStore> {
  open = await openTestStore(options);
  return open;
}
async function temporary(): Promise<string> {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-store-'));
  return folder;
}
const put = (key: string, value: unknown): { values: Record<string, string>; at: number } => ({ values: { [key]: JSON.stringify(value) }, at: 1 });

describe('reads and writes', () => {
  it('answer by name, and a read sees every write that was answered before', async () => {
    const { store } = await fresh();
    for (let index = 0; index < 20; index += 1) {
      await store.write('putSettings', put('counter', index), { durable: index % 2 === 0 });
      expect(await store.read('storedSettings', {})).toEqual([{ key: 'counter', value: String(index) }]);
    }
  });

  it('give a random mixture of concurrent writes the result of the same writes one after another', async () => {
    const { store } = await fresh();
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), key: fc.constantFrom('a', 'b', 'c'), value: fc.integer() }),
      fc.record({ kind: fc.constant('drop' as const), key: fc.constantFrom('a', 'b', 'c') }),
      // Not JSON: the second row breaks a constraint, and the first must go with it.
      fc.record({ kind: fc.constant('break' as const), key: fc.constantFrom('a', 'b', 'c') }),
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.infiniteStream(fc.boolean()), async (steps, pause) => {
      const expected = new Map<string, string>();
      await store.write('dropSettings', { keys: ['a', 'b', 'c'] }, { durable: false });
      const results: Promise<unknown>[] = [];
      for (const one of steps) {
        if (one.kind === 'put') { expected.set(one.key, String(one.value)); results.push(store.write('putSettings', put(one.key, one.value), { durable: false })); }
        if (one.kind === 'drop') { expected.delete(one.key); results.push(store.write('dropSettings', { keys: [one.key] }, { durable: false })); }
        if (one.kind === 'break') results.push(expect(store.write('putSettings', { values: { [one.key]: '1', z: '{' }, at: 1 }, { durable: false })).rejects.toMatchObject({ code: 'core/internal', details: { sqlite: 'SQLITE_CONSTRAINT_CHECK' } }));
        if (pause.next().value) await new Promise((resolve) => { setImmediate(resolve); });
      }
      await Promise.all(results);
      expect(new Map((await store.read('storedSettings', {})).map((row) => [row.key, row.value]))).toEqual(expected);
    }), { numRuns: 60 });
  });

  it('go on reading while the writer waits for 2 seconds, and the write is not lost', async () => {
    const { store, home } = await fresh();
    await store.write('putSettings', put('a', 1));
    const blocker = connect({ file: home.database, readonly: false });
    blocker.exec('BEGIN IMMEDIATE');
    let written = false;
    const write = store.write('putSettings', put('a', 2)).then(() => { written = true; });
    const until = performance.now() + 2_000;
    let reads = 0;
    let slowest = 0;
    while (performance.now() < until) {
      const started = performance.now();
      expect(await store.read('storedSettings', {})).toEqual([{ key: 'a', value: '1' }]);
      slowest = Math.max(slowest, performance.now() - started);
      reads += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(written).toBe(false);
    expect(reads).toBeGreaterThan(40);
    expect(slowest).toBeLessThan(250);
    blocker.exec('ROLLBACK');
    blocker.close();
    await write;
    expect(await store.read('storedSettings', {})).toEqual([{ key: 'a', value: '2' }]);
  });

  it('name in `onSlow` what took longer than 40 ms', async () => {
    const root = await temporary();
    const slow: SlowCall[] = [];
    const file = path.join(root, 'troupe.db');
    const store = await openStore({ file, onSlow: (one) => { slow.push(one); } });
    await store.write('putSettings', put('a', 1));
    slow.length = 0;
    const blocker = connect({ file, readonly: false });
    blocker.exec('BEGIN IMMEDIATE');
    const write = store.write('putSettings', put('secret', 'never logged'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    blocker.exec('ROLLBACK');
    blocker.close();
    await write;
    await store.stop();
    expect(slow.map((one) => one.name)).toContain('commit');
    expect(slow.find((one) => one.name === 'commit')?.milliseconds).toBeGreaterThan(40);
    expect(JSON.stringify(slow)).not.toContain('never logged');
  });

  it('finish what waits when the store stops, and are refused after it', async () => {
    const test = await fresh();
    const writes = Array.from({ length: 50 }, (_, index) => test.store.write('putSettings', put(`key${index}`, index)));
    await Promise.all([test.store.stop(), test.store.stop()]);
    await Promise.all(writes);
    await expect(test.store.write('putSettings', put('late', 1))).rejects.toMatchObject({ code: 'core/stopping' });
    await expect(test.store.read('storedSettings', {})).rejects.toMatchObject({ code: 'core/stopping' });
    const again = await openStore({ file: test.home.database });
    expect(await again.read('storedSettings', {})).toHaveLength(50);
    await again.stop();
  });

  it('say which constraint was broken, so that a domain can name it', async () => {
    const { store } = await fresh();
    const error: unknown = await store.write('putSettings', { values: { a: '{' }, at: 1 }).catch((reason: unknown) => reason);
    expect(brokeConstraint(error, 'CHECK')).toBe(true);
    expect(brokeConstraint(error, 'UNIQUE')).toBe(false);
    expect(brokeConstraint(new Error('other'), 'CHECK')).toBe(false);
  });

  it('refuse a name that nobody wrote', async () => {
    const { store } = await fresh();
    await expect(store.read('toString' as never, {} as never)).rejects.toMatchObject({ code: 'core/internal' });
    await expect(store.write('nothing' as never, {} as never)).rejects.toMatchObject({ code: 'core/internal' });
  });

  it('have names that stand once among all domains', () => {
    const count = (domains: readonly object[]): number => domains.reduce((sum, domain) => sum + Object.keys(domain).length, 0);
    expect(count(mainQueryDomains)).toBe(Object.keys(mainQueries).length);
    expect(count(mainTransactionDomains)).toBe(Object.keys(mainTransactions).length);
  });
});

describe('a write with a request id', () => {
  const request = { id: 'request-0001', procedure: 'settings.change' };

  it('happens once: a repeat, even at the same moment, gets the first answer', async () => {
    const { store } = await fresh();
    const [first, same] = await Promise.all([store.write('putSettings', put('a', 1), { request }), store.write('putSettings', put('a', 2), { request })]);
    expect(first).toEqual([{ key: 'a', value: '1' }]);
    expect(same).toEqual(first);
    await store.write('dropSettings', { keys: ['a'] });
    expect(await store.write('putSettings', put('a', 3), { request })).toEqual(first);
    expect(await store.read('storedSettings', {})).toEqual([]);
  });

  it('keeps no answer of a write that failed', async () => {
    const { store } = await fresh();
    await expect(store.write('putSettings', { values: { a: '{' }, at: 1 }, { request })).rejects.toMatchObject({ code: 'core/internal' });
    expect(await store.write('putSettings', put('a', 1), { request })).toEqual([{ key: 'a', value: '1' }]);
  });

  it('is refused when the id served another procedure, and forgotten after a week', async () => {
    const { store } = await fresh();
    await store.write('dropSettings', { keys: [] }, { request });
    await expect(store.write('putSettings', put('a', 1), { request: { ...request, procedure: 'team.hire' } })).rejects.toMatchObject({ code: 'core/bad-input' });
    const week = 7 * 24 * 60 * 60 * 1000;
    await store.write('forgetOldRequests', { now: Date.now() + week - 60_000 });
    expect(await store.write('putSettings', put('a', 1), { request })).toEqual([]);
    await store.write('forgetOldRequests', { now: Date.now() + week + 60_000 });
    expect(await store.write('putSettings', put('a', 1), { request })).toEqual([{ key: 'a', value: '1' }]);
  });
});

describe('an encrypted database', () => {
  it('shows no word of its content on the disk and opens with its key alone', async () => {
    const root = await temporary();
    const file = path.join(root, 'troupe.db');
    const key = randomBytes(32);
    const store = await openStore({ file, key });
    await store.write('putSettings', put('a', 'unmistakable words'));
    const whileOpen = Buffer.concat([await readFile(file), await readFile(`${file}-wal`)]);
    await store.stop();
    for (const bytes of [whileOpen, await readFile(file)]) {
      expect(bytes.length).toBeGreaterThan(4096);
      for (const word of ['unmistakable', 'SQLite format', 'CREATE TABLE']) expect(bytes.includes(word)).toBe(false);
    }
    await expect(openStore({ file, key: randomBytes(32) })).rejects.toMatchObject({ code: 'store/corrupt' });
    await expect(openStore({ file })).rejects.toMatchObject({ code: 'store/corrupt' });
    const again = await openStore({ file, key });
    expect(await again.read('storedSettings', {})).toEqual([{ key: 'a', value: '"unmistakable words"' }]);
    await again.stop();
  });
});

describe('a damaged database', () => {
  it('is refused as damaged, whether its head or its pages are', async () => {
    const root = await temporary();
    const file = path.join(root, 'troupe.db');
    await writeFile(file, randomBytes(8192));
    await expect(openStore({ file })).rejects.toMatchObject({ code: 'store/corrupt' });
    await rm(file);
    await (await openStore({ file })).stop();
    const handle = await openFile(file, 'r+');
    await handle.write(Buffer.alloc(4096 - 100, 0xa5), 0, 4096 - 100, 100);
    await handle.close();
    await expect(openStore({ file })).rejects.toMatchObject({ code: 'store/corrupt' });
  });
});

describe('catalog.db', () => {
  it('is made anew when its schema number differs or it is damaged, and kept otherwise', async () => {
    const root = await temporary();
    const file = path.join(root, 'catalog.db');
    const reopen = async (): Promise<boolean> => {
      const catalog = await openCatalogStore({ file });
      await catalog.stop();
      return catalog.opened.rebuilt;
    };
    expect(await reopen()).toBe(false);
    expect(await reopen()).toBe(false);
    const other = connect({ file, readonly: false });
    other.pragma('user_version=9999');
    other.exec('CREATE TABLE of_another_release (a)');
    other.close();
    expect(await reopen()).toBe(true);
    expect(await reopen()).toBe(false);
    await writeFile(file, 'no database at all, and long enough to be taken for one');
    expect(await reopen()).toBe(true);
    expect((await readFile(file)).includes('of_another_release')).toBe(false);
  });

  it('does not pretend to remember requests', async () => {
    const { catalog } = await fresh({ catalog: true });
    await expect(catalog?.write('anything' as never, {} as never, { request: { id: 'request-0001', procedure: 'x' } })).rejects.toMatchObject({ code: 'core/internal' });
  });
});
