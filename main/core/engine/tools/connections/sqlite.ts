/** Questions to a SQLite file: opened for reading, in a process that is ended when it takes too long. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { fileError, realRoot, realTarget } from '../host-calls/folder-path.ts';
import { QUERY_MS, type Table } from './cells.ts';
import { field, textOf, type Kind, type Reach } from './kind.ts';
import type { SqliteAnswer, SqliteQuestion } from './sqlite-process.ts';

const MOST_ANSWER = 1024 * 1024;

/** Beside this file: the source when it runs as source, the bundle's own file otherwise. */
const processFile = (): string => path.join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'sqlite-process.ts' : 'sqlite-process.js');

async function ask(reach: Reach, sql: string, parameters: readonly (string | number | null)[]): Promise<Table> {
  const asked = textOf(reach.values, 'file');
  const file = await realRoot(reach.folder ?? '').then((root) => realTarget(root, asked)).catch((error: unknown) => { throw fileError(error, asked); });
  reach.signal.throwIfAborted();
  const question: SqliteQuestion = { file, sql, parameters };
  // Windows starts no program without SystemRoot; nothing else of the core's environment is handed on.
  const child = spawn(process.execPath, ['--max-old-space-size=128', processFile()], { env: process.env['SystemRoot'] === undefined ? {} : { SystemRoot: process.env['SystemRoot'] }, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
  const { promise, resolve, reject } = Promise.withResolvers<SqliteAnswer>();
  const timer = setTimeout(() => { reject(new AppError('tools/failed', `The query took longer than ${QUERY_MS / 1000} seconds and was ended. Ask for less.`)); }, QUERY_MS);
  const abort = (): void => { reject(reach.signal.reason as Error); };
  reach.signal.addEventListener('abort', abort, { once: true });
  const ended = (cause?: unknown): void => { reject(new AppError('tools/failed', 'The query was ended before it was done. Ask for less.', { cause })); };
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; if (text.length > MOST_ANSWER) ended(); });
  child.once('error', ended).once('close', (code) => { if (code === 0 && text !== '') resolve(JSON.parse(text) as SqliteAnswer); else ended(); });
  child.stdin.on('error', ended).end(JSON.stringify(question));
  try {
    const answer = await promise;
    if ('problem' in answer) throw new AppError('tools/failed', `The database did not take the query: ${answer.problem.slice(0, 500)}. It may only read, one statement at a time.`);
    reach.told('file_read', `${reach.name}/${asked}`);
    return answer;
  } finally {
    clearTimeout(timer);
    reach.signal.removeEventListener('abort', abort);
    child.kill('SIGKILL');
  }
}

export const sqlite: Kind = {
  kind: 'sqlite', picks: true, place: (values, folder) => path.join(folder ?? '', textOf(values, 'file')),
  fields: [field('file', 'string', 'File', 'The name of the database file in the folder that you pick next.', { example: 'shop.db' })],
  tools: [{
    id: 'builtin.sqlite_query', title: 'SQLite query', effect: 'read', description: 'Reads from a SQLite database with one SELECT. Tables stand in sqlite_schema.',
    input: { type: 'object', additionalProperties: false, required: ['sql'], properties: { sql: { type: 'string', minLength: 1, maxLength: 10_000, description: 'One SELECT, with ? for values.' }, parameters: { type: 'array', maxItems: 100, items: { type: ['string', 'number', 'null'] }, description: 'Values for the question marks.' } } },
    output: { type: 'object', required: ['columns', 'rows', 'cut'] },
    run: ({ sql, parameters }, reach) => ask(reach, String(sql), (parameters ?? []) as (string | number | null)[]),
  }],
  async test(reach) { const { rows } = await ask(reach, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'", []); return `The database opens, with ${String(rows[0]?.[0])} tables.`; },
};
