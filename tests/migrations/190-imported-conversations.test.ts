import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

describe('migration 190 imported conversations', () => {
  const home = homeForEachTest();
  it('A2 keeps every row, knows of no import yet, and lets the release before go on', () => {
    const last = stepsUpTo(189).at(-1)?.version ?? 0;
    const first = home.open(stepsUpTo(10));
    fillSchema10(first.connection);
    first.connection.close();
    const before = home.open(stepsUpTo(last));
    const rows = everyRow(before.connection);
    before.connection.close();

    const newer = home.open(stepsUpTo(190));
    expect(newer.opened.migrated).toEqual([190]);
    expect(everyRow(newer.connection)).toEqual({ ...rows, imports: [], imported_conversations: [] });
    newer.connection.exec("INSERT INTO imports (id, source, file_name, at) VALUES ('i', 'chatgpt', 'conversations.json', 1); INSERT INTO imported_conversations VALUES ('c', 'i', 'd')");
    newer.connection.close();

    const older = home.open(stepsUpTo(last));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("UPDATE conversations SET title = 'Tea' WHERE id = 'c'");
    expect(everyRow(older.connection)['imported_conversations']).toHaveLength(1);
    older.connection.exec("DELETE FROM conversations WHERE id = 'c'");
    expect(everyRow(older.connection)['imported_conversations']).toEqual([]);
    older.connection.close();
  });
});
