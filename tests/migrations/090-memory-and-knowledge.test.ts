import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

describe('migration 090 memory and knowledge', () => {
  it('A7 keeps every row of schema 80 and begins with nothing remembered and nothing known', () => {
    const before = home.open(stepsUpTo(80));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(90));
    expect(opened.migrated).toEqual([90]);
    const now = everyRow(connection);
    expect(now).toMatchObject({ ...rows, memories: [], memory_words: [], knowledge_documents: [], knowledge_passages: [], knowledge_words: [], knowledge_vectors: [] });
    expect(Object.keys(now).filter((name) => !(name in rows) && !/^(memor|knowledge)/.test(name))).toEqual([]);
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    connection.close();
  });

  it('holds a memory to one of three places, and lets the release before work on it', () => {
    const newer = home.open(stepsUpTo(90));
    fillSchema10(newer.connection);
    const add = (scope: string): unknown => newer.connection.prepare("INSERT INTO memories (id, scope, text, created_at, updated_at) VALUES (?, ?, 't', 1, 1)").run(scope, scope);
    expect(() => add('everybody')).toThrow(/constraint failed/);
    add('shared');
    newer.connection.close();
    const older = home.open(stepsUpTo(80));
    expect(older.opened.migrated).toEqual([]);
    expect(everyRow(older.connection)['memories']).toHaveLength(1);
    older.connection.close();
  });
});
