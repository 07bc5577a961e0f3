/** The words of a query, each with the entries that have it; a word that none has is corrected first. */
import type { Reader } from '../handles.ts';
import type { Bitmap } from './catalog-bitmap.ts';
import { matching, type CatalogIndex } from './catalog-index.ts';
import { isCorrectable, isSpaceless, partsOf, quoted, tokensOf } from './catalog-tokens.ts';

export interface SoughtWord {
  word: string;
  /** The last word may still be unfinished. */
  prefix: boolean;
  entries: Bitmap;
}

export interface SoughtWords { words: SoughtWord[]; corrected: string | null }

/** More words than this narrow nothing down any more. */
const MOST_WORDS = 8;
const CANDIDATES = 64;

export const expressionOf = ({ word, prefix }: { word: string; prefix: boolean }): string => quoted(word, prefix);

/** @param text what was typed; without a word in it, every entry is meant and `words` is empty */
export function wordsSought(db: Reader, index: CatalogIndex, text: string): SoughtWords {
  const tokens = tokensOf(text).slice(0, MOST_WORDS);
  let corrected = false;
  const words = tokens.map((token, position): SoughtWord => {
    const prefix = position === tokens.length - 1 && !isSpaceless(token);
    const entries = entriesWith(db, index, token, prefix);
    if (!isCorrectable(token) || entries.some((bits) => bits !== 0)) return { word: token, prefix, entries };
    const better = correctionOf(db, token, prefix);
    if (better === undefined) return { word: token, prefix, entries };
    corrected = true;
    return { word: better, prefix, entries: entriesWith(db, index, better, prefix) };
  });
  return { words, corrected: corrected ? words.map(({ word }) => word).join(' ') : null };
}

function entriesWith(db: Reader, index: CatalogIndex, word: string, prefix: boolean): Bitmap {
  return index.stored(prefix ? 'prefix' : 'word', word) ?? matching(db, index, quoted(word, prefix));
}

/** Entries that have the word in their name. */
export function entriesNamed(db: Reader, index: CatalogIndex, { word, prefix }: SoughtWord): Bitmap {
  return (prefix ? index.stored('name_prefix', word) : undefined) ?? matching(db, index, `{name} : ${quoted(word, prefix)}`);
}

/** The word of the catalog that looks most like `token`; among equals the one that most entries have. */
function correctionOf(db: Reader, token: string, prefix: boolean): string | undefined {
  const length = [...token].length;
  const allowed = length < 8 ? 1 : 2;
  const parts = partsOf(token);
  const candidates = db.all<{ word: string; documents: number }>(
    `WITH alike AS (
       SELECT word, count(*) AS parts FROM word_parts
       WHERE part IN (SELECT value FROM json_each(@parts)) AND length BETWEEN @shortest AND @longest
       GROUP BY word ORDER BY parts DESC, length(word) LIMIT ${CANDIDATES})
     SELECT word, words.documents FROM alike JOIN words USING (word)`,
    { parts: JSON.stringify(parts), shortest: length - allowed, longest: length + (prefix ? 12 : allowed) });
  let best: { word: string; distance: number; documents: number } | undefined;
  for (const { word, documents } of candidates) {
    const distance = Math.min(distanceOf(token, word), prefix ? distanceToStart(token, word) + 0.5 : Infinity);
    if (Math.floor(distance) > allowed) continue;
    if (best === undefined || distance < best.distance || (distance === best.distance && documents > best.documents)) best = { word, distance, documents };
  }
  return best?.word;
}

const distanceToStart = (token: string, word: string): number =>
  Math.min(...[-1, 0, 1].map((more) => token.length + more).filter((end) => end < word.length).map((end) => distanceOf(token, word.slice(0, end))), Infinity);

/** Changes between two words: a letter more, less, other, or two neighbours swapped. */
export function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    before = previous;
    previous = current;
  }
  return previous[other.length] ?? 0;
}
