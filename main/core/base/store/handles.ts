/**
 * What a named query or transaction gets to work with. Values are always bound by name (`@name`), never written into
 * the SQL; lists are bound as JSON and read with `json_each(@ids)`. Statements are prepared once and cached by text.
 */
import type Sqlite from 'better-sqlite3';

/** `undefined` is stored as NULL and booleans as 0 and 1, since SQLite knows neither. */
export type Bindable = string | number | bigint | boolean | Uint8Array | null | undefined;
export type Values = Readonly<Record<string, Bindable>>;

declare const reads: unique symbol;
declare const writes: unique symbol;

/** Can read and nothing else: the connection behind it is opened read-only. `Row` is the shape that the SQL selects. */
export interface Reader {
  readonly [reads]: true;
  get<Row>(sql: string, values?: Values): Row | undefined;
  all<Row>(sql: string, values?: Values): Row[];
  /** For results too large to hold; finish the loop before the next statement. */
  each<Row>(sql: string, values?: Values): IterableIterator<Row>;
}

/** A Reader that may also change rows. It exists only inside a named transaction in the writer thread. */
export interface Writer extends Reader {
  readonly [writes]: true;
  /** Runs one statement; answers how many rows it changed. */
  run(sql: string, values?: Values): { changes: number; lastInsertRowid: number | bigint };
  /** Runs several statements without values: schema changes only. */
  script(sql: string): void;
}

/** `satisfies QueryTable` on a domain's object of named queries. Input and answer cross a thread: plain data only. */
export type QueryTable = Readonly<Record<string, (db: Reader, input: never) => unknown>>;
/** `satisfies TransactionTable` on a domain's object of named transactions. They are synchronous and may be run again. */
export type TransactionTable = Readonly<Record<string, (db: Writer, input: never) => unknown>>;

export type InputOf<F> = F extends (db: never, input: infer Input) => unknown ? Input : undefined;
export type AnswerOf<F> = F extends (db: never, input: never) => infer Answer ? Answer : never;

const CACHED_STATEMENTS = 256;

/** Both handles over one connection; `writer` fails on a read-only one, whatever its type says. */
export function handlesOf(connection: Sqlite.Database): { reader: Reader; writer: Writer } {
  const cache = new Map<string, Sqlite.Statement<[Record<string, unknown>]>>();
  const prepared = (sql: string): Sqlite.Statement<[Record<string, unknown>]> => {
    let statement = cache.get(sql);
    if (statement === undefined) {
      statement = connection.prepare<[Record<string, unknown>]>(sql);
      const oldest = cache.size >= CACHED_STATEMENTS ? cache.keys().next().value : undefined;
      if (oldest !== undefined) cache.delete(oldest);
      cache.set(sql, statement);
    }
    return statement;
  };
  const reading = {
    get: (sql: string, values?: Values) => prepared(sql).get(bound(values)),
    all: (sql: string, values?: Values) => prepared(sql).all(bound(values)),
    each: (sql: string, values?: Values) => prepared(sql).iterate(bound(values)),
  };
  const writing = {
    ...reading,
    run: (sql: string, values?: Values) => prepared(sql).run(bound(values)),
    script: (sql: string) => { connection.exec(sql); },
  };
  return { reader: reading as unknown as Reader, writer: writing as unknown as Writer };
}

/** Values as SQLite takes them; a copy only where one of them has to be another. */
function bound(values: Values = {}): Record<string, unknown> {
  let plain: Record<string, unknown> = values;
  for (const name in values) {
    const value = values[name];
    if (value !== undefined && typeof value !== 'boolean') continue;
    if (plain === values) plain = { ...values };
    plain[name] = value === undefined ? null : Number(value);
  }
  return plain;
}
