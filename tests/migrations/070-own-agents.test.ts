import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

describe('migration 070 own agents', () => {
  it('B4 keeps every row of schema 60 and begins without own agents', () => {
    const before = home.open(stepsUpTo(60));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(70));
    expect(opened.migrated).toEqual([70]);
    expect(everyRow(connection)).toEqual({ ...rows, own_agents: [], own_agent_documents: [], own_agent_versions: [] });
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    connection.close();
  });

  it('holds drafts to JSON and versions to documents, and lets the release before work on it', () => {
    const newer = home.open(stepsUpTo(70));
    fillSchema10(newer.connection);
    const add = (draft: string): unknown => newer.connection.prepare("INSERT INTO own_agents (id, draft, created_at, updated_at) VALUES ('a', ?, 1, 1)").run(draft);
    expect(() => add('{')).toThrow(/constraint failed/);
    add('{}');
    expect(() => newer.connection.exec("INSERT INTO own_agent_versions VALUES ('a', 1, 'none', 1, '')")).toThrow(/constraint failed/);
    newer.connection.close();
    const older = home.open(stepsUpTo(60));
    expect(older.opened.migrated).toEqual([]);
    expect(everyRow(older.connection)['own_agents']).toHaveLength(1);
    older.connection.close();
  });
});
