import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, migrationHome, stepsUpTo, type MigrationHome } from './rows.ts';

let home: MigrationHome;
beforeEach(() => { home = migrationHome(); });
afterEach(() => { home.remove(); });

describe('migration 130 attachments', () => {
  it('A5 keeps every row of the schema before, and lets the release before work on it', () => {
    const last = stepsUpTo(129).at(-1)?.version ?? 0;
    const before = home.open(stepsUpTo(last));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.close();

    const newer = home.open(stepsUpTo(130));
    expect(newer.opened.migrated).toEqual([130]);
    expect(everyRow(newer.connection)).toEqual({ ...rows, attachments: [], message_attachments: [] });
    const add = (kind: string): unknown => newer.connection.prepare("INSERT INTO attachments (id, kind, media_type, bytes, added_at, data) VALUES ('a', ?, 'text/plain', 1, 1, x'41')").run(kind);
    expect(() => add('program')).toThrow(/constraint failed/);
    add('text');
    const bind = newer.connection.prepare("INSERT INTO message_attachments (message_id, position, attachment_id, name) VALUES ('m', 0, ?, 'a.txt')");
    expect(() => bind.run('other')).toThrow(/FOREIGN KEY/);
    bind.run('a');
    newer.connection.close();

    const older = home.open(stepsUpTo(last));
    expect(older.opened.migrated).toEqual([]);
    expect(everyRow(older.connection)['attachments']).toHaveLength(1);
    older.connection.close();
  });
});
