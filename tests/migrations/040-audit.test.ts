import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

const ROW = "INSERT INTO audit VALUES (1, 1, 'person', 'cli', 'plugin_installed', 'dev.troupe.a', 'dev.troupe.a', 'done', '{}', '00', 'ab')";

describe('migration 040 audit', () => {
  it('X14 keeps every row of schema 30 and begins with an empty list', () => {
    const before = home.open(stepsUpTo(30));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(40));
    expect(opened.migrated).toEqual([40]);
    const zero = '0'.repeat(64);
    expect(everyRow(connection)).toEqual({ ...rows, audit: [], audit_state: [{ id: 1, anchor_seq: 0, anchor_hash: zero, head_seq: 0, head_hash: zero }], plugin_calls: [] });
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    connection.close();
  });

  it('X14 lets nobody change a row, and only retention take one', () => {
    const { connection } = home.open(stepsUpTo(40));
    connection.exec(ROW);
    expect(() => connection.exec("UPDATE audit SET subject = 'x'")).toThrow(/never changes/);
    expect(() => connection.exec('DELETE FROM audit')).toThrow(/Only retention/);
    connection.exec('UPDATE audit_state SET anchor_seq = 1');
    connection.exec('DELETE FROM audit');
    expect(() => connection.exec(ROW.replace("'person'", "'ghost'"))).toThrow(/constraint failed/);
    connection.close();
  });

  it('lets the release before work on it', () => {
    const newer = home.open(stepsUpTo(40));
    fillSchema10(newer.connection);
    newer.connection.exec(ROW);
    newer.connection.close();
    const older = home.open(stepsUpTo(30));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("DELETE FROM installations WHERE plugin_id = 'dev.troupe.a'");
    expect(everyRow(older.connection)['audit']).toHaveLength(1);
    older.connection.close();
  });
});
