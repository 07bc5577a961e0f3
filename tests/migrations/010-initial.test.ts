import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

describe('migration 010 initial', () => {
  it('makes the schema in an empty file, without a backup, and holds a row in every table', () => {
    const { connection, opened } = home.open(stepsUpTo(10));
    expect(opened).toEqual({ migrated: [10], rebuilt: false, copy: undefined });
    fillSchema10(connection);
    const rows = everyRow(connection);
    expect(Object.keys(rows)).toHaveLength(18);
    for (const [table, found] of Object.entries(rows)) expect(found, table).toHaveLength(1);
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    expect(connection.prepare('SELECT version, name FROM migrations').all()).toEqual([{ version: 10, name: 'initial' }]);
    connection.close();
  });

  it('has STRICT tables only, and an index on every foreign key', () => {
    const { connection } = home.open(stepsUpTo(10));
    const tables = connection.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all() as { name: string; sql: string }[];
    for (const { name, sql } of tables) {
      expect(sql, name).toMatch(/STRICT/);
      const keys = connection.pragma(`foreign_key_list(${name})`) as { from: string }[];
      const leading = (connection.pragma(`index_list(${name})`) as { name: string }[]).map((index) => (connection.pragma(`index_info(${index.name})`) as { name: string }[])[0]?.name);
      for (const key of keys) expect(leading, `${name}.${key.from}`).toContain(key.from);
    }
    connection.close();
  });

  it('refuses what does not fit', () => {
    const { connection } = home.open(stepsUpTo(10));
    fillSchema10(connection);
    const wrong = [
      "INSERT INTO hires (id, name, plugin_id, agent_id, created_at, updated_at) VALUES ('h2', 'ADA', 'p', 'a', 1, 1)",
      "INSERT INTO runs (id, execution_type, execution_target, created_at) VALUES ('r2', 'robot', 'x', 1)",
      "INSERT INTO run_events (run_id, seq, id, at, type, channel, data) VALUES ('r', 1, 'e2', 1, 'x', 'llm', '{}')",
      "INSERT INTO run_events (run_id, seq, id, at, type, channel, data) VALUES ('none', 1, 'e2', 1, 'x', 'llm', '{}')",
      "UPDATE installations SET status = 'odd'",
      "UPDATE runs SET created_at = 'yesterday'",
      "UPDATE settings SET value = '{'",
      "DELETE FROM hires",
    ];
    for (const sql of wrong) expect(() => connection.exec(sql), sql).toThrow(/constraint failed|cannot store/);
    connection.close();
  });
});
