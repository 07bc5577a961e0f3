import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../main/core/base/store/connect.ts';
import { MIGRATIONS } from '../../main/core/base/store/migrations/index.ts';
import type { Migration } from '../../main/core/base/store/migrations/migration.ts';
import { everyRow, fillSchema10, migrationHome, stepsUpTo, type MigrationHome } from './rows.ts';

let home: MigrationHome | undefined;
afterEach(() => { home?.remove(); home = undefined; });
const fresh = (key?: string): MigrationHome => { home = migrationHome(key); return home; };

/** A step of a release to come: it adds, and the release before goes on working. */
const next: Migration = {
  version: 20, name: 'next', opensWith: 10,
  apply(db) { db.script('ALTER TABLE hires ADD COLUMN mood TEXT; CREATE TABLE added (id TEXT PRIMARY KEY) STRICT;'); },
};
const breaking: Migration = { ...next, name: 'breaking', opensWith: 20 };
const failing: Migration = { ...next, name: 'failing', apply(db) { next.apply(db); db.run("INSERT INTO hires (id) VALUES ('incomplete')"); } };

describe('migrations', () => {
  it('are numbered in tens, named like their files, and each has its test', () => {
    const expected = MIGRATIONS.map((step) => `${String(step.version).padStart(3, '0')}-${step.name}`);
    // A number may still be missing: several steps are written at a time, each under its own.
    expect(MIGRATIONS.filter(({ version }, index) => version % 10 !== 0 || version <= (MIGRATIONS[index - 1]?.version ?? 0))).toEqual([]);
    const files = (folder: string, ending: string): string[] => readdirSync(folder).filter((name) => /^\d{3}-/.test(name) && name.endsWith(ending)).map((name) => name.slice(0, -ending.length)).sort();
    expect(files(path.join(import.meta.dirname, '../../main/core/base/store/migrations'), '.ts')).toEqual(expected);
    expect(files(import.meta.dirname, '.test.ts')).toEqual(expected);
  });

  it('only add: the release before opens the newest database and finds its rows', () => {
    const { open } = fresh();
    open(MIGRATIONS).connection.close();
    const before = MIGRATIONS.slice(0, -1);
    if (before.length === 0) return;
    const { connection } = open(before);
    connection.close();
  });

  for (const key of [undefined, randomBytes(32).toString('hex')]) {
    it(`keep every row and make a checked copy first (${key ? 'encrypted' : 'plain'})`, () => {
      const { open, copyTo } = fresh(key);
      const first = open(stepsUpTo(10));
      fillSchema10(first.connection);
      const rows = everyRow(first.connection);
      first.connection.close();

      const second = open([...stepsUpTo(10), next]);
      expect(second.opened).toEqual({ migrated: [20], rebuilt: false, copy: copyTo });
      expect(everyRow(second.connection)).toMatchObject({ ...rows, hires: [{ id: 'h', mood: null }], added: [] });
      second.connection.close();
      const copy = connect({ file: copyTo, key, readonly: true });
      expect(everyRow(copy)).toEqual(rows);
      expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
      copy.close();

      // The release before works on the newer database: nothing to apply, its rows are there, it may write.
      const back = open(stepsUpTo(10));
      expect(back.opened.migrated).toEqual([]);
      back.connection.exec("INSERT INTO hires (id, name, plugin_id, agent_id, created_at, updated_at) VALUES ('h2', 'Bob', 'p', 'a', 1, 1)");
      back.connection.close();
      const again = open([...stepsUpTo(10), next]);
      expect(again.opened.migrated).toEqual([]);
      again.connection.close();
    });
  }

  it('refuse a database whose min_app row names a newer schema, and leave it alone', () => {
    const { open } = fresh();
    open([...stepsUpTo(10), breaking]).connection.close();
    expect(() => open(stepsUpTo(10))).toThrow(expect.objectContaining({ code: 'store/newer', details: { needed: 20, known: 10 } }));
    const { connection, opened } = open([...stepsUpTo(10), breaking]);
    expect(opened.migrated).toEqual([]);
    connection.close();
  });

  it('never lower min_app when a step is put in between', () => {
    const { open } = fresh();
    open([...stepsUpTo(10), breaking]).connection.close();
    const between: Migration = { version: 15, name: 'between', opensWith: 10, apply(db) { db.script('CREATE TABLE between_two (id TEXT) STRICT'); } };
    const { connection, opened } = open([...stepsUpTo(10), between, breaking]);
    expect(opened.migrated).toEqual([15]);
    expect(connection.prepare("SELECT value FROM meta WHERE key = 'min_app'").pluck().get()).toBe('20');
    connection.close();
  });

  it('happen whole or not at all', () => {
    const { open, copyTo } = fresh();
    const first = open(stepsUpTo(10));
    fillSchema10(first.connection);
    const rows = everyRow(first.connection);
    first.connection.close();
    expect(() => open([...stepsUpTo(10), failing])).toThrow(/NOT NULL constraint/);
    expect(existsSync(copyTo)).toBe(true);
    const after = open(stepsUpTo(10));
    expect(everyRow(after.connection)).toEqual(rows);
    expect(after.connection.prepare('SELECT max(version) FROM migrations').pluck().get()).toBe(10);
    after.connection.close();
  });

  it('do not begin on a damaged database: the copy fails its check first', () => {
    const { open, copyTo } = fresh();
    const first = open(stepsUpTo(10));
    first.connection.pragma('foreign_keys=OFF');
    first.connection.exec("INSERT INTO messages VALUES ('orphan', 'no conversation', NULL, 1, 'user', '[]', 1, 'done')");
    first.connection.close();
    expect(() => open([...stepsUpTo(10), next])).toThrow(expect.objectContaining({ code: 'store/corrupt' }));
    expect(existsSync(copyTo)).toBe(false);
    const after = open(stepsUpTo(10));
    expect(after.opened.migrated).toEqual([]);
    after.connection.close();
  });
});
