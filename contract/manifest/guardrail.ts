import * as z from 'zod/mini';
import { lineSchema, longTextSchema } from './fields.ts';
import { jsonSchemaSchema } from './json-schema-shape.ts';

const amount = z.optional(z.number().check(z.int(), z.gte(0), z.lte(10_000_000)));

/** Which personal data is recognised. `national_id`: numbers of the USA, Spain and France, which can be told by their form or check digits. */
export const PERSONAL_DATA = ['email', 'phone', 'iban', 'card', 'ip', 'national_id'] as const;
export type PersonalDataKind = (typeof PERSONAL_DATA)[number];

/** What an `input` is checked for before the model is asked, an `output` before it is an answer. `stop` ends the run, `retry` has the model answer again. */
const on = z._default(z.enum(['input', 'output']), 'output');
const action = z.optional(z.enum(['stop', 'retry']));
const maskable = z.optional(z.enum(['stop', 'retry', 'mask']));

const kinds = [
  /** The text is JSON that fits. */
  z.strictObject({ type: z.literal('schema'), on, action, schema: jsonSchemaSchema }),
  /** Characters are code points, words are what stands between spaces. */
  z.strictObject({ type: z.literal('length'), on, action, min_characters: amount, max_characters: amount, min_words: amount, max_words: amount }),
  /** Whole words or phrases whatever their case, and regular expressions of RE2. `mask` puts blocks in their place. */
  z.strictObject({
    type: z.literal('banned'), on, action: maskable,
    words: z._default(z.array(lineSchema(200)).check(z.maxLength(500)), []),
    patterns: z._default(z.array(lineSchema(200)).check(z.maxLength(20)), []),
  }),
  /** On an input, `mask` hides it from the model and shows it to the person; on an output it takes it out. */
  z.strictObject({ type: z.literal('personal_data'), on, action: maskable, kinds: z._default(z.array(z.enum(PERSONAL_DATA)).check(z.minLength(1)), [...PERSONAL_DATA]) }),
  /** A model says whether the text keeps the rule. Without `model`: the agent's own. `when_unavailable`: what counts when it cannot be asked. */
  z.strictObject({
    type: z.literal('judge'), on, action, rule: longTextSchema(4000).check(z.minLength(1)), model: z.optional(lineSchema(200)),
    when_unavailable: z._default(z.enum(['stop', 'pass']), 'stop'),
  }),
  /** A tool of the agent's plugin or of one that it depends on, which only reads: `{text}` in, `{pass, reason?, text?}` out. */
  z.strictObject({ type: z.literal('tool'), on, action, tool: lineSchema(200) }),
] as const;

/** A rule of our own kinds. */
export const guardrailRuleSchema = z.discriminatedUnion('type', kinds).check((context) => {
  const rule = context.value;
  const wrong = (key: string, message: string): void => { context.issues.push({ code: 'custom', input: rule, path: [key], message }); };
  if (rule.on === 'input' && rule.action === 'retry') wrong('action', 'is retry, but nobody can be asked to write an input again; use stop');
  if (rule.type === 'banned' && rule.on === 'input' && rule.action === 'mask') wrong('action', 'is mask, which banned words have on an output only; use stop');
  if (rule.type === 'banned' && rule.words.length + rule.patterns.length === 0) wrong('words', 'is empty; at least one word or pattern is needed');
  if (rule.type === 'length' && [rule.min_characters, rule.max_characters, rule.min_words, rule.max_words].every((bound) => bound === undefined)) wrong('max_words', 'is missing; at least one bound is needed');
});
export type GuardrailRule = z.infer<typeof guardrailRuleSchema>;

/** A sentence that a model judges the answer by, as CrewAI has it, or a rule of our own kinds. */
export const guardrailSchema = z.union([longTextSchema(4000).check(z.minLength(1)), guardrailRuleSchema]);

/** The rules of a document in their order; `guardrails` wins over `guardrail`, and a sentence is a judge of the output. */
export function guardrailsOf(document: { readonly guardrail?: string | GuardrailRule | undefined; readonly guardrails: readonly (string | GuardrailRule)[] }): GuardrailRule[] {
  const written = document.guardrails.length > 0 || document.guardrail === undefined ? document.guardrails : [document.guardrail];
  return written.map((rule) => (typeof rule === 'string' ? { type: 'judge', on: 'output', rule, when_unavailable: 'stop' } : rule));
}
