import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../main/core/base/store/connect.ts';
import { handlesOf, type TransactionTable, type Writer } from '../../../main/core/base/store/handles.ts';
import { commitGroup, type Call } from '../../../main/core/base/store/write-group.ts';

const table = {
  add: (db: Writer, input: { n: number; size?: number }): number => {
    db.run('INSERT INTO numbers (n, filler) VALUES (@n, zeroblob(@size))', { n: input.n, size: input.size ?? 0 });
    if (input.n < 0) throw new Error('negative');
    return input.n;
  },
  later: async (db: Writer, input: { n: number }): Promise<void> => { db.run('INSERT INTO numbers (n) VALUES (@n)', input); },
} satisfies TransactionTable;

let folder: string;
let connection: ReturnType<typeof connect>;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-group-'));
  connection = connect({ file: path.join(folder, 'a.db'), readonly: false });
  connection.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB) STRICT');
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

let next = 0;
const call = (name: keyof typeof table, input: unknown, durable = true): Call => ({ kind: 'call', id: next++, name, input, durable });
const commit = (calls: Call[]): ReturnType<typeof commitGroup> => commitGroup({ connection, writer: handlesOf(connection).writer, table, now: () => 1, timed: () => undefined }, calls);
const stored = (): unknown[] => connection.prepare('SELECT n FROM numbers ORDER BY n').pluck().all();

describe('a group of writes', () => {
  it('is one commit, in which a failing one takes back its own changes only', () => {
    const exec = vi.spyOn(connection, 'exec');
    const settled = commit([call('add', { n: 1 }), call('add', { n: -2 }), call('add', { n: 3 }), call('add', { n: 1 }), call('later', { n: 5 })]);
    expect(exec.mock.calls.filter(([sql]) => sql === 'COMMIT')).toHaveLength(1);
    expect(settled.map((one) => ('error' in one ? one.error.wire.details : one.value))).toEqual([1, { name: 'add' }, 3, { sqlite: 'SQLITE_CONSTRAINT_PRIMARYKEY', name: 'add' }, {}]);
    expect(stored()).toEqual([1, 3]);
  });

  it('is flushed to the disk when one of them is durable', () => {
    commit([call('add', { n: 1 }, false)]);
    expect(connection.pragma('synchronous', { simple: true })).toBe(1);
    commit([call('add', { n: 2 }, false), call('add', { n: 3 }, true)]);
    expect(connection.pragma('synchronous', { simple: true })).toBe(2);
  });

  it('fails store/full for the one that does not fit, and keeps the others', () => {
    connection.pragma('max_page_count=20');
    const settled = commit([call('add', { n: 1 }), call('add', { n: 2, size: 1_000_000 }), call('add', { n: 3 })]);
    expect(settled.map((one) => ('error' in one ? one.error.wire.code : one.value))).toEqual([1, 'store/full', 3]);
    expect(stored()).toEqual([1, 3]);
    expect(connection.inTransaction).toBe(false);
  });
});

describe('handles', () => {
  it('a reader cannot write: it has no way to, and its connection refuses', () => {
    const reading = connect({ file: path.join(folder, 'a.db'), readonly: true });
    const { reader, writer } = handlesOf(reading);
    expect('run' in reader || 'script' in reader).toBe(false);
    // @ts-expect-error a Reader is no Writer
    const wrong: Writer = reader;
    expect(wrong).toBe(reader);
    for (const attempt of [() => writer.run('INSERT INTO numbers (n) VALUES (1)'), () => reader.get('DELETE FROM numbers RETURNING n'), () => { writer.script('DROP TABLE numbers'); }]) expect(attempt).toThrow(/readonly/);
    reading.close();
  });

  it('bind what SQLite does not know, and each statement is prepared once', () => {
    const { writer } = handlesOf(connection);
    const prepare = vi.spyOn(connection, 'prepare');
    for (const n of [1, 2, 3]) writer.run('INSERT INTO numbers (n, filler) VALUES (@n, @filler)', { n, filler: undefined });
    expect(prepare).toHaveBeenCalledTimes(1);
    expect(writer.get('SELECT @yes AS yes, @no AS no', { yes: true, no: undefined })).toEqual({ yes: 1, no: null });
    expect([...writer.each<{ n: number }>('SELECT n FROM numbers')].map((row) => row.n)).toEqual([1, 2, 3]);
    for (let index = 0; index < 300; index += 1) expect(writer.get(`SELECT ${index} AS n`)).toEqual({ n: index });
  });

  it('the key must be 64 hexadecimal digits', () => {
    expect(() => connect({ file: path.join(folder, 'b.db'), key: `x'; ATTACH 'y`, readonly: false })).toThrow(TypeError);
  });
});
