import { propertySchemas, type Schema } from './conforms.ts';
import { mentions, saidOf, suits, type Evidence } from './evidence.ts';
import type { Fact } from './facts.ts';
import { typesOf, variantsOf, type PlainSchema } from './variants.ts';
import { wordAt } from './words.ts';

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
  const object = objectOf(schema, names, required, result, evidence, root);
  if (object) result.set(object.key, object.said);
  if (required.size === 0 && result.size === 0 && names[0] !== undefined) result.set(names[0], true);
  return result;
}

/** "the sum of revenue": what one of the values on offer is said to be of goes to the only other text that may be left out. */
function objectOf(schema: PlainSchema, names: readonly string[], required: ReadonlySet<string>, taken: ReadonlyMap<string, unknown>, evidence: Evidence, root: Schema): { key: string; said: string } | undefined {
  const shapes = names.map((key) => ({ key, shape: variantsOf(propertySchemas(schema, key)[0] ?? true, root)[0] ?? {} }));
  const open = shapes.filter(({ key, shape }) => !required.has(key) && !taken.has(key) && !Array.isArray(shape['enum']) && typesOf(shape)[0] === 'string');
  const [only] = open;
  if (!only || open.length > 1) return undefined;
  for (const { shape } of shapes) {
    for (const member of Array.isArray(shape['enum']) ? shape['enum'] : []) {
      const word = String(member).toLowerCase();
      const at = wordAt(evidence.text.toLowerCase(), word);
      const said = at < 0 ? undefined : /^\s+of\s+(?:the\s+)?["'`]?([\p{L}\p{N}_-]+)/u.exec(evidence.text.slice(at + word.length))?.[1];
      if (said !== undefined) return { key: only.key, said };
    }
  }
  return undefined;
}
