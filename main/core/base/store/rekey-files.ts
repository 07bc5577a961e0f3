/** The files of a database that gets another key, and how it takes its place. Plain file operations: no SQLite. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { failpoint } from '../failpoints/index.ts';

/** Under the other key, whole and checked, waiting to become the database. */
export const rekeyedOf = (database: string): string => `${database}.rekeyed`;
/** On its way there. */
export const partOf = (database: string): string => `${database}.rekeyed.part`;

/**
 * The database under the other key becomes the database. May be repeated after a crash at any moment, and only once the key
 * file names the new key: what is written to the former database from then on would be lost.
 */
export function finishRekey(database: string): void {
  if (existsSync(rekeyedOf(database))) {
    // They belong to the former file, whose rows are all in the new one; SQLite would take them for the new one's.
    for (const suffix of ['-wal', '-shm', '-journal']) rmSync(database + suffix, { force: true });
    failpoint('rekey.before-replace');
    renameSync(rekeyedOf(database), database);
  }
  syncFolder(database);
  failpoint('rekey.replaced');
}

/** Throws away what a rekeying left that ended before the key file named its key. */
export function dropRekey(database: string): void {
  for (const file of [rekeyedOf(database), partOf(database)]) for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}

/** Makes the names in a file's folder survive a power loss. */
export function syncFolder(file: string): void {
  if (process.platform === 'win32') return; // A folder cannot be flushed there.
  const folder = openSync(path.dirname(file), 'r');
  try { fsyncSync(folder); } finally { closeSync(folder); }
}
