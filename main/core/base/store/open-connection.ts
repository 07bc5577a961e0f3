/** What a store thread does before it serves: connect, and for a writer bring the schema to what this program knows. */
import { existsSync, rmSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { catalogSchema } from './catalog-schema.ts';
import { connect } from './connect.ts';
import { copyVerified } from './copy.ts';
import { handlesOf } from './handles.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import type { Opened, ThreadData } from './protocol.ts';

/** A sync writes far more than fits, in the order of the file mostly; what it keeps in memory stays taken for as long as the app runs. */
const CATALOG_CACHE_KIB = 8_192;

/** Opens `troupe.db` for writing and applies pending migrations. */
export function openMainWriter(data: ThreadData, migrations: readonly Migration[] = MIGRATIONS): { connection: Sqlite.Database; opened: Opened } {
  const connection = connect({ file: data.file, key: data.key, readonly: false });
  try {
    let copied: string | undefined;
    const migrated = migrate({
      connection, db: handlesOf(connection).writer, migrations, now: Date.now,
      copy: () => {
        if (data.copyTo === undefined) return;
        copyVerified(connection, data.copyTo, data.key);
        copied = data.copyTo;
      },
    });
    return { connection, opened: { migrated, rebuilt: false, copy: copied } };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Opens `catalog.db` for writing. Another schema number or a damaged file: it is deleted and made anew. */
export function openCatalogWriter(data: ThreadData): { connection: Sqlite.Database; opened: Opened } {
  const existed = existsSync(data.file);
  const usable = existed ? tryCatalog(data.file) : undefined;
  if (usable) return { connection: usable, opened: { migrated: [], rebuilt: false } };
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(data.file + suffix, { force: true });
  const connection = connect({ file: data.file, readonly: false, cacheKib: CATALOG_CACHE_KIB });
  connection.transaction(() => {
    catalogSchema.create(handlesOf(connection).writer);
    connection.pragma(`user_version=${catalogSchema.version}`);
  }).immediate();
  return { connection, opened: { migrated: [], rebuilt: existed } };
}

function tryCatalog(file: string): Sqlite.Database | undefined {
  let connection: Sqlite.Database | undefined;
  try {
    connection = connect({ file, readonly: false, cacheKib: CATALOG_CACHE_KIB });
    if (connection.pragma('user_version', { simple: true }) === catalogSchema.version) return connection;
  } catch (error) {
    // Derived data: whatever is wrong with a file of damaged content, making it anew is the cure. A lock is not.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^SQLITE_(NOTADB|CORRUPT)/.test(code)) throw error;
  }
  connection?.close();
  return undefined;
}
