import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';
import { afterEach, beforeEach } from 'vitest';
import { MIGRATIONS } from '../../main/core/base/store/migrations/index.ts';
import type { Migration } from '../../main/core/base/store/migrations/migration.ts';
import { openMainWriter } from '../../main/core/base/store/open-connection.ts';
import type { Opened } from '../../main/core/base/store/protocol.ts';

/** The steps up to and including `version`, as the release of that time knew them. */
export const stepsUpTo = (version: number): Migration[] => MIGRATIONS.filter((step) => step.version <= version);

export interface MigrationHome { file: string; copyTo: string; open(migrations: readonly Migration[]): { connection: Sqlite.Database; opened: Opened }; remove(): void }

/** A folder with one database that a test opens as one release after another. */
export function migrationHome(key?: string): MigrationHome {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'troupe-migration-'));
  const file = path.join(folder, 'troupe.db');
  const copyTo = path.join(folder, 'backups', 'before.db');
  return {
    file, copyTo,
    open: (migrations) => openMainWriter({ role: 'writer', tables: 'main', file, key, copyTo }, migrations),
    remove() { rmSync(folder, { recursive: true, force: true }); },
  };
}

/** A home of its own for each test of the file. */
export function homeForEachTest(): Pick<MigrationHome, 'open'> {
  let home: MigrationHome;
  beforeEach(() => { home = migrationHome(); });
  afterEach(() => { home.remove(); });
  return { open: (migrations) => home.open(migrations) };
}

/** One row in every table of schema 10, as a used home has. Every later step's test starts from these. */
export function fillSchema10(connection: Sqlite.Database): void {
  connection.exec(`
INSERT INTO requests VALUES ('request-1', 'team.hire', '{"value":1}', 1);
INSERT INTO settings VALUES ('theme', '"dark"', 1);
INSERT INTO secrets VALUES ('s', 'OpenAI', x'01', x'02', 1, 1);
INSERT INTO installations (plugin_id, version, sha512, size, registry, publisher_id, publisher_key, manifest, installed_at, updated_at) VALUES ('dev.troupe.a', '1.0.0', 'ab', 10, 'embedded', 'troupe', 'k', '{}', 1, 1);
INSERT INTO installation_dependencies VALUES ('dev.troupe.a', 'dev.troupe.b', '^1.0.0');
INSERT INTO grants VALUES ('dev.troupe.a', 'troupe', 'net', NULL, 1, NULL);
INSERT INTO folder_grants VALUES ('dev.troupe.a', 'documents', '/tmp/x', 'read', 1);
INSERT INTO plugin_storage VALUES ('dev.troupe.a', 'k', '1', 1);
INSERT INTO operations VALUES ('o', 'install', 'dev.troupe.a', 'finished', '{}', '{}', NULL, 1, 2);
INSERT INTO operation_events VALUES ('o', 1, 1, 'step_started', '{}');
INSERT INTO hires (id, name, plugin_id, agent_id, created_at, updated_at) VALUES ('h', 'Ada', 'dev.troupe.a', 'writer', 1, 1);
INSERT INTO conversations (id, hire_id, created_at, updated_at) VALUES ('c', 'h', 1, 1);
INSERT INTO messages (id, conversation_id, run_id, seq, role, content, at, status) VALUES ('m', 'c', 'r', 1, 'user', '[]', 1, 'done');
INSERT INTO runs (id, plugin_id, execution_type, execution_target, created_at) VALUES ('r', 'dev.troupe.a', 'agent', 'writer', 1);
INSERT INTO run_events (run_id, seq, id, at, type, channel, data) VALUES ('r', 1, 'e', 1, 'run_started', 'lifecycle', '{}');
INSERT INTO tool_approvals VALUES ('h', 't', 'hash', 'allow', 'always', 1);
INSERT INTO providers VALUES ('p', 'Local', 'custom', 'http://127.0.0.1:1', NULL, 1, 1, 1);
INSERT INTO models VALUES ('p', 'tiny', '{}', 4096, 1);`);
}

/** Every row of every table, to compare before and after. */
export function everyRow(connection: Sqlite.Database): Record<string, unknown[]> {
  const tables = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('meta', 'migrations') ORDER BY name").pluck().all() as string[];
  return Object.fromEntries(tables.map((name) => [name, connection.prepare(`SELECT * FROM "${name}"`).all()]));
}
