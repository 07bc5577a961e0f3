import { createReadStream } from 'node:fs';
import { createBrotliDecompress } from 'node:zlib';
import { AppError } from '../../contract/errors/app-error.ts';
import { catalogRecordSchema, problemsOf, surelyFits, type CatalogRecord } from '../../contract/manifest/index.ts';

/** A line of a catalog that is no record; the others are used all the same. `id` as far as it can be told. */
export interface BadRecord { line: number; id: string | null; message: string }

const MAX_LINE_BYTES = 4 * 1024 ** 2;
const MAX_TOTAL_BYTES = 4 * 1024 ** 3;

async function* linesIn(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let held = 0;
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > most) throw new AppError('catalog/refused', `A file of the catalog unpacks to more than ${most} bytes. Nothing of it was taken.`);
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]).toString('utf8');
      parts = [];
      held = 0;
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    held += chunk.length - start;
    if (held > MAX_LINE_BYTES) throw new AppError('catalog/refused', `A record of the catalog has more than ${MAX_LINE_BYTES} bytes. Nothing of the catalog was taken.`);
  }
  if (held > 0) yield Buffer.concat(parts).toString('utf8');
}

const isRecord = surelyFits(catalogRecordSchema);

/** A record, or what is wrong with it. */
export function readRecord(value: unknown): CatalogRecord | Omit<BadRecord, 'line'> {
  if (isRecord(value)) return value as CatalogRecord;
  const result = catalogRecordSchema.safeParse(value);
  if (result.success) return result.data;
  const id = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id.slice(0, 128) : null;
  return { id, message: problemsOf(value, result.error.issues)[0]?.message ?? 'The record has another form.' };
}

function readLine(line: string): CatalogRecord | Omit<BadRecord, 'line'> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { id: null, message: `The record is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  return readRecord(value);
}

/**
 * Streams the lines of a packed file.
 * @param most bytes that it may unpack to
 * @throws AppError `catalog/refused` when it, or a line of it, is larger
 */
export async function* linesOf(file: string, most = MAX_TOTAL_BYTES): AsyncGenerator<string> {
  const packed = createReadStream(file);
  const plain = createBrotliDecompress();
  packed.on('error', (error) => plain.destroy(error));
  try {
    yield* linesIn(packed.pipe(plain) as AsyncIterable<Uint8Array>, most);
  } finally {
    packed.destroy();
    plain.destroy();
  }
}

/**
 * Streams the records of a verified `full-N.jsonl.br`, so that 50,000 of them never stand in memory at once.
 * @param report is told of each line that is no record; it does not stop the others
 */
export async function* recordsOf(file: string, report: (bad: BadRecord) => void): AsyncGenerator<CatalogRecord> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (line === '') continue;
    const record = readLine(line);
    if ('message' in record) report({ line: number, ...record });
    else yield record;
  }
}
