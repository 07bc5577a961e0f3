/** How texts and queries become words. Both sides use this, so that what is typed meets what is stored. */

/** Scripts written without spaces: each character is a word of its own, and a query of several asks for all of them. */
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const PIECES = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}+/gu;
const ASCII = /^[\x20-\x7e\s]*$/;
const LONGEST_WORD = 40;

/** Lower case, compatibility forms and accents folded away. */
export function fold(text: string): string {
  // Most texts are plain ASCII: normalising them would be most of a sync's time.
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase();
}

/** The words of a text in order, repeats included. */
export function tokensOf(text: string): string[] {
  const folded = fold(text);
  const pieces = (ASCII.test(folded) ? folded.match(/[a-z0-9]+/g) : folded.match(PIECES)) ?? [];
  return pieces.some((piece) => piece.length > LONGEST_WORD) ? pieces.map((piece) => piece.slice(0, LONGEST_WORD)) : pieces;
}

/** Whether a token is a whole word by itself, so that no prefix of a longer one is meant. */
export const isSpaceless = (token: string): boolean => SPACELESS.test(token);

/** A word as FTS5 takes it: quoted, so that nothing in it is an operator. */
export const quoted = (token: string, prefix = false): string => `"${token.replaceAll('"', '""')}"${prefix ? ' *' : ''}`;

/** Words that a correction may offer: letters only, since numbers and short words look alike without being so. */
export const isCorrectable = (word: string): boolean => /^\p{L}{4,24}$/u.test(word);

/** Words that say how and not what: left out when nothing has all words of a query, and of long texts. */
export const FILLERS = new Set('a about all an and any are as at be by can do for from get has have help how i in into is it make me my need of on or our so some that the their this to use want was what when which will with you your'.split(' '));
