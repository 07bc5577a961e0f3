/** The words of a query, each with the entries that have it; a word that none has is corrected first. */
import type { Reader } from '../handles.ts';
import { and, count, type Bitmap } from './catalog-bitmap.ts';
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

/** Words that say how and not what: left out when nothing has all words of a query. */
export const FILLERS = new Set('a about all an and any are as at be by can do for from get has have help how i in into is it make me my need of on or our so some that the their this to use want was what when which will with you your'.split(' '));

/** The part of a word that its forms share, roughly: `counting`, `counts` and `count` begin alike. */
export const stemOf = (word: string): string => (/^[a-z]{6,}ing$/.test(word) ? word.slice(0, -3) : /^[a-z]{3,}[^su]s$/.test(word) ? word.slice(0, -1) : word);

/**
 * For a query of which nothing has every word: the words that something has together, the rarest kept first since they say
 * most, each by the beginning that its forms share. Undefined when nothing has any of them.
 * @param words at least two, as `wordsSought` answers them
 */
export function loosened(db: Reader, index: CatalogIndex, words: readonly SoughtWord[]): SoughtWords | undefined {
  const meant = words.filter(({ word }) => !FILLERS.has(word));
  // Often the fillers alone are in the way, and then the words are good as they are.
  if (meant.length > 0 && and(index.shown, ...meant.map(({ entries }) => entries)).some((bits) => bits !== 0)) return { words: meant, corrected: meant.map(({ word }) => word).join(' ') };
  const known = (meant.length > 0 ? meant : words).flatMap(({ word }) => {
    const prefix = !isSpaceless(word);
    const stem = stemOf(word);
    const entries = and(index.shown, entriesWith(db, index, stem, prefix));
    const documents = count(entries);
    return documents === 0 ? [] : [{ word: stem, prefix, entries, documents }];
  });
  const kept = new Set<SoughtWord>();
  let together = index.shown;
  for (const word of [...known].sort((a, b) => a.documents - b.documents)) {
    const next = and(together, word.entries);
    if (next.every((bits) => bits === 0)) continue;
    together = next;
    kept.add(word);
  }
  if (kept.size === 0) return undefined;
  const left = known.filter((word) => kept.has(word));
  return { words: left, corrected: left.map(({ word }) => word).join(' ') };
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
