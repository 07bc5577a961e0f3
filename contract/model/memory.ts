import * as z from 'zod/mini';
import { idSchema, instantSchema } from './ids.ts';

/** Whom something is remembered for: one conversation, one hired agent, or all agents of the team that have a memory. */
export const memoryScopeSchema = z.enum(['conversation', 'agent', 'shared']);
export type MemoryScope = z.infer<typeof memoryScopeSchema>;

/** `preference` is about how somebody wants things; it is put to the model even when no word of the request is in it. */
export const memoryKindSchema = z.enum(['fact', 'preference', 'note']);
export type MemoryKind = z.infer<typeof memoryKindSchema>;

export const MOST_MEMORY_TEXT = 2000;
export const memoryTextSchema = z.string().check(z.trim(), z.minLength(1), z.maxLength(MOST_MEMORY_TEXT));

/** One thing that is remembered. `owner` is the name of the agent or the title of the conversation, empty for shared ones. */
export const memorySchema = z.object({
  id: idSchema, scope: memoryScopeSchema, scopeId: z.nullable(idSchema), owner: z.string(), text: z.string(), kind: memoryKindSchema, pinned: z.boolean(),
  author: z.enum(['person', 'agent']),
  /** The run, and the conversation of it, in which an agent noted it. */
  runId: z.nullable(idSchema), conversationId: z.nullable(idSchema),
  createdAt: instantSchema, updatedAt: instantSchema,
  /** When it was last put to a model. */
  usedAt: z.nullable(instantSchema),
});
export type Memory = z.infer<typeof memorySchema>;

/** A memory as an answer used it, in the words that it had then. */
export const usedMemorySchema = z.object({ id: idSchema, scope: memoryScopeSchema, kind: memoryKindSchema, text: z.string() });
export type UsedMemory = z.infer<typeof usedMemorySchema>;

/** How many memories there are, by whom they are for; those of agents that left the team are told by `gone`. */
/** What is remembered, as a file of JSON. */
export const exportedMemoriesSchema = z.object({ name: z.string(), mediaType: z.literal('application/json'), text: z.string() });
export type ExportedMemories = z.infer<typeof exportedMemoriesSchema>;

export const memoryOwnerSchema = z.object({ scope: memoryScopeSchema, scopeId: z.nullable(idSchema), owner: z.string(), count: z.number(), gone: z.boolean() });
export type MemoryOwner = z.infer<typeof memoryOwnerSchema>;
