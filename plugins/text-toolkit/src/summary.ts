import { STOP_WORDS } from './stop-words.ts';
import { sentencesOf, wordsOf } from './words.ts';

/** Folds the commonest English endings, so that `plan`, `plans` and `planned` count together. */
export const stem = (word: string): string => (word.length > 4 ? word.replace(/(?<=[a-z]{3})(?:ies|ing|ed|es|s)$/u, '') : word);

/** The words that carry meaning, in lower case. */
export const telling = (text: string): string[] => wordsOf(text).map((word) => word.toLowerCase().replace(/['’]s$/u, '')).filter((word) => word.length > 2 && !STOP_WORDS.has(word) && !/^\p{N}+$/u.test(word));

function weights(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(stem(word), (counts.get(stem(word)) ?? 0) + 1);
  return counts;
}

export function findKeywords({ text, limit = 10 }: { text: string; limit?: number }) {
  const words = telling(text);
  const forms = new Map<string, Map<string, number>>();
  for (const word of words) {
    const spellings = forms.get(stem(word)) ?? new Map<string, number>();
    spellings.set(word, (spellings.get(word) ?? 0) + 1);
    forms.set(stem(word), spellings);
  }
  const keywords = [...weights(words)].map(([root, count]) => {
    const [spelling] = [...(forms.get(root) ?? [])].sort((a, b) => b[1] - a[1] || a[0].length - b[0].length);
    return { word: spelling?.[0] ?? root, count };
  });
  return { keywords: keywords.sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1)).slice(0, limit) };
}

/**
 * Scores each sentence by how much of the text's weight its words carry, with a little more for the beginning, and less
 * for what an earlier chosen sentence has said already.
 */
export function summarize({ text, sentences: wanted = 3 }: { text: string; sentences?: number }) {
  const sentences = sentencesOf(text);
  const all = weights(telling(text));
  const roots = sentences.map((sentence) => [...new Set(telling(sentence).map(stem))]);
  const covered = new Set<string>();
  const chosen = new Set<number>();
  while (chosen.size < Math.min(wanted, sentences.length)) {
    let best = -1;
    let bestScore = -1;
    sentences.forEach((_, index) => {
      if (chosen.has(index)) return;
      const own = roots[index] ?? [];
      const gain = own.reduce((sum, root) => sum + (all.get(root) ?? 0) * (covered.has(root) ? 0.2 : 1), 0);
      const score = (gain / Math.sqrt(own.length + 4)) * (index === 0 ? 1.3 : index < 3 ? 1.1 : 1);
      if (score > bestScore) { bestScore = score; best = index; }
    });
    if (best === -1) break;
    chosen.add(best);
    for (const root of roots[best] ?? []) covered.add(root);
  }
  const kept = [...chosen].sort((a, b) => a - b).map((index) => sentences[index] ?? '');
  return { summary: kept.join(' '), sentences_kept: kept.length, sentences_total: sentences.length };
}
