/** The words of a query, each with the entries that have it; a word that none has is called otherwise or corrected first. */
import type { Reader } from '../handles.ts';
import { ALIASES, LONGEST_ALIAS } from './catalog-aliases.ts';
import { and, count, type Bitmap } from './catalog-bitmap.ts';
import { matching, type CatalogIndex } from './catalog-index.ts';
import { correctionOf } from './catalog-spelling.ts';
import { FILLERS, isCorrectable, isSpaceless, quoted, tokensOf } from './catalog-tokens.ts';

export interface SoughtWord {
  word: string;
  /** The last word may still be unfinished. */
  prefix: boolean;
  /** What stands for it, when nothing is called as it was typed: any of these is meant. */
  any?: readonly string[];
  entries: Bitmap;
}

export interface SoughtWords { words: SoughtWord[]; corrected: string | null }

/** More words than this narrow nothing down any more. */
const MOST_WORDS = 8;

export const expressionOf = ({ word, prefix, any }: Pick<SoughtWord, 'word' | 'prefix' | 'any'>): string =>
  (any ? `(${[quoted(word, prefix), ...any.map((one) => quoted(one))].join(' OR ')})` : quoted(word, prefix));

/** @param text what was typed; without a word in it, every entry is meant and `words` is empty */
export function wordsSought(db: Reader, index: CatalogIndex, text: string): SoughtWords {
  const tokens = tokensOf(text).slice(0, MOST_WORDS);
  let corrected = false;
  const words: SoughtWord[] = [];
  const shown: string[] = [];
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at] ?? '';
    const called = calledOtherwise(db, index, tokens, at);
    if (called) {
      words.push(called.word);
      shown.push(called.instead ?? called.word.word);
      corrected ||= called.instead !== undefined;
      at += called.tokens;
      continue;
    }
    const prefix = at === tokens.length - 1 && !isSpaceless(token);
    const entries = entriesWith(db, index, token, prefix);
    const better = !isCorrectable(token) || entries.some((bits) => bits !== 0) ? undefined : correctionOf(index.spelling(), token, prefix);
    words.push(better === undefined ? { word: token, prefix, entries } : { word: better, prefix, entries: entriesWith(db, index, better, prefix) });
    shown.push(better ?? token);
    corrected ||= better !== undefined;
    at += 1;
  }
  return { words, corrected: corrected ? shown.join(' ') : null };
}

/** What stands for the words from `at` on, where nothing has them; with what begins as the last of them does, since it may be unfinished. `instead` says it where that is nothing. */
function calledOtherwise(db: Reader, index: CatalogIndex, tokens: readonly string[], at: number): { word: SoughtWord; tokens: number; instead?: string } | undefined {
  for (let length = Math.min(LONGEST_ALIAS, tokens.length - at); length > 0; length -= 1) {
    const typed = tokens.slice(at, at + length);
    const word = typed.join(' ');
    const aliases = ALIASES.get(word);
    const has = (entries: readonly Bitmap[]): boolean => and(index.shown, ...entries).some((bits) => bits !== 0);
    if (!aliases || has(typed.map((token) => entriesWith(db, index, token, false)))) continue;
    const any = aliases.filter((one) => has([matching(db, index, quoted(one))]));
    if (any.length === 0) continue;
    const prefix = at + length === tokens.length;
    const sought: SoughtWord = { word, prefix, any, entries: index.shown };
    const begins = has([matching(db, index, quoted(word, prefix))]);
    return { word: { ...sought, entries: matching(db, index, expressionOf(sought)) }, tokens: length, ...(!begins && { instead: any.join(' or ') }) };
  }
  return undefined;
}

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
  const known = (meant.length > 0 ? meant : words).flatMap((sought) => {
    const { word } = sought;
    if (sought.any) return [{ ...sought, documents: count(and(index.shown, sought.entries)) }];
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
export function entriesNamed(db: Reader, index: CatalogIndex, sought: SoughtWord): Bitmap {
  const { word, prefix, any } = sought;
  return (prefix && !any ? index.stored('name_prefix', word) : undefined) ?? matching(db, index, `{name} : ${expressionOf(sought)}`);
}
