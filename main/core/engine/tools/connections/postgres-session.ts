/** One conversation with a PostgreSQL server: opened for one question, held to limits by the server and by us, and closed. */
import { connect as connectSocket, isIP, Socket } from 'node:net';
import type { Client, QueryResult } from 'pg';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { QUERY_MS } from './cells.ts';

export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly encrypted: boolean;
  /** PEM certificates to trust in place of those that this machine trusts; empty: those. */
  readonly authority: string;
}

/** Asks one statement. Its values are bound by the server; more than one statement is refused by it. */
export type Ask = (sql: string, values?: readonly unknown[]) => Promise<QueryResult<(string | null)[]>>;

const CONNECT_MS = 10_000;
/** The server ends a statement that waits this long for what others hold. */
const LOCK_MS = 3000;
/** What may come for one question; a single row can be larger than memory. */
const MOST_BYTES = 8 * 1024 * 1024;
/** Of a request to cancel, as the protocol writes it. */
const CANCEL_CODE = 80_877_102;

/** Values as the server writes them: what they become is not for a table of another package to say. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/**
 * Runs `work` in one transaction, which is kept only when it was opened to write and `work` succeeded.
 * @param address where the host was found
 * @throws AppError `core/unreachable`, `core/timeout`, `tools/failed`; the signal's reason, after the server was told to stop
 */
export async function inTransaction<T>(place: PostgresPlace, address: string, password: string, mode: 'READ ONLY' | 'READ WRITE', signal: AbortSignal, work: (ask: Ask) => Promise<T>): Promise<T> {
  // Loaded with the first question: most homes never ask one.
  const { default: pg } = await import('pg');
  const socket = new Socket();
  const client = new pg.Client({
    // Everything is named, so that nothing is taken from the environment or from a file of passwords.
    host: address, port: place.port, database: place.database, user: place.user, password: () => password, application_name: 'Troupe', connectionTimeoutMillis: CONNECT_MS, types: AS_TEXT as never, stream: () => socket,
    ssl: place.encrypted && { rejectUnauthorized: true, ...(isIP(place.host) === 0 && { servername: place.host }), ...(place.authority !== '' && { ca: place.authority }) },
  });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  ended.catch(() => undefined);
  const lost = (error: unknown): void => { reject(postgresError(error, place)); };
  // A connection that breaks is told by the question that was under way, too.
  client.on('error', lost);
  let timer: NodeJS.Timeout | undefined;
  const stop = (reason: unknown): void => { cancel(client, address, place.port); reject(reason); };
  const abort = (): void => { stop(signal.reason); };
  signal.addEventListener('abort', abort, { once: true });
  const ask: Ask = (text, values) => client.query<(string | null)[]>({ text, rowMode: 'array', ...(values && { values: [...values], queryMode: 'extended' }) } as never);
  const talk = async (): Promise<T> => {
    signal.throwIfAborted();
    await client.connect();
    timer = setTimeout(() => { stop(new AppError('tools/failed', `The query took longer than ${QUERY_MS / 1000} seconds and was ended. Ask for less.`)); }, QUERY_MS);
    let bytes = 0;
    client.connection.stream.on('data', (chunk: Buffer) => { bytes += chunk.byteLength; if (bytes > MOST_BYTES) stop(new AppError('tools/failed', `The answer has more than ${MOST_BYTES / 1024 / 1024} MiB. Ask for fewer rows or columns.`)); });
    // The query at the end fixes the transaction's mode: the server lets nobody make it writable after one.
    await ask(`BEGIN TRANSACTION ${mode}; SET LOCAL statement_timeout = ${QUERY_MS}; SET LOCAL lock_timeout = ${LOCK_MS}; SELECT 1`);
    const done = await work(ask);
    await ask(mode === 'READ WRITE' ? 'COMMIT' : 'ROLLBACK');
    return done;
  };
  try {
    return await Promise.race([talk().catch((error: unknown) => { throw postgresError(error, place); }), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    // What was not kept until now is undone by the server.
    socket.destroy();
    if (client.connection.stream !== socket) client.connection.stream.destroy();
  }
}

/** Tells the server to end what it does for this client, on a connection of its own, as the protocol wants it. Nothing depends on its coming through. */
function cancel(client: Client, address: string, port: number): void {
  const { processID, secretKey } = client as Client & { processID?: number | null; secretKey?: number | null };
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return;
  const request = Buffer.alloc(16);
  for (const [at, word] of [16, CANCEL_CODE, processID, secretKey].entries()) request.writeInt32BE(word, at * 4);
  const socket = connectSocket(port, address);
  socket.setTimeout(CONNECT_MS, () => { socket.destroy(); }).on('error', () => undefined).end(request).resume();
  socket.unref();
}

/** What went wrong, told so that a server that is down counts as one, and a refusal does not. */
function postgresError(error: unknown, { host, port, encrypted }: PostgresPlace): AppError {
  if (error instanceof AppError) return error;
  const where = `${host}:${port}`;
  const { code, message = '', severity } = error as { code?: unknown; message?: string; severity?: unknown };
  const said = message.slice(0, 500);
  // What the server itself says has a severity; its codes are those of SQLSTATE.
  if (severity !== undefined && typeof code === 'string') {
    if (code.startsWith('28')) return new AppError('tools/failed', `${where} did not take the user and password. It said: ${said}. Check them in Settings › Tools.`, { cause: error });
    if (code === '3D000') return new AppError('tools/failed', `${where} has no such database. Check its name in Settings › Tools.`, { cause: error });
    if (code === '57014') return new AppError('tools/failed', `The query took longer than ${QUERY_MS / 1000} seconds and was ended. Ask for less.`, { cause: error });
    if (code === '25006') return new AppError('tools/failed', `This only reads: ${said}.`, { cause: error });
    if (code.startsWith('53') || code.startsWith('57') || code.startsWith('08')) return new AppError('core/unreachable', `${where} takes no questions now. It said: ${said}. Try again later.`, { cause: error });
    return new AppError('tools/failed', `The database did not take the query: ${said}.`, { cause: error });
  }
  if (code === 'ETIMEDOUT' || /timeout expired/.test(message)) return new AppError('core/timeout', `${where} did not answer in time. Try again later.`, { cause: error });
  if (encrypted && (/SSL|certificate/i.test(message) || /CERT|TLS|SSL/.test(String(code)))) return new AppError('tools/failed', `${where} did not agree on an encrypted connection that can be trusted, so nothing was sent: ${said}. Check the encryption and the certificate in Settings › Tools.`, { cause: error });
  if (/password must be a string|SASL|SCRAM/i.test(message)) return new AppError('tools/failed', `${where} wants a password, or another kind of sign-in: ${said}. Check them in Settings › Tools.`, { cause: error });
  return new AppError('core/unreachable', `${where} could not be reached, or broke off. Check the address, the port and the encryption.`, { cause: error });
}
