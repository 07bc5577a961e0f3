import type { Tool } from './tool.ts';

/** The words of an identifier or a sentence, lower case, plurals with their singular: `listFiles_of` → list, file, of. */
const wordsOf = (text: string): string[] => text.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u)
  .filter((word) => word.length > 1).map((word) => (word.length > 3 ? word.replace(/(?<!s)s$/u, '') : word));

/** A request may be a whole document; what it is about stands in its first words, and in rare ones the rest is not looked for. */
const MOST_WORDS = 200;
/** A name says more of a tool than its description. */
const NAME_WEIGHT = 3;
/** The usual constants of BM25: how much repetition counts, and how much length. */
const [K1, B] = [1.2, 0.75];

type Searched = Pick<Tool, 'id' | 'title' | 'description'>;

/** Finds tools by the words of a request; the best first, by their place in the list when they are alike. */
export interface ToolSearch<T extends Searched> { find(request: string, limit: number): T[] }

/**
 * Searches names and descriptions by BM25. A word also stands for longer ones that begin with it, for less. The same tools and
 * request give the same answer for ever: a run that is resumed or played again chooses as it did.
 */
export function createToolSearch<T extends Searched>(tools: readonly T[]): ToolSearch<T> {
  const lengths: number[] = [];
  /** By word: how often it stands in which tool. */
  const places = new Map<string, Map<number, number>>();
  tools.forEach((tool, index) => {
    const add = (text: string, weight: number): number => {
      const words = wordsOf(text);
      for (const word of words) {
        const of = places.get(word) ?? new Map<number, number>();
        places.set(word, of.set(index, (of.get(index) ?? 0) + weight));
      }
      return words.length;
    };
    lengths.push(add(`${tool.id} ${tool.title}`, NAME_WEIGHT) + add(tool.description, 1));
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length) || 1;
  const known = [...places.keys()];
  return {
    find(request, limit) {
      const scores = new Map<number, number>();
      for (const word of new Set(wordsOf(request).slice(0, MOST_WORDS))) {
        for (const candidate of word.length > 3 ? known.filter((one) => one.startsWith(word)) : [word]) {
          const of = places.get(candidate) ?? new Map<number, number>();
          const rarity = Math.log(1 + (tools.length - of.size + 0.5) / (of.size + 0.5)) * (candidate === word ? 1 : 0.5);
          for (const [index, times] of of) scores.set(index, (scores.get(index) ?? 0) + rarity * (times * (K1 + 1)) / (times + K1 * (1 - B + B * (lengths[index] ?? 0) / average)));
        }
      }
      return [...scores].sort(([a, one], [b, other]) => other - one || a - b).slice(0, limit).flatMap(([index]) => tools[index] ?? []);
    },
  };
}
