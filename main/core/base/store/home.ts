/** Where Troupe keeps everything, and the proof that this process alone works there. */
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { homeFolder, type HomeOptions } from '../../../link/home-folder.ts';

/** Paths below a home, and its ownership. */
export interface Home {
  readonly root: string;
  /** troupe.db: the truth. */
  readonly database: string;
  /** catalog.db: derived, rebuilt at need, not in backups. */
  readonly catalog: string;
  readonly keyFile: string;
  /** The local socket of the core; on Windows the file that holds the pipe's random name. */
  readonly socket: string;
  readonly blobs: string;
  readonly plugins: string;
  readonly cache: string;
  readonly logs: string;
  readonly backups: string;
  /** GGUF files that were downloaded or copied here. */
  readonly models: string;
  /** Gives the home to whoever asks next. The system does the same when the process dies. */
  release(): void;
}

/**
 * Makes the folders (readable by this user only) and takes the home for the life of this process.
 * @throws AppError `core/home-in-use` when another core owns it
 */
export function openHome(options: HomeOptions = {}): Home {
  const root = homeFolder(options);
  const folder = (name: string): string => path.join(root, name);
  for (const name of ['', 'blobs', 'plugins', 'cache', 'logs', 'backups', 'models']) {
    mkdirSync(folder(name), { recursive: true, mode: 0o700 });
    chmodSync(folder(name), 0o700);
  }
  const release = own(folder('owner.db'), root);
  return {
    root, release,
    database: folder('troupe.db'), catalog: folder('catalog.db'), keyFile: folder('key.json'), socket: folder('core.sock'),
    blobs: folder('blobs'), plugins: folder('plugins'), cache: folder('cache'), logs: folder('logs'), backups: folder('backups'), models: folder('models'),
  };
}

/**
 * The one use of SQLite in the main thread: a single statement at start that takes a file lock, which must live exactly
 * as long as the process. In a thread it would be given away when that thread fails.
 */
function own(file: string, root: string): () => void {
  const connection = new Sqlite(file, { timeout: 0 });
  try {
    connection.pragma('locking_mode=EXCLUSIVE');
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('SQLITE_BUSY')) throw error;
    throw new AppError('core/home-in-use', `Another Troupe already works in ${root}. Use that one, close it, or choose another folder with --home.`, { details: { home: root }, cause: error });
  }
  return () => { connection.close(); };
}
