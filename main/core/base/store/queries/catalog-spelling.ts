/** The word of the catalog that a misspelt one most likely meant. */
import type { Reader } from '../handles.ts';
import { isCorrectable } from './catalog-tokens.ts';

/** Words of one length, one behind the other; of each its letters as bits and how many entries have it. */
interface WordsOfLength { joined: string; letters: Uint32Array; documents: Uint32Array }
export type Spelling = ReadonlyMap<number, WordsOfLength>;

/** An unfinished word may lack so many letters. */
const UNFINISHED = 12;

/**
 * Every word that may be offered: 2 MB for 150,000 of them, read once and only when somebody mistypes. An index of their parts would be
 * found through no faster and would take a third of a first sync.
 */
export function spellingOf(db: Reader): Spelling {
  const found = db.get<{ words: string | null; counts: string | null }>(`SELECT group_concat(word, ' ') AS words, group_concat(documents, ' ') AS counts FROM words WHERE length(word) >= 4 AND word NOT GLOB '*[0-9]*'`);
  const counts = (found?.counts ?? '').split(' ');
  const byLength = new Map<number, { words: string[]; letters: number[]; documents: number[] }>();
  for (const [at, word] of (found?.words ?? '').split(' ').entries()) {
    if (!isCorrectable(word)) continue;
    let same = byLength.get(word.length);
    if (!same) byLength.set(word.length, same = { words: [], letters: [], documents: [] });
    same.words.push(word);
    same.letters.push(lettersOf(word));
    same.documents.push(Number(counts[at]));
  }
  return new Map([...byLength].map(([length, { words, letters, documents }]) => [length, { joined: words.join(''), letters: Uint32Array.from(letters), documents: Uint32Array.from(documents) }]));
}

/** Which letters a word has; those beyond a to z share the six bits that are left. */
function lettersOf(word: string): number {
  let bits = 0;
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at) - 97;
    bits |= 1 << (code >= 0 && code < 26 ? code : 26 + (code >>> 0) % 6);
  }
  return bits;
}

/** Whether more letters stand in one than in the other by more than `most`: each change makes up for one. */
function lacks(one: number, other: number, most: number): boolean {
  let rest = one & ~other;
  for (let count = 0; rest !== 0; rest &= rest - 1, count += 1) if (count >= most) return true;
  return false;
}

/**
 * The word that takes the fewest changes (one for a short word, else two); among equals the one that most entries have.
 * @param prefix the token may be the beginning of a longer word, which counts half a change more
 */
export function correctionOf(spelling: Spelling, token: string, prefix: boolean): string | undefined {
  const most = [...token].length < 8 ? 1 : 2;
  const sought = lettersOf(token);
  let best: { word: string; distance: number; documents: number } | undefined;
  for (let length = Math.max(1, token.length - most); length <= token.length + (prefix ? UNFINISHED : most); length += 1) {
    const same = spelling.get(length);
    for (let at = 0; same && at < same.letters.length; at += 1) {
      const letters = same.letters[at] ?? 0;
      if (lacks(sought, letters, most) || (!prefix && lacks(letters, sought, most))) continue;
      const word = same.joined.slice(at * length, (at + 1) * length);
      const distance = distanceFor(token, word, prefix, most);
      const documents = same.documents[at] ?? 0;
      if (distance < most + 1 && (best === undefined || distance < best.distance || (distance === best.distance && documents > best.documents))) best = { word, distance, documents };
    }
  }
  return best?.word;
}

/** To the whole word, or to a beginning of it that is about as long; anything above `most` + 1 when it is too far. */
function distanceFor(token: string, word: string, prefix: boolean, most: number): number {
  const row = lastRow(token, word, most);
  let distance = row[word.length] ?? Infinity;
  if (prefix) for (let end = Math.max(0, token.length - 1); end <= token.length + 1 && end < word.length; end += 1) distance = Math.min(distance, (row[end] ?? Infinity) + 0.5);
  return distance;
}

/** Changes between two words: a letter more, less, other, or two neighbours swapped. */
export const distanceOf = (one: string, other: string): number => lastRow(one, other, Infinity)[other.length] ?? 0;

/** Changes between `one` and each beginning of `other`, by its length; none when all of them are more than `most`. */
function lastRow(one: string, other: string, most: number): readonly number[] {
  let before: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  let leastBefore = 0;
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    // A swap looks back over two rows.
    if (least > most && leastBefore > most) return [];
    leastBefore = least;
    before = previous;
    previous = current;
  }
  return previous;
}
