import { createReadStream } from 'node:fs';
import { createBrotliDecompress } from 'node:zlib';
import { AppError } from '../../contract/errors/app-error.ts';
import { pluginStatsSchema, type PluginStats } from '../../contract/manifest/index.ts';

const MAX_BYTES = 128 * 1024 ** 2;
/** Bytes of the figures of one plugin: ninety days and their numbers are far less. */
const MAX_ENTRY_BYTES = 64 * 1024;
const MAX_KEY_BYTES = 64;

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const OPENS = new Set([0x7b, 0x5b]);
const CLOSES = new Set([0x7d, 0x5d]);

const refused = (why: string, cause?: unknown): AppError => new AppError('catalog/refused', `The figures of the catalog ${why}. Nothing of it was taken.`, { cause });

/** The figures in a verified `stats-DATE.json.br`, one after another, so that all of them never stand in memory; an entry that is none is left out. @throws AppError `catalog/refused` */
export async function* readStats(file: string): AsyncGenerator<PluginStats> {
  const [packed, plain] = [createReadStream(file), createBrotliDecompress()];
  packed.on('error', (error) => plain.destroy(error));
  try {
    for await (const text of entriesIn(packed.pipe(plain) as AsyncIterable<Buffer>, 'plugins')) {
      const read = pluginStatsSchema.safeParse(JSON.parse(text));
      if (read.success) yield read.data;
    }
  } catch (error) {
    throw error instanceof AppError ? error : refused('are damaged', error);
  } finally {
    packed.destroy();
    plain.destroy();
  }
}

/** The objects of the list that stands under `key` in a JSON object, each as its text. What they hold is for the reader to parse. */
export async function* entriesIn(chunks: AsyncIterable<Buffer>, key: string): AsyncGenerator<string> {
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
    if (entry.reduce((sum, part) => sum + part.length, 0) > MAX_ENTRY_BYTES) throw refused(`have an entry of more than ${MAX_ENTRY_BYTES} bytes`);
  }
  if (!found || depth !== 0 || inText) throw refused('are of another form');
}
