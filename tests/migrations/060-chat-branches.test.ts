import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

const message = (id: string, seq: number, conversation = 'c'): string => `INSERT INTO messages (id, conversation_id, run_id, seq, role, content, at, status) VALUES ('${id}', '${conversation}', 'r', ${seq}, 'user', '{"blocks":[]}', 1, 'done');`;

describe('migration 060 chat-branches', () => {
  it('A2 X14 keeps every row of schema 50 and makes each conversation one branch', () => {
    const before = home.open(stepsUpTo(50));
    fillSchema10(before.connection);
    before.connection.exec(message('m2', 2) + message('m5', 5));
    const rows = everyRow(before.connection);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(60));
    expect(opened.migrated).toEqual([60]);
    const parents = ['', 'm', 'm2'];
    expect(everyRow(connection)).toEqual({
      ...rows,
      messages: rows['messages']?.map((row, index) => ({ ...(row as object), parent_id: parents[index], picked: 1 })),
      conversations: rows['conversations']?.map((row) => ({ ...(row as object), leaf_id: 'm5', pinned_at: null, folder: null })),
    });
    connection.close();
  });

  it('lets the release before work on it: what it writes follows the newest message', () => {
    const newer = home.open(stepsUpTo(60));
    fillSchema10(newer.connection);
    newer.connection.close();
    const older = home.open(stepsUpTo(50));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec(message('m2', 2));
    // It answers again by deleting what stood there.
    older.connection.exec("DELETE FROM messages WHERE id = 'm2'");
    older.connection.exec(message('m3', 2));
    expect(older.connection.prepare("SELECT id, parent_id, picked FROM messages ORDER BY seq").all()).toEqual([{ id: 'm', parent_id: '', picked: 1 }, { id: 'm3', parent_id: 'm', picked: 1 }]);
    expect(older.connection.prepare('SELECT leaf_id FROM conversations').pluck().get()).toBe('m3');
    older.connection.close();
  });
});
