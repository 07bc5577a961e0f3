import { propertySchemas, type Schema } from './conforms.ts';
import { mentions, saidOf, suits, type Evidence } from './evidence.ts';
import type { Fact } from './facts.ts';
import { typesOf, variantsOf, type PlainSchema } from './variants.ts';

/** What was set aside for one property: a fact, or words that the request says of it. */
export type Assigned = Fact | string | undefined;

/** Shares the facts out among the properties: best pair first; `true` means "wanted, without a fact of its own". */
export function shareOut(schema: PlainSchema, names: readonly string[], required: ReadonlySet<string>, evidence: Evidence, root: Schema): Map<string, Assigned | true> {
  const result = new Map<string, Assigned | true>();
  const taken = new Set<Fact>(evidence.used);
  const pairs: { key: string; fact: Fact; score: number; order: number }[] = [];
  for (const [order, key] of names.entries()) {
    const said = saidOf(key, evidence);
    if (said !== undefined && !(typeof said === 'object' && taken.has(said))) {
      result.set(key, said);
      if (typeof said === 'object') taken.add(said);
      continue;
    }
    const shape = variantsOf(propertySchemas(schema, key)[0] ?? true, root)[0];
    if (!shape) continue;
    const type = typesOf(shape)[0];
    if (type === 'boolean' && mentions(evidence.text, key)) result.set(key, true);
    if (Array.isArray(shape['enum']) && shape['enum'].some((member) => wordAt(evidence.text.toLowerCase(), String(member).toLowerCase()) >= 0)) result.set(key, true);
    if (Array.isArray(shape['enum']) || (type !== 'string' && type !== 'number' && type !== 'integer')) continue;
    const format = typeof shape['format'] === 'string' ? shape['format'] : undefined;
    for (const fact of evidence.facts) {
      const score = suits(fact, key, format, type === 'string' ? 'string' : 'number');
      if (score > 0) pairs.push({ key, fact, score: required.has(key) ? score + 0.5 : score, order });
    }
  }
  pairs.sort((a, b) => b.score - a.score || a.fact.start - b.fact.start || a.order - b.order);
  // An optional property takes a fact that speaks for it; when nothing is required, any.
  const threshold = (key: string): number => (required.has(key) || required.size === 0 ? 0 : 4);
  for (const { key, fact, score } of pairs) {
    if (result.has(key) || taken.has(fact) || score < threshold(key)) continue;
    result.set(key, fact);
    taken.add(fact);
  }
  if (required.size === 0 && result.size === 0 && names[0] !== undefined) result.set(names[0], true);
  return result;
}

/** Where `word` stands in `text` as a word of its own; −1 when it does not. */
export function wordAt(text: string, word: string): number {
  if (word === '') return -1;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ') && !/[\p{L}\p{N}]/u.test(text[at + word.length] ?? ' ')) return at;
  }
  return -1;
}
