import { parse as parseCsv } from 'csv-parse/sync';
import { Refusal, type Block } from './blocks.ts';

/** UTF-8, or UTF-16 with its mark. @throws Refusal for anything else: bytes that are no text would be noise */
export function textOf(bytes: Uint8Array): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    const text = new TextDecoder(utf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw new Refusal('This is no text: it has bytes that no text has. Its name may have the wrong ending.');
    return text;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('This is no text in UTF-8. Save it as UTF-8, or give the file the ending of what it is.');
  }
}

/** Paragraphs with the line in which they begin; in Markdown also with the headings above them. */
export function* textBlocks(text: string, markdown: boolean): Generator<Block> {
  const headings: string[] = [];
  let lines: string[] = [];
  let from = 1;
  let fence = false;
  const heading = (): { heading?: string } => { const path = headings.filter((one) => one !== '').join(' › ').slice(0, 300); return path === '' ? {} : { heading: path }; };
  let number = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    number += 1;
    if (/^\s*(```|~~~)/.test(line)) fence = !fence;
    const [, marks, title] = (markdown && !fence && /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line)) || [];
    if (line.trim() === '' || marks !== undefined) {
      if (lines.length > 0) yield { text: lines.join('\n'), place: { line: from, ...heading() } };
      lines = [];
    }
    if (marks !== undefined && title !== undefined) {
      headings.length = marks.length;
      for (let at = 0; at < marks.length; at += 1) headings[at] ??= '';
      headings[marks.length - 1] = title;
    } else if (line.trim() !== '') {
      if (lines.length === 0) from = number;
      lines.push(line);
    }
  }
  if (lines.length > 0) yield { text: lines.join('\n'), place: { line: from, ...heading() } };
}

/** Each row by itself, with the names of its columns. The first row is the head. */
export function* csvBlocks(text: string): Generator<Block> {
  const first = text.slice(0, 10_000).split(/\r?\n/, 1)[0] ?? '';
  const delimiter = [',', ';', '\t', '|'].toSorted((a, b) => first.split(b).length - first.split(a).length)[0] ?? ',';
  let rows: string[][];
  try {
    rows = parseCsv(text, { delimiter, bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, max_record_size: 200_000 });
  } catch (error) {
    throw new Refusal(`The table could not be read. ${error instanceof Error ? error.message.slice(0, 200) : ''}`);
  }
  const [head = [], ...body] = rows;
  if (body.length === 0) { yield { text: head.join('; '), place: { row: 1 } }; return; }
  for (const [at, row] of body.entries()) yield { text: row.flatMap((cell, column) => (cell.trim() === '' ? [] : [`${head[column]?.trim() || `Column ${column + 1}`}: ${cell.trim()}`])).join('; '), place: { row: at + 1 } };
}
