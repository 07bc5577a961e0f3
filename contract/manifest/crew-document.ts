import * as z from 'zod/mini';
import { agentDocumentSchema, toolReferenceSchema, type AgentDocument } from './agent-document.ts';
import { capabilityIdSchema, jsonObjectSchema, lineSchema, longTextSchema } from './fields.ts';
import { guardrailSchema } from './guardrail.ts';
import { jsonSchemaSchema } from './json-schema-shape.ts';

const nameSchema = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/, { error: 'is not a name: letters, digits, `_` and `-`, beginning with a letter' }));
/** CrewAI's own words for a task that does not say what it is to give. */
export const DEFAULT_EXPECTED_OUTPUT = 'the finished task';

/** One task. `context` left out: all earlier outputs; an empty list or null: none; a list: exactly those, in its order. */
export const taskSchema = z.strictObject({
  name: z.optional(nameSchema),
  description: longTextSchema(20_000).check(z.minLength(1)),
  expected_output: z._default(longTextSchema(20_000), DEFAULT_EXPECTED_OUTPUT),
  agent: z.optional(nameSchema),
  context: z.optional(z.nullable(z.array(nameSchema).check(z.maxLength(100)))),
  tools: z.optional(z.array(toolReferenceSchema).check(z.maxLength(100))),
  async_execution: z._default(z.boolean(), false),
  human_input: z._default(z.boolean(), false),
  /** CEL over `output`, the task before it. */
  condition: z.optional(longTextSchema(2000)),
  guardrail: z.optional(guardrailSchema),
  guardrails: z._default(z.array(guardrailSchema).check(z.maxLength(20)), []),
  guardrail_max_retries: z._default(z.number().check(z.int(), z.gte(0), z.lte(20)), 3),
  output_json: z.optional(jsonSchemaSchema),
  output_pydantic: z.optional(jsonSchemaSchema),
  output_file: z.optional(lineSchema(512)),
  create_directory: z.optional(z.boolean()),
  markdown: z.optional(z.boolean()),
  verbose: z.optional(z.boolean()),
});
export type TaskDocument = z.infer<typeof taskSchema>;

/** A plain sentence is the task's description. */
export const taskEntrySchema = z.union([longTextSchema(20_000).check(z.minLength(1)), taskSchema]);

const settings = {
  process: z._default(z.enum(['sequential', 'hierarchical']), 'sequential'),
  manager_llm: z.optional(lineSchema(200)), manager_agent: z.optional(nameSchema),
  planning: z._default(z.boolean(), false), planning_llm: z.optional(lineSchema(200)),
  memory: z._default(z.boolean(), false), max_rpm: z.optional(z.nullable(z.number().check(z.int(), z.gte(1)))),
  verbose: z.optional(z.boolean()), cache: z.optional(z.boolean()),
};

/** A crew in one file. `agents` lists agents of the plugin by id, or holds them inline by name. `inputs` are defaults. */
export const crewFileSchema = z.strictObject({
  name: z.optional(lineSchema(100)), description: z.optional(longTextSchema(4000)), ...settings,
  agents: z.union([z.array(capabilityIdSchema).check(z.minLength(1), z.maxLength(50)), z.record(nameSchema, agentDocumentSchema)]),
  tasks: z.union([z.array(taskEntrySchema).check(z.minLength(1), z.maxLength(200)), z.record(nameSchema, taskSchema)]),
  inputs: z._default(jsonObjectSchema, {}),
});
export type CrewFile = z.infer<typeof crewFileSchema>;

/** A crew with everything it names at hand, however it was written. Tasks stand in their order. */
export interface CrewDocument extends Omit<CrewFile, 'agents' | 'tasks'> {
  agents: Record<string, AgentDocument>;
  tasks: TaskDocument[];
}
