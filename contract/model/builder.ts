import * as z from 'zod/mini';
import type { GuardrailRule } from '../manifest/guardrail.ts';
import { messageSchema } from './chat.ts';
import { idSchema, instantSchema } from './ids.ts';
import { connectionKindSchema } from './tool.ts';

const text = z.optional(z.string());
const number = z.optional(z.nullable(z.number()));

/**
 * An agent document as far as it has been written. Names are those of the document (contract/manifest); whether the values
 * are right is told as problems, so that half-written work is kept. `response_format` is a text while it is no JSON yet.
 */
export const draftSchema = z.looseObject({
  name: text, description: text, role: text, goal: text, backstory: text, instructions: text, fallback_model: text,
  avatar: z.optional(z.looseObject({ emoji: text, colour: text })),
  model: z.optional(z.union([z.string(), z.record(z.string(), z.unknown())])),
  tools: z.optional(z.array(z.string())), prompts: z.optional(z.array(z.string())), inputs: z.optional(z.record(z.string(), z.string())),
  max_iter: number, max_tokens: number, max_execution_time: number, max_rpm: number,
  response_format: z.optional(z.union([z.string(), z.record(z.string(), z.unknown())])),
});
export type Draft = z.infer<typeof draftSchema>;

/** The kinds of checks, and of personal data, that a form offers. */
export { PERSONAL_DATA } from '../manifest/guardrail.ts';
export type GuardrailKind = GuardrailRule['type'];

/**
 * One thing about a draft. `error` keeps it from becoming a version; `warning` does not. `path` begins with the key it is
 * about. `fix.set` are keys to change in the draft, null to take one out; `fix.pluginId` is a plugin to install; `connection` a kind
 * of connection to set up (`connect`) or to give to the agent (`give`), which the settings do.
 */
export const draftProblemSchema = z.object({
  path: z.string(), severity: z.enum(['error', 'warning']), message: z.string(),
  fix: z.nullable(z.object({ kind: z.enum(['remove_tool', 'install', 'use_default', 'take_out', 'use_name', 'connect', 'give']), connection: z.optional(connectionKindSchema), set: z.record(z.string(), z.unknown()), pluginId: z.nullable(z.string()) })),
});
export type DraftProblem = z.infer<typeof draftProblemSchema>;

/** An agent of one's own in a list. `version` is the newest that was saved, 0 for none; `unsaved`: the draft differs from it. */
export const ownAgentSchema = z.object({
  id: idSchema, name: z.string(), description: z.string(), emoji: z.nullable(z.string()), colour: z.nullable(z.string()),
  version: z.number(), unsaved: z.boolean(), hiredAs: z.array(z.string()), createdAt: instantSchema, updatedAt: instantSchema,
});
export type OwnAgent = z.infer<typeof ownAgentSchema>;

/** `revision` rises with every change of the draft and is told with the next one, so that two windows do not overwrite each other. */
export const ownAgentDetailSchema = z.object({ agent: ownAgentSchema, draft: draftSchema, revision: z.number(), problems: z.array(draftProblemSchema) });
export type OwnAgentDetail = z.infer<typeof ownAgentDetailSchema>;

/** `digest` is the SHA-512 of the document's YAML; every run of the version records it. */
export const agentVersionSchema = z.object({ version: z.number(), digest: z.string(), at: instantSchema, note: z.string() });
export type AgentVersion = z.infer<typeof agentVersionSchema>;

/** One line of two documents laid side by side. */
export const differenceLineSchema = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() });
export type DifferenceLine = z.infer<typeof differenceLineSchema>;

/** A tool that may be given to an agent of one's own. `pluginId` null: built in. */
export const pickableToolSchema = z.object({
  id: z.string(), title: z.string(), description: z.string(), effect: z.enum(['read', 'write', 'destructive']), pluginId: z.nullable(z.string()), pluginName: z.string(), input: z.record(z.string(), z.unknown()),
});
export type PickableTool = z.infer<typeof pickableToolSchema>;

/** What a new agent may begin with. */
export const agentTemplateSchema = z.object({ id: z.string(), name: z.string(), description: z.string(), emoji: z.string(), tools: z.array(z.string()) });
export type AgentTemplate = z.infer<typeof agentTemplateSchema>;

/** The talk beside the form. `number` rises with every reset. */
export const previewSchema = z.object({ number: z.number(), messages: z.array(messageSchema), activeRunId: z.nullable(idSchema) });
export type Preview = z.infer<typeof previewSchema>;
