/** Reads the lines that the sync thread wrote, a piece at a time: a catalog of 100,000 plugins never stands in memory. */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { awaitGrowth, growthSeen, type Growth } from '../growth.ts';
import { changeOfText, type TakenChange } from '../queries/catalog-line.ts';

const PIECE_BYTES = 1 << 18;

/**
 * Yields each line of a file of JSON lines. The file is our own, written by the sync thread after verification.
 * @param growth of a file that is still written; without it the file is whole
 * @throws Error when it broke off
 */
export function* changesIn(file: string, growth?: Growth): Generator<TakenChange> {
  const handle = openSync(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const seen = growth && growthSeen(growth);
      const read = readSync(handle, piece, 0, PIECE_BYTES, null);
      if (read === 0 && growth && seen !== undefined && awaitGrowth(growth, seen)) continue;
      const lines = (rest + (read === 0 ? decoder.end() : decoder.write(piece.subarray(0, read)))).split('\n');
      rest = read === 0 ? '' : lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield changeOfText(line);
      if (read === 0) return;
    }
  } finally {
    closeSync(handle);
  }
}
