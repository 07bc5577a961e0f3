/** Looks for secrets in everything that Troupe writes and says. Kept apart from the code that hides them, so that both would have to be wrong. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from '../../main/core/base/store/connect.ts';

/** A secret of a test is at least so long, so that half of it in any form stands nowhere by chance. */
const SHORTEST = 16;

/** Every way in which a value is looked for, by name. */
export function waysOf(value: string): [way: string, text: string][] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  // Wherever in a longer text it began: what these bytes alone decide.
  const base64 = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), bytes]).toString('base64').slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3)));
  return [
    ['raw', value], ['JSON', JSON.stringify(value).slice(1, -1)], ['URL', encodeURIComponent(value)], ['URL in full', hex.replace(/../g, '%$&')], ['URL in full', hex.toUpperCase().replace(/../g, '%$&')],
    ['hex', hex], ['hex', hex.toUpperCase()], ...base64.flatMap((text): [string, string][] => [['base64', text], ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')]]),
  ];
}

/**
 * The ways in which a secret stands in `text`, whole or cut in two: of whatever was cut once, one half is whole in one of the
 * two pieces. So two chunks, two lines of a log and two files of one may be looked through as they are.
 */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const found = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) throw new Error(`a secret of a test has at least ${SHORTEST} characters`);
    for (const [way, form] of waysOf(secret)) {
      const middle = Math.ceil(form.length / 2);
      if (text.includes(form.slice(0, middle)) || text.includes(form.slice(middle))) found.add(way);
    }
  }
  return [...found];
}

/** Every file below a folder that shows a secret, as `path: ways`. */
export async function leaksInFolder(folder: string, secrets: readonly string[]): Promise<{ files: string[]; leaks: string[] }> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const leaks: string[] = [];
  for (const file of files) {
    const found = leaksIn((await readFile(file)).toString('latin1'), secrets);
    if (found.length > 0) leaks.push(`${path.relative(folder, file)}: ${found.join(', ')}`);
  }
  return { files, leaks };
}

/**
 * Every row of every table of a database as it is once it is opened, compared with the secrets: as `table.column: ways`.
 * @param key 32 bytes; absent for a database that is not encrypted
 */
export function leaksInRows(file: string, key: Uint8Array | undefined, secrets: readonly string[]): { tables: string[]; rows: number; leaks: string[] } {
  const connection = connect({ file, key: key && Buffer.from(key).toString('hex'), readonly: true });
  try {
    const tables = connection.prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND (sql NOT LIKE 'CREATE VIRTUAL%' OR sql LIKE '%fts5%') ORDER BY name").all().map(({ name }) => name);
    const leaks = new Set<string>();
    let rows = 0;
    for (const table of tables) {
      for (const row of connection.prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`).iterate()) {
        rows += 1;
        for (const [column, value] of Object.entries(row)) {
          const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
          const found = leaksIn(text, secrets);
          if (found.length > 0) leaks.add(`${table}.${column}: ${found.join(', ')}`);
        }
      }
    }
    return { tables, rows, leaks: [...leaks] };
  } finally {
    connection.close();
  }
}
