import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, migrationHome, stepsUpTo, type MigrationHome } from './rows.ts';

let home: MigrationHome;
beforeEach(() => { home = migrationHome(); });
afterEach(() => { home.remove(); });

describe('migration 100 tool connections', () => {
  it('A9 keeps every row of the schema before and begins without connections', () => {
    const before = home.open(stepsUpTo(90));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(100));
    expect(opened.migrated).toEqual([100]);
    expect(everyRow(connection)).toEqual({ ...rows, tool_connections: [], tool_grants: [] });
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    connection.close();
  });

  it('takes the grants of a connection along, and lets the release before work on it', () => {
    const newer = home.open(stepsUpTo(100));
    newer.connection.exec("INSERT INTO tool_connections (id, kind, name, configuration, created_at) VALUES ('c', 'http', 'API', '{}', 1); INSERT INTO tool_grants VALUES ('c', 'a', 1)");
    expect(() => newer.connection.exec("INSERT INTO tool_connections (id, kind, name, configuration, created_at) VALUES ('d', 'http', 'api', '{}', 1)")).toThrow(/constraint failed/);
    newer.connection.exec("DELETE FROM tool_connections WHERE id = 'c'");
    expect(everyRow(newer.connection)['tool_grants']).toEqual([]);
    newer.connection.close();
    const older = home.open(stepsUpTo(90));
    expect(older.opened.migrated).toEqual([]);
    older.connection.close();
  });
});
