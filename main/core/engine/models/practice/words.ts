/** Words that say nothing about which tool is meant. */
const STOP = new Set(('a an the and or but if then of in on at to for from by with as is are was were be been it its this that these those i me my we our you your '
  + 'he she they them their please can could would should will shall do does did use using run call make give tell show let want need how what which who when where why '
  + 'some any all each every not no so than too very just also tool tools function result return returns value values get set into out about').split(' '));

/** Brings the forms of a word together (words → word, counting → count, reversed → revers, reverse → revers); not linguistics. */
export function stem(word: string): string {
  let base = word.toLowerCase();
  if (base.length > 4 && base.endsWith('ies')) base = `${base.slice(0, -3)}y`;
  else if (base.length > 4 && /(ss|sh|ch|x)es$/.test(base)) base = base.slice(0, -2);
  else if (base.length > 3 && base.endsWith('s') && !/(ss|us|is)$/.test(base)) base = base.slice(0, -1);
  if (base.length > 5 && base.endsWith('ing')) base = base.slice(0, -3);
  else if (base.length > 4 && base.endsWith('ed')) base = base.slice(0, -2);
  else if (base.length > 5 && base.endsWith('er')) base = base.slice(0, -2);
  else if (base.length > 6 && base.endsWith('ation')) base = base.slice(0, -5);
  if (base.length > 3 && base.endsWith('e')) base = base.slice(0, -1);
  if (base.length > 4 && /([bdfgklmnprt])\1$/.test(base)) base = base.slice(0, -1);
  return base;
}

/** The single words of an identifier or a sentence, lower case: `wordCount_of-x` → word, count, of, x. */
export function wordsOf(text: string): string[] {
  return text.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

/** The stems that carry meaning. */
export const stemsOf = (text: string): string[] => wordsOf(text).filter((word) => !STOP.has(word)).map(stem);

/** Where `word` stands in `text` as a word of its own; −1 when it does not. */
export function wordAt(text: string, word: string): number {
  if (word === '') return -1;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ') && !/[\p{L}\p{N}]/u.test(text[at + word.length] ?? ' ')) return at;
  }
  return -1;
}
