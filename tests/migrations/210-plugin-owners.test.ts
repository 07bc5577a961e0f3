import { describe, expect, it } from 'vitest';
import { everyRow, fillSchema10, homeForEachTest, stepsUpTo } from './rows.ts';

describe('migration 210 owners of plugins', () => {
  const home = homeForEachTest();
  it('I6 keeps what was given to whom it was given, and lets the release before go on', () => {
    const last = stepsUpTo(209).at(-1)?.version ?? 0;
    const used = home.open(stepsUpTo(140));
    fillSchema10(used.connection);
    used.connection.close();
    const before = home.open(stepsUpTo(last));
    before.connection.exec(`DELETE FROM grants; DELETE FROM kept_plugin_storage; DELETE FROM kept_folder_grants; DELETE FROM kept_configurations; DELETE FROM previous_installations; DELETE FROM installations;
INSERT INTO installations (plugin_id, version, sha512, size, registry, publisher_id, manifest, reason, side_loaded, installed_at, updated_at) VALUES ('a', '1.0.0', 'ab', 1, 'f00d', 'acme', '{}', 'asked', 0, 1, 1), ('b', '1.0.0', 'cd', 1, NULL, 'side-loaded', '{}', 'asked', 1, 1, 1);
INSERT INTO grants (plugin_id, publisher_id, permission, granted_at) VALUES ('a', 'acme', 'models', 1), ('gone', 'acme', 'models', 1);
INSERT INTO kept_configurations (plugin_id, publisher_id, config) VALUES ('c', 'side-loaded', '{}')`);
    const rows = everyRow(before.connection) as Record<string, object[]>;
    before.connection.close();

    const newer = home.open(stepsUpTo(210));
    expect(newer.opened.migrated).toEqual([210]);
    const { plugin_owners: owners, ...others } = everyRow(newer.connection) as Record<string, object[]>;
    expect(others).toEqual(rows);
    expect(owners).toEqual([
      { plugin_id: 'a', publisher_id: 'acme', root: 'f00d' }, { plugin_id: 'b', publisher_id: 'side-loaded', root: '' },
      { plugin_id: 'c', publisher_id: 'side-loaded', root: '' }, { plugin_id: 'gone', publisher_id: 'acme', root: 'embedded' },
    ]);
    newer.connection.close();

    const older = home.open(stepsUpTo(last));
    expect(older.opened.migrated).toEqual([]);
    older.connection.exec("DELETE FROM installations WHERE plugin_id = 'a'");
    older.connection.close();
  });
});
