import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

describe('migration 150 limits and vectors', () => {
  const home = homeForEachTest();
  it('A4 A7 keeps every row, without limits and vectors, and lets the release before go on', () => {
    const last = stepsUpTo(149).at(-1)?.version ?? 0;
    const before = home.open(stepsUpTo(last));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection) as Record<string, object[]>;
    before.connection.close();

    const newer = home.open(stepsUpTo(150));
    expect(newer.opened.migrated).toEqual([150]);
    const withColumn = (table: string, column: string): object[] => (rows[table] ?? []).map((row) => ({ ...row, [column]: null }));
    expect(everyRow(newer.connection)).toEqual({ ...rows, providers: withColumn('providers', 'requests_per_minute'), conversations: withColumn('conversations', 'cost_limit'), hires: withColumn('hires', 'cost_limit'), memory_vectors: [] });
    newer.connection.exec(`INSERT INTO memories (seq, id, scope, text, created_at, updated_at) VALUES (1, 'm1', 'shared', 'tea', 1, 1), (2, 'm2', 'shared', 'milk', 1, 1);
      INSERT INTO memory_vectors VALUES (1, 'p/m', x'00000000'), (2, 'p/m', x'00000000')`);
    newer.connection.close();

    const older = home.open(stepsUpTo(last));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec(`INSERT INTO providers (id, name, preset, created_at, updated_at) VALUES ('q', 'Q', 'custom', 1, 1);
      UPDATE memories SET text = 'coffee' WHERE id = 'm1'; UPDATE memories SET pinned = 1 WHERE id = 'm2'`);
    expect(everyRow(older.connection)['memory_vectors']).toMatchObject([{ memory_seq: 2 }]);
    older.connection.exec("DELETE FROM memories WHERE id = 'm2'");
    expect(everyRow(older.connection)['memory_vectors']).toEqual([]);
    older.connection.close();
  });
});
