/** Brings the main database to the newest schema, in the writer thread, before anything else may use it. */
import type Sqlite from 'better-sqlite3';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Writer } from './handles.ts';
import type { Migration } from './migrations/migration.ts';

export interface MigrateOptions {
  connection: Sqlite.Database;
  db: Writer;
  migrations: readonly Migration[];
  /** Makes a verified copy; called before the first pending step of a database that already holds a schema. */
  copy: () => void;
  now: () => number;
}

/**
 * Applies every pending step, each in one transaction with its version row.
 * @returns the steps applied, oldest first
 * @throws AppError `store/newer` when a newer Troupe wrote a schema that this one must not open
 */
export function migrate(options: MigrateOptions): number[] {
  const { connection, db, migrations } = options;
  const present = db.get<{ n: number }>("SELECT count(*) AS n FROM sqlite_master WHERE name = 'migrations'")?.n === 1;
  const known = migrations.at(-1)?.version ?? 0;
  if (present) refuseNewer(db, known);
  const done = new Set(present ? db.all<{ version: number }>('SELECT version FROM migrations').map((row) => row.version) : []);
  const pending = migrations.filter((step) => !done.has(step.version));
  if (pending.length === 0) return [];
  if (done.size > 0) options.copy();
  for (const step of pending) {
    connection.transaction(() => {
      db.script(`CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT;`);
      step.apply(db);
      db.run('INSERT INTO migrations (version, name, at) VALUES (@version, @name, @at)', { version: step.version, name: step.name, at: options.now() });
      // Never lowered: a step put in between must not let an older program in that a later step shut out.
      db.run(`INSERT INTO meta (key, value) VALUES ('min_app', @value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE CAST(excluded.value AS INTEGER) > CAST(meta.value AS INTEGER)`, { value: String(step.opensWith) });
    }).immediate();
  }
  return pending.map((step) => step.version);
}

function refuseNewer(db: Writer, known: number): void {
  const row = db.get<{ value: string }>("SELECT value FROM meta WHERE key = 'min_app'");
  const needed = Number(row?.value ?? 0);
  if (needed <= known) return;
  throw new AppError('store/newer', `This home was last used by a newer Troupe (its database needs schema ${needed}, this Troupe knows ${known}). Install the newer Troupe again, or restore the backup made before the update.`, { details: { needed, known } });
}
