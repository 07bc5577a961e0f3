import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

describe('migration 200 knowledge of plugins', () => {
  const home = homeForEachTest();
  it('A7 keeps every document as one that a person added, and lets the release before go on', () => {
    const last = stepsUpTo(199).at(-1)?.version ?? 0;
    const used = home.open(stepsUpTo(140));
    fillSchema10(used.connection);
    used.connection.close();
    const before = home.open(stepsUpTo(last));
    before.connection.exec("INSERT INTO knowledge_documents (id, scope, name, kind, digest, bytes, added_at) VALUES ('d', 'shared', 'a.md', 'markdown', 'ab', 1, 1)");
    const rows = everyRow(before.connection) as Record<string, object[]>;
    before.connection.close();

    const newer = home.open(stepsUpTo(200));
    expect(newer.opened.migrated).toEqual([200]);
    expect(everyRow(newer.connection)).toEqual({ ...rows, knowledge_documents: (rows['knowledge_documents'] ?? []).map((row) => ({ ...row, plugin_id: null })) });
    newer.connection.exec("INSERT INTO knowledge_documents (id, scope, scope_id, name, kind, digest, bytes, added_at, plugin_id) VALUES ('e', 'agent', 'h', 'b.md', 'markdown', 'cd', 1, 1, 'dev.troupe.a')");
    newer.connection.close();

    const older = home.open(stepsUpTo(last));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("INSERT INTO knowledge_documents (id, scope, name, kind, digest, bytes, added_at) VALUES ('f', 'shared', 'c.md', 'markdown', 'ef', 1, 1); UPDATE knowledge_documents SET removed_at = 1 WHERE id = 'e'");
    expect(everyRow(older.connection)['knowledge_documents']).toHaveLength(3);
    older.connection.close();
  });
});
