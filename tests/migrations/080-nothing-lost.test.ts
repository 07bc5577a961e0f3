import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

describe('migration 080 nothing lost', () => {
  it('I7 X14 keeps every row of schema 70 and begins with nothing kept and nothing begun', () => {
    const before = home.open(stepsUpTo(70));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(80));
    expect(opened.migrated).toEqual([80]);
    expect(everyRow(connection)).toEqual({ ...rows, kept_configurations: [], begun_effects: [] });
    connection.close();
  });

  it('gives no number of a begun effect twice, and lets the release before work on it', () => {
    const newer = home.open(stepsUpTo(80));
    fillSchema10(newer.connection);
    const add = (): unknown => newer.connection.prepare("INSERT INTO begun_effects (note, at) VALUES ('{}', 1)").run().lastInsertRowid;
    expect(add()).toBe(1);
    newer.connection.exec('DELETE FROM begun_effects');
    expect(add()).toBe(2);
    newer.connection.close();
    const older = home.open(stepsUpTo(70));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("DELETE FROM installations WHERE plugin_id = 'dev.troupe.a'");
    older.connection.close();
  });
});
