import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, migrationHome, stepsUpTo, type MigrationHome } from './rows.ts';

let home: MigrationHome;
beforeEach(() => { home = migrationHome(); });
afterEach(() => { home.remove(); });

describe('migration 110 mcp', () => {
  it('A9 keeps every row of the schema before and begins without servers', () => {
    const before = home.open(stepsUpTo(109));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(110));
    expect(opened.migrated).toEqual([110]);
    expect(everyRow(connection)).toEqual({ ...rows, mcp_servers: [], mcp_tools: [] });
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    connection.close();
  });

  it('holds transports to JSON and effects to three words, and lets the release before work on it', () => {
    const newer = home.open(stepsUpTo(110));
    const add = (id: string, transport: string): unknown => newer.connection.prepare("INSERT INTO mcp_servers (id, slug, name, transport, created_at, updated_at) VALUES (?, ?, 'Files', ?, 1, 1)").run(id, id, transport);
    expect(() => add('a', '{')).toThrow(/constraint failed/);
    add('a', '{}');
    expect(() => newer.connection.exec("INSERT INTO mcp_tools (server_id, name, effect) VALUES ('a', 'one', 'harmless')")).toThrow(/constraint failed/);
    newer.connection.close();
    const older = home.open(stepsUpTo(109));
    expect(older.opened.migrated).toEqual([]);
    expect(everyRow(older.connection)['mcp_servers']).toHaveLength(1);
    older.connection.close();
  });
});
