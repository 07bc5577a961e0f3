import * as z from 'zod/mini';
import { inlineAgentSchema } from './agent-document.ts';
import { taskEntrySchema } from './crew-document.ts';
import { archivePathSchema, capabilityIdSchema, keySchema, lineSchema, linkSchema } from './fields.ts';
import { jsonSchemaSchema, toolInputSchema } from './json-schema-shape.ts';
import { originOf, parseNetworkTarget } from './network-target.ts';

const named = { id: capabilityIdSchema, name: lineSchema(100), description: lineSchema(1000) };

/** An http address whose host could be a permission: no user name or password in it, no odd spelling of an address. */
const remoteUrlSchema = linkSchema.check((context) => {
  const target = parseNetworkTarget(originOf(context.value));
  if (typeof target === 'string') context.issues.push({ code: 'custom', input: context.value, message: target });
});

/** An agent without code that runs elsewhere. `auth` is the key of a secret in `configuration`. */
export const remoteAgentSchema = z.strictObject({
  protocol: z.enum(['a2a', 'kagent', 'openai']), url: remoteUrlSchema,
  namespace: z.optional(lineSchema(253)), name: z.optional(lineSchema(253)), auth: z.optional(keySchema),
});

export const agentCapabilitySchema = z.strictObject({ ...named, file: z.optional(archivePathSchema('agents')), remote: z.optional(remoteAgentSchema) });

export const crewCapabilitySchema = z.strictObject({
  ...named, file: z.optional(archivePathSchema('crews')),
  /** Inline: agents need only a role, tasks may be plain sentences; agents take them in turn. */
  agents: z.optional(z.array(inlineAgentSchema).check(z.minLength(1), z.maxLength(50))), tasks: z.optional(z.array(taskEntrySchema).check(z.minLength(1), z.maxLength(200))),
});

export const flowCapabilitySchema = z.strictObject({
  ...named, file: z.optional(archivePathSchema('flows')),
  /** Inline: sentences that run in order, each an agent's step on the output before. */
  steps: z.optional(z.array(lineSchema(4000)).check(z.minLength(1), z.maxLength(200))),
});

export const effectSchema = z.enum(['read', 'write', 'destructive']);
export type ToolEffect = z.infer<typeof effectSchema>;

/** No `input`: any object. No `effect`: `write`, since only a promise of reading earns fewer questions. */
export const toolCapabilitySchema = z.strictObject({
  ...named, input: z._default(toolInputSchema, { type: 'object' }), output: z.optional(jsonSchemaSchema), effect: z._default(effectSchema, 'write'),
});
export type ToolCapability = z.infer<typeof toolCapabilitySchema>;

export const blueprintCapabilitySchema = z.strictObject({ ...named, file: archivePathSchema('blueprints') });

const list = <T extends z.core.$ZodType>(item: T) => z._default(z.array(item).check(z.maxLength(200)), []);

export const capabilitiesSchema = z.strictObject({
  agents: list(agentCapabilitySchema), crews: list(crewCapabilitySchema), flows: list(flowCapabilitySchema), tools: list(toolCapabilitySchema), blueprints: list(blueprintCapabilitySchema),
});
export type ManifestCapabilities = z.infer<typeof capabilitiesSchema>;
