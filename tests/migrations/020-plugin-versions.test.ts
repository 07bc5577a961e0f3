import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

const PREVIOUS = "INSERT INTO previous_installations VALUES ('dev.troupe.a', 'o', '0.9.0', 'cd', 9, 'embedded', 'troupe', 'k', '{}', '{\"tone\":\"short\"}', 0, '[]', '[]', 1)";

describe('migration 020 plugin-versions', () => {
  it('keeps every row of schema 10 and begins unpinned, with nothing to go back to', () => {
    const before = home.open(stepsUpTo(10));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(20));
    expect(opened.migrated).toEqual([20]);
    const { previous_installations: previous, ...after } = everyRow(connection);
    expect(previous).toEqual([]);
    expect(after).toEqual({ ...rows, installations: [{ ...rows['installations']?.[0] as object, pinned: null, disabled_by: null }] });
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    connection.exec(PREVIOUS);
    expect(() => connection.exec("UPDATE installations SET disabled_by = 'nobody'")).toThrow(/constraint failed/);
    expect(() => connection.exec(PREVIOUS.replace('dev.troupe.a', 'dev.troupe.none'))).toThrow(/constraint failed/);
    connection.close();
  });

  it('lets the release before work on it: it installs over a row and uninstalls, and what was kept goes along', () => {
    const newer = home.open(stepsUpTo(20));
    fillSchema10(newer.connection);
    newer.connection.exec(PREVIOUS);
    newer.connection.close();

    const older = home.open(stepsUpTo(10));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("UPDATE installations SET version = '1.1.0', sha512 = 'ef', status = 'disabled'");
    older.connection.exec("DELETE FROM installations WHERE plugin_id = 'dev.troupe.a'");
    expect(everyRow(older.connection)['previous_installations']).toEqual([]);
    older.connection.close();
  });
});
