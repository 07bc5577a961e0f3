/** Opens SQLite connections. Only thread.ts and home.ts use it: SQLite does not run in the core's main thread. */
import Sqlite from 'better-sqlite3';

export interface ConnectOptions {
  file: string;
  /** 64 hex digits; absent for a database that is not encrypted. */
  key?: string | undefined;
  readonly: boolean;
  /** Without a journal nothing that fails can be taken back: only for a file that is thrown away then. Default true. */
  journal?: boolean;
  /** How much of the file it keeps in memory, in KiB. */
  cacheKib?: number;
}

const READER_CACHE_KIB = 8_192;
const WRITER_CACHE_KIB = 65_536;

/** How long a connection waits for another process's lock (a backup tool, a second reader) before `store/busy`. */
const BUSY_MS = 5_000;

/**
 * Opens one connection with every setting that Troupe relies on.
 * @throws SqliteError `SQLITE_NOTADB` when the key does not fit or the file is no database
 */
export function connect(options: ConnectOptions): Sqlite.Database {
  const connection = new Sqlite(options.file, { readonly: options.readonly, fileMustExist: options.readonly, timeout: BUSY_MS });
  try {
    if (options.key !== undefined) {
      if (!/^[0-9a-f]{64}$/.test(options.key)) throw new TypeError('The database key is 64 hexadecimal digits.');
      connection.pragma("cipher='sqlcipher'");
      connection.pragma('legacy=4');
      connection.pragma(`key="x'${options.key}'"`);
    }
    // The first read is what tells a wrong key from a right one.
    connection.prepare('SELECT count(*) FROM sqlite_master').get();
    if (!options.readonly) connection.pragma(options.journal === false ? 'journal_mode=OFF' : 'journal_mode=WAL');
    connection.pragma('foreign_keys=ON');
    connection.pragma('trusted_schema=OFF');
    // Sorting in a temporary file would write rows of an encrypted database in plain text.
    connection.pragma('temp_store=MEMORY');
    connection.pragma(`cache_size=-${options.cacheKib ?? (options.readonly ? READER_CACHE_KIB : WRITER_CACHE_KIB)}`);
    if (options.readonly) connection.pragma('query_only=ON');
    else connection.pragma('journal_size_limit=67108864');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
