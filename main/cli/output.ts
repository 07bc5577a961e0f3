import type { UseInstead } from '../../contract/model/catalog.ts';
import { stripVTControlCharacters } from 'node:util';

/** stdout is data, stderr is for people. Text that came from plugins or models loses its control characters on a terminal. */
export interface Output {
  readonly json: boolean;
  /** The command's result: `value` as JSON with --json, else `text`. Called once. */
  result(value: unknown, text: () => string): void;
  /** A piece of a streamed answer; with --json nothing until `result`. */
  stream(text: string): void;
  /** A line for people. */
  say(line: string): void;
  /** A line that the next one replaces, on a terminal. */
  progress(line: string): void;
}

export function createOutput(json: boolean, stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Output {
  let open = false;
  const clear = (): void => { if (open) { stderr.write('\r\x1b[2K'); open = false; } };
  return {
    json,
    result(value, text) {
      clear();
      stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : plain(text()));
    },
    stream(text) { if (!json) { clear(); stdout.write(plain(text)); } },
    say(line) { clear(); stderr.write(`${plain(line)}\n`); },
    progress(line) {
      if (!stderr.isTTY) return;
      stderr.write(`\r\x1b[2K${plain(line).slice(0, (stderr.columns || 80) - 1)}`);
      open = true;
    },
  };
}

/** Without escape sequences and control characters other than tab and line end: they could repaint the terminal. */
export const plain = (text: string): string => stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');

/** Words of a registry as a part of one line: a line end in them must not begin a line that looks like ours. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What a registry says to use in the place of a version of `id`, as a part of a line; empty when it says nothing. */
export const insteadOf = (id: string, instead: UseInstead | null): string =>
  (instead === null ? '' : ` Use instead: ${instead.id === id && instead.version !== null ? instead.version : `${instead.id}${instead.version === null ? '' : ` ${instead.version}`}`}.`);

/** Columns with two spaces between; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => { widths[column] = Math.max(widths[column] ?? 0, cell.length); });
  return rows.map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd()}\n`).join('');
}

/** Bytes as people read them. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / 1024 / 1024).toFixed(1)} MiB`;
}
