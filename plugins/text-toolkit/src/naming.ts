/** Letters that do not fall apart into a base letter and a mark. */
const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ı: 'i', ä: 'ae', ö: 'oe', ü: 'ue' };

/** A title in plain letters: é is e, ä is ae. */
const plain = (text: string): string => text.toLowerCase().normalize('NFC').replace(/[ßæœøđðþłıäöü]/gu, (letter) => LETTERS[letter] ?? letter).normalize('NFD').replace(/\p{M}/gu, '');

export function slugify({ text, separator = '-', max_length: most = 80 }: { text: string; separator?: '-' | '_'; max_length?: number }) {
  const words = plain(text).replace(/['’]/gu, '').split(/[^\p{L}\p{N}]+/gu).filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    const next = slug === '' ? word : `${slug}${separator}${word}`;
    if (next.length > most) break;
    slug = next;
  }
  return { slug: slug === '' ? (words[0] ?? '').slice(0, most) : slug };
}

export type CaseStyle = 'upper' | 'lower' | 'title' | 'sentence' | 'camel' | 'snake' | 'kebab';

const capital = (word: string): string => { const [first = '', ...rest] = [...word]; return first.toUpperCase() + rest.join(''); };
const parts = (text: string): string[] => (text.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.toLowerCase());
/** Short words that titles write small, unless they come first. */
const SMALL = new Set(['a', 'an', 'and', 'as', 'at', 'but', 'by', 'for', 'in', 'of', 'on', 'or', 'the', 'to', 'with']);

export function changeCase({ text, style }: { text: string; style: CaseStyle }) {
  switch (style) {
    case 'upper': return { text: text.toUpperCase() };
    case 'lower': return { text: text.toLowerCase() };
    case 'title': return { text: text.toLowerCase().replace(/[\p{L}\p{N}'’]+/gu, (word, at: number) => (at > 0 && SMALL.has(word) ? word : capital(word))) };
    case 'sentence': return { text: text.toLowerCase().replace(/(^|[.!?]\s+)(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()) };
    case 'camel': return { text: parts(text).map((word, index) => (index === 0 ? word : capital(word))).join('') };
    case 'snake': return { text: parts(text).join('_') };
    case 'kebab': return { text: parts(text).join('-') };
  }
}
