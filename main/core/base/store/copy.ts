/** Makes a copy of a database and proves that it can be read before anyone relies on it. Runs in a store thread. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type Sqlite from 'better-sqlite3';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { connect } from './connect.ts';

/**
 * Writes a compact copy of `source` to `to`, encrypted with the same key, checks it whole and only then gives it its
 * name: a file of that name is always a good copy. It is on the disk when this returns.
 * @throws AppError `store/corrupt` when the copy fails its check (the source is damaged)
 */
export function copyVerified(source: Sqlite.Database, to: string, key: string | undefined): void {
  mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
  const part = `${to}.part`;
  rmSync(part, { force: true });
  try {
    source.prepare('VACUUM INTO @part').run({ part });
    verifyCopy(part, key);
    renameSync(part, to);
  } finally {
    rmSync(part, { force: true });
  }
}

/**
 * Reads a copy whole and waits until it is on the disk.
 * @throws AppError `store/corrupt` when it fails its check
 */
export function verifyCopy(file: string, key: string | undefined): void {
  const copy = connect({ file, key, readonly: true });
  try {
    const findings = copy.pragma('integrity_check(10)') as { integrity_check: string }[];
    const broken = copy.pragma('foreign_key_check') as unknown[];
    if (findings[0]?.integrity_check !== 'ok' || broken.length > 0) throw new AppError('store/corrupt', 'The copy of the database failed its check, so nothing was changed. Restore an older backup, or report this with the log.');
  } finally {
    copy.close();
  }
  const descriptor = openSync(file, 'r+');
  try { fsyncSync(descriptor); } finally { closeSync(descriptor); }
}
