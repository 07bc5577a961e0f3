import type { Draft, GuardrailKind } from '../../../contract/model/builder.ts';

/** A rule as far as it was written: its type is known, whether the rest is right is told as problems. */
export type DraftRule = { readonly type: GuardrailKind } & Readonly<Record<string, unknown>>;
export type Action = 'retry' | 'stop' | 'mask';

/** What a new rule of each kind begins with; also the order in which kinds are offered. */
export const NEW_RULES: readonly DraftRule[] = [
  { type: 'length', max_words: 200 },
  { type: 'banned' },
  { type: 'personal_data', on: 'input', action: 'mask' },
  { type: 'judge', rule: '' },
  { type: 'schema', schema: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] } },
  { type: 'tool', tool: '' },
];

/** The rules of a draft: CrewAI's single `guardrail` stands for a list of one, as it does in a run. */
export function rulesOf(draft: Draft): readonly unknown[] {
  const { guardrail, guardrails } = draft;
  if (Array.isArray(guardrails) && guardrails.length > 0) return guardrails;
  return guardrail === undefined ? [] : [guardrail];
}

/** A sentence is a judge of the answer. Null for what is no rule of a kind that is known. */
export function readRule(value: unknown): DraftRule | null {
  if (typeof value === 'string') return { type: 'judge', rule: value };
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  return NEW_RULES.some(({ type }) => type === value.type) ? (value as DraftRule) : null;
}

/** A sentence stays one while nothing but its words is said. */
export function writeRule(before: unknown, rule: DraftRule): unknown {
  const said = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
  return typeof before === 'string' && Object.keys(said).length === 2 ? rule['rule'] : said;
}

/** What may be done about a text that a rule refuses, as the format of the document has it; the first is what is done when nothing is said. */
export function actionsOf({ type, on }: DraftRule): readonly Action[] {
  const masks = type === 'personal_data' || (type === 'banned' && on !== 'input');
  return [...(on === 'input' ? [] : ['retry'] as const), 'stop', ...(masks ? ['mask'] as const : [])];
}
