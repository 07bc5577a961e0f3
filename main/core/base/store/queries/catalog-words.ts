/** The words of a query, each with the entries that have it; a word that none has is corrected first. */
import type { Reader } from '../handles.ts';
import { and, count, type Bitmap } from './catalog-bitmap.ts';
import { matching, type CatalogIndex } from './catalog-index.ts';
import { correctionOf } from './catalog-spelling.ts';
import { isCorrectable, isSpaceless, quoted, tokensOf } from './catalog-tokens.ts';

export interface SoughtWord {
  word: string;
  /** The last word may still be unfinished. */
  prefix: boolean;
  entries: Bitmap;
}

export interface SoughtWords { words: SoughtWord[]; corrected: string | null }

/** More words than this narrow nothing down any more. */
const MOST_WORDS = 8;

export const expressionOf = ({ word, prefix }: { word: string; prefix: boolean }): string => quoted(word, prefix);

/** @param text what was typed; without a word in it, every entry is meant and `words` is empty */
export function wordsSought(db: Reader, index: CatalogIndex, text: string): SoughtWords {
  const tokens = tokensOf(text).slice(0, MOST_WORDS);
  let corrected = false;
  const words = tokens.map((token, position): SoughtWord => {
    const prefix = position === tokens.length - 1 && !isSpaceless(token);
    const entries = entriesWith(db, index, token, prefix);
    if (!isCorrectable(token) || entries.some((bits) => bits !== 0)) return { word: token, prefix, entries };
    const better = correctionOf(index.spelling(), token, prefix);
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
