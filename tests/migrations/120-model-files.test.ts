import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, migrationHome, stepsUpTo, type MigrationHome } from './rows.ts';

let home: MigrationHome;
beforeEach(() => { home = migrationHome(); });
afterEach(() => { home.remove(); });

describe('migration 120 model files', () => {
  it('A5 keeps every row of the schema before, and lets the release before work on it', () => {
    const last = stepsUpTo(119).at(-1)?.version ?? 0;
    const before = home.open(stepsUpTo(last));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const newer = home.open(stepsUpTo(120));
    expect(newer.opened.migrated).toEqual([120]);
    expect(everyRow(newer.connection)).toEqual({ ...rows, model_files: [] });
    const add = (state: string, kept: string): unknown => newer.connection.prepare("INSERT INTO model_files (id, name, state, linked, kept, added_at) VALUES ('a', 'A', ?, 0, ?, 1)").run(state, kept);
    expect(() => add('lost', '{}')).toThrow(/constraint failed/);
    expect(() => add('paused', '{')).toThrow(/constraint failed/);
    add('paused', '{}');
    newer.connection.close();

    const older = home.open(stepsUpTo(last));
    expect(older.opened.migrated).toEqual([]);
    expect(everyRow(older.connection)['model_files']).toHaveLength(1);
    older.connection.close();
  });
});
