import * as z from 'zod/mini';
import { lineSchema, longTextSchema } from './fields.ts';
import { guardrailSchema } from './guardrail.ts';
import { jsonSchemaSchema } from './json-schema-shape.ts';

const TEXT = 20_000;
const count = (maximum: number) => z.number().check(z.int(), z.gte(1), z.lte(maximum));

/** A provider's model as CrewAI writes it (`openai/gpt-4o`), or an object with more about it. */
const modelFieldSchema = z.union([lineSchema(200), z.record(z.string(), z.unknown())]);

/** A tool of another plugin (`dev.troupe.text-toolkit/word_count`), of the same plugin (`word_count`), or `builtin.calculator`. */
export const toolReferenceSchema = lineSchema(200);

/** How an agent is shown: a character of its own on a colour of its own; what is left out is made of its name. */
const avatarSchema = z.strictObject({
  emoji: z.optional(lineSchema(16)),
  colour: z.optional(z.string().check(z.regex(/^#[0-9a-f]{6}$/, { error: 'is not a colour such as #4452c4' }))),
});

/** The name of a variable: `{topic}` in a text stands for what `inputs` or the run has under `topic`. */
const variableSchema = z.string().check(z.maxLength(64), z.regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, { error: 'is not a name for a variable' }));

/** The fields that Troupe's agents and CrewAI's `agents.yaml` share, and a few of our own; all but `role` have a default. */
const shape = {
  name: z.optional(lineSchema(100)),
  description: z.optional(longTextSchema(1000)),
  avatar: z.optional(avatarSchema),
  role: longTextSchema(1000).check(z.minLength(1)),
  goal: z._default(longTextSchema(TEXT), ''),
  backstory: z._default(longTextSchema(TEXT), ''),
  instructions: z._default(longTextSchema(TEXT), ''),
  /** CrewAI calls it `llm`; `model` wins when both stand there. */
  model: z.optional(modelFieldSchema),
  llm: z.optional(modelFieldSchema),
  /** `<provider>/<model>` that answers when the first cannot be reached. */
  fallback_model: z.optional(lineSchema(200)),
  function_calling_llm: z.optional(modelFieldSchema),
  tools: z._default(z.array(toolReferenceSchema).check(z.maxLength(100)), []),
  memory: z._default(z.boolean(), false),
  knowledge: z._default(z.array(lineSchema(512)).check(z.maxLength(100)), []),
  guardrail: z.optional(guardrailSchema),
  guardrails: z._default(z.array(guardrailSchema).check(z.maxLength(20)), []),
  guardrail_max_retries: z._default(z.number().check(z.int(), z.gte(0), z.lte(20)), 3),
  /** Rounds of model and tools before the last call without tools. */
  max_iter: z._default(count(1000), 25),
  max_rpm: z.optional(z.nullable(count(100_000))),
  /** Seconds. */
  max_execution_time: z.optional(z.nullable(count(86_400))),
  max_tokens: z.optional(z.nullable(count(10_000_000))),
  max_retry_limit: z._default(z.number().check(z.int(), z.gte(0), z.lte(20)), 2),
  allow_delegation: z._default(z.boolean(), false),
  respect_context_window: z._default(z.boolean(), true),
  response_format: z.optional(jsonSchemaSchema),
  examples: z._default(z.array(z.strictObject({ input: longTextSchema(TEXT), output: longTextSchema(TEXT) })).check(z.maxLength(50)), []),
  /** What a person may ask to begin with. */
  prompts: z.optional(z.array(longTextSchema(2000).check(z.minLength(1))).check(z.maxLength(20))),
  /** Values of the variables in its texts; a run may bring its own. */
  inputs: z.optional(z.record(variableSchema, longTextSchema(TEXT))),
  verbose: z.optional(z.boolean()),
  cache: z.optional(z.boolean()),
  reasoning: z.optional(z.boolean()),
  max_reasoning_attempts: z.optional(z.nullable(count(100))),
  multimodal: z.optional(z.boolean()),
  inject_date: z.optional(z.boolean()),
  date_format: z.optional(lineSchema(100)),
  use_system_prompt: z.optional(z.boolean()),
  system_template: z.optional(longTextSchema(TEXT)),
  prompt_template: z.optional(longTextSchema(TEXT)),
  response_template: z.optional(longTextSchema(TEXT)),
};

/** `agents/<name>.yaml`. Unknown keys are refused, as CrewAI's documents do. */
export const agentDocumentSchema = z.strictObject(shape);
export type AgentDocument = z.infer<typeof agentDocumentSchema>;

/** Every key of an agent document, in the order in which Troupe writes them. */
export const AGENT_FIELDS: readonly string[] = Object.keys(shape);

/** An agent written inside a crew: only its role is needed. */
export const inlineAgentSchema = agentDocumentSchema;

/** CrewAI's `agents.yaml`: a map of names to agents. */
export const agentsMapSchema = z.record(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, { error: 'is not a name for an agent' })), agentDocumentSchema);
