/** Words as people count them: letters and digits of any script, with apostrophes and hyphens inside. */
const WORD = /[\p{L}\p{N}]+(?:['’\-][\p{L}\p{N}]+)*/gu;

export const wordsOf = (text: string): string[] => text.match(WORD) ?? [];

const ABBREVIATION = /(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|z\.B|bzw|ca|Nr|No|Fig|al)\.$/u;

/** Sentences in their order. A full stop after an abbreviation or an initial ends none. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const block of text.split(/\n\s*\n|\n(?=\s*(?:[-*#>]|\d+\.)\s)/u)) {
    let rest = '';
    for (const piece of block.replace(/\s+/gu, ' ').trim().split(/(?<=[.!?…。！？]["'”’)\]]?)\s+/u)) {
      rest = rest === '' ? piece : `${rest} ${piece}`;
      if (ABBREVIATION.test(rest)) continue;
      if (rest !== '') sentences.push(rest);
      rest = '';
    }
    if (rest !== '') sentences.push(rest);
  }
  return sentences.filter((sentence) => wordsOf(sentence).length > 0);
}

const READING_WORDS_PER_MINUTE = 230;

export function countWords({ text }: { text: string }) {
  const words = wordsOf(text).length;
  const characters = [...text];
  return {
    words, characters: characters.length, characters_without_spaces: characters.filter((character) => !/\s/u.test(character)).length,
    sentences: sentencesOf(text).length, lines: text === '' ? 0 : text.split(/\r\n|\r|\n/u).length,
    paragraphs: text.split(/\n\s*\n/u).filter((paragraph) => paragraph.trim() !== '').length,
    reading_minutes: Math.round((words / READING_WORDS_PER_MINUTE) * 10) / 10,
  };
}
