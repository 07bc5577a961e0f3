import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

const home = homeForEachTest();

describe('migration 050 kept-data', () => {
  it('I9 keeps every row of schema 40, and puts what was kept of plugins that are gone aside for the publisher that had the grants', () => {
    const before = home.open(stepsUpTo(40));
    fillSchema10(before.connection);
    const rows = everyRow(before.connection);
    before.connection.exec(`
INSERT INTO plugin_storage VALUES ('com.gone', 'k', '1', 1), ('com.two', 'k', '2', 1);
INSERT INTO folder_grants VALUES ('com.gone', 'data', '/tmp/x', 'read', 1);
INSERT INTO grants VALUES ('com.gone', 'acme', 'storage:10', NULL, 1, NULL), ('com.two', 'acme', 'storage:10', NULL, 1, NULL), ('com.two', 'other', 'storage:10', NULL, 1, NULL);`);
    before.connection.close();

    const { connection, opened } = home.open(stepsUpTo(50));
    expect(opened.migrated).toEqual([50]);
    const { grants, ...others } = everyRow(connection);
    expect(grants).toHaveLength(4);
    expect(others).toEqual({
      ...Object.fromEntries(Object.entries(rows).filter(([name]) => name !== 'grants')),
      kept_plugin_storage: [{ plugin_id: 'com.gone', publisher_id: 'acme', key: 'k', value: '1', bytes: 1 }, { plugin_id: 'com.two', publisher_id: '', key: 'k', value: '2', bytes: 1 }],
      kept_folder_grants: [{ plugin_id: 'com.gone', publisher_id: 'acme', key: 'data', path: '/tmp/x', access: 'read', granted_at: 1 }],
    });
    connection.close();
  });

  it('lets the release before work on it', () => {
    const newer = home.open(stepsUpTo(50));
    fillSchema10(newer.connection);
    newer.connection.close();
    const older = home.open(stepsUpTo(40));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("DELETE FROM plugin_storage WHERE plugin_id = 'dev.troupe.a'");
    older.connection.close();
  });
});
