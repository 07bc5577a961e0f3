import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

describe('migration 030 update-policy', () => {
  it('keeps every row of schema 20: what is installed follows the setting, on the stable channel', () => {
    const before = home.open(stepsUpTo(20));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(30));
    expect(opened.migrated).toEqual([30]);
    expect(everyRow(connection)).toEqual({ ...rows, installations: [{ ...rows['installations']?.[0] as object, auto_update: null, channel: 'stable', folder: null }] });
    expect(() => connection.exec("UPDATE installations SET auto_update = 'always'")).toThrow(/constraint failed/);
    expect(() => connection.exec("UPDATE installations SET channel = 'nightly'")).toThrow(/constraint failed/);
    connection.close();
  });

  it('lets the release before install on it', () => {
    const newer = home.open(stepsUpTo(30));
    fillSchema10(newer.connection);
    newer.connection.close();
    const older = home.open(stepsUpTo(20));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("INSERT INTO installations (plugin_id, version, sha512, size, registry, publisher_id, publisher_key, manifest, installed_at, updated_at) VALUES ('dev.troupe.z', '1.0.0', 'cd', 10, 'embedded', 'troupe', 'k', '{}', 1, 1)");
    older.connection.close();
  });
});
