/** Reads the list in a packed JSON file of a catalog entry by entry, so that all of them never stand in memory. */
import { createReadStream } from 'node:fs';
import { createBrotliDecompress } from 'node:zlib';
import { AppError } from '../../contract/errors/app-error.ts';

const MAX_BYTES = 128 * 1024 ** 2;
const MAX_KEY_BYTES = 64;

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const OPENS = new Set([0x7b, 0x5b]);
const CLOSES = new Set([0x7d, 0x5d]);

/** Which list is read: `what` it holds, as the error says it; the `key` that it stands under; how many bytes an entry may have. */
export interface EntryList { what: string; key: string; mostEntryBytes: number }

const refusal = (what: string, why: string, cause?: unknown): AppError => new AppError('catalog/refused', `The ${what} of the catalog ${why}. Nothing of it was taken.`, { cause });

/** The entries of the list in a verified file, each parsed as JSON and no further. @throws AppError `catalog/refused` */
export async function* packedEntries(file: string, list: EntryList): AsyncGenerator<unknown> {
  const [packed, plain] = [createReadStream(file), createBrotliDecompress()];
  packed.on('error', (error) => plain.destroy(error));
  try {
    for await (const text of entriesIn(packed.pipe(plain) as AsyncIterable<Buffer>, list)) yield JSON.parse(text) as unknown;
  } catch (error) {
    throw error instanceof AppError ? error : refusal(list.what, 'are damaged', error);
  } finally {
    packed.destroy();
    plain.destroy();
  }
}

/** The objects of the list that stands under `key` in a JSON object, each as its text. What they hold is for the reader to parse. */
export async function* entriesIn(chunks: AsyncIterable<Buffer>, { what, key, mostEntryBytes }: EntryList): AsyncGenerator<string> {
  const refused = (why: string): AppError => refusal(what, why);
  let [total, depth, found, inList, inText, escaped] = [0, 0, false, false, false, false];
  /** The text that stands directly in the outer object, and what was the last of them before a colon. */
  let [word, name]: [string, string] = ['', ''];
  let entry: Buffer[] | undefined;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > MAX_BYTES) throw refused(`are far too large: they unpack to more than ${MAX_BYTES} bytes`);
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
        if (inText && depth === 1 && word.length <= MAX_KEY_BYTES) word += String.fromCharCode(byte);
      } else if (byte === QUOTE) {
        inText = true;
        if (depth === 1) word = '';
      } else if (byte === COLON) {
        if (depth === 1) name = word;
      } else if (OPENS.has(byte)) {
        if (depth === 1 && byte === 0x5b && name === key && !found) [found, inList] = [true, true];
        else if (inList && depth === 2 && byte === 0x7b) { entry = []; start = at; }
        depth += 1;
      } else if (CLOSES.has(byte)) {
        depth -= 1;
        if (inList && depth === 1) inList = false;
        if (entry && depth === 2) {
          yield Buffer.concat([...entry, chunk.subarray(start, at + 1)]).toString('utf8');
          entry = undefined;
        }
      }
    }
    if (!entry) continue;
    entry.push(chunk.subarray(start));
    if (entry.reduce((sum, part) => sum + part.length, 0) > mostEntryBytes) throw refused(`have an entry of more than ${mostEntryBytes} bytes`);
  }
  if (!found || depth !== 0 || inText) throw refused('are of another form');
}
