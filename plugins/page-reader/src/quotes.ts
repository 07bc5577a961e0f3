import type { ToolContext } from '../../../sdk/index.ts';
import { stem, telling } from '../../text-toolkit/src/summary.ts';
import { sentencesOf } from '../../text-toolkit/src/words.ts';
import { headingOf, open, prose, type Asked } from './page.ts';

export interface Quote { readonly quote: string; readonly heading: string | null; readonly score: number }

/** Words that ask, and say nothing of what is asked about. */
const ASKING = new Set(['quote', 'quotes', 'tell', 'say', 'says', 'page', 'text', 'article', 'find', 'answer', 'question', 'mean', 'many', 'much']);
const rootsOf = (text: string): string[] => [...new Set(telling(text).map(stem))];
const asks = (question: string): string[] => { const roots = rootsOf(question); const kept = roots.filter((root) => !ASKING.has(root)); return kept.length === 0 ? roots : kept; };

/** Sentences with the heading above each, in their order. */
function* passages(text: string): Generator<{ quote: string; heading: string | null }> {
  let [heading, block]: [string | null, string[]] = [null, []];
  const said = function* (): Generator<{ quote: string; heading: string | null }> { for (const quote of sentencesOf(prose(block.join('\n')))) yield { quote, heading }; };
  for (const line of text.split('\n')) {
    const next = headingOf(line);
    if (!next) { block.push(line); continue; }
    yield* said();
    [heading, block] = [next.heading, []];
  }
  yield* said();
}

/**
 * Sentences that have most of what was asked about. A word that few of them have counts more, and what the heading says already
 * counts half for the sentences under it.
 */
export function quotesIn(text: string, question: string, limit: number): Quote[] {
  const wanted = asks(question);
  const all = [...passages(text)].map((one) => ({ ...one, has: new Set(rootsOf(one.quote)), above: new Set(rootsOf(one.heading ?? '')) }));
  const weight = new Map(wanted.map((root) => [root, 1 + Math.log((all.length + 1) / (all.filter(({ has }) => has.has(root)).length + 1))]));
  const whole = [...weight.values()].reduce((sum, one) => sum + one, 0);
  const scored = all.map(({ quote, heading, has, above }, at) => {
    const own = wanted.filter((root) => has.has(root)).reduce((sum, root) => sum + (weight.get(root) ?? 0), 0);
    const from = own === 0 ? 0 : wanted.filter((root) => !has.has(root) && above.has(root)).reduce((sum, root) => sum + (weight.get(root) ?? 0) / 2, 0);
    return { quote, heading, at, score: whole === 0 ? 0 : Math.round(((own + from) / whole) * 100) };
  });
  return scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || a.at - b.at).slice(0, limit).map(({ quote, heading, score }) => ({ quote, heading, score }));
}

export async function findQuotes({ question, limit = 5, ...asked }: Asked & { question: string; limit?: number }, ctx: ToolContext) {
  const { text } = await open(asked, ctx);
  const there = new Set(rootsOf(text));
  return { quotes: quotesIn(text, question, limit), missing: asks(question).filter((root) => !there.has(root)) };
}

/** As it is compared: white space, kinds of quotation marks and dashes are nobody's words. */
const plain = (text: string): string => text.normalize('NFKC').replace(/[“”„«»]/gu, '"').replace(/[‘’‚]/gu, "'").replace(/[‐-―]/gu, '-').replace(/\s+/gu, ' ').trim();

/** The share of words that two sentences have in common. */
function likeness(a: readonly string[], b: readonly string[]): number {
  const [one, other] = [new Set(a), new Set(b)];
  const common = [...one].filter((word) => other.has(word)).length;
  return common / Math.max(1, one.size + other.size - common);
}

/** From how alike two sentences count as the same one, misquoted. */
const NEARLY = 0.6;
const wordsIn = (text: string): string[] => plain(text).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

export async function checkQuotes({ quotes, ...asked }: Asked & { quotes: readonly string[] }, ctx: ToolContext) {
  const { text } = await open(asked, ctx);
  const whole = plain(prose(text));
  const sentences = sentencesOf(prose(text)).map((sentence) => ({ sentence, words: wordsIn(sentence) }));
  const checked = quotes.map((quote) => {
    const bare = plain(quote).replace(/^["']|["']$/gu, '').replace(/^(?:\.{3}|…)\s*|\s*(?:\.{3}|…)$/gu, '');
    if (bare !== '' && whole.includes(bare)) return { quote, found: 'exact' as const, stands: null };
    const own = wordsIn(bare);
    const [best] = sentences.map(({ sentence, words }) => ({ sentence, like: likeness(own, words) })).sort((a, b) => b.like - a.like);
    return best && best.like >= NEARLY ? { quote, found: 'nearly' as const, stands: best.sentence } : { quote, found: 'no' as const, stands: null };
  });
  return { checked, all_exact: checked.every(({ found }) => found === 'exact') };
}
