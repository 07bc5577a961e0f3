import * as z from 'zod/mini';
import { attachmentSchema } from './attachment.ts';
import { importSourceSchema } from './chat-import.ts';
import { idSchema, instantSchema } from './ids.ts';
import { citationSchema } from './knowledge.ts';
import { usedMemorySchema } from './memory.ts';

export const conversationSchema = z.object({
  id: idSchema, hireId: idSchema, title: z.string(), createdAt: instantSchema, updatedAt: instantSchema, lastText: z.string(),
  /** The run that is answering now, or null. */
  activeRunId: z.nullable(idSchema),
  /** Stands above all others in the list. */
  pinned: z.boolean(),
  /** The name of the folder that it lies in; a folder is there as long as something lies in it. */
  folder: z.nullable(z.string()),
  /** Out of whose file it came; left out when it was begun here. */
  importedFrom: z.optional(importSourceSchema),
  /** Where the words that were looked for stand in a message, with some of what is around them. Left out when they stand in the title only. */
  match: z.optional(z.string()),
});
export type Conversation = z.infer<typeof conversationSchema>;

/** A tool call as the chat shows it. `toolId` is `<plugin>/<tool>`. */
export const toolCallViewSchema = z.object({
  callId: z.string(), toolId: z.string(), name: z.string(), effect: z.enum(['read', 'write', 'destructive']), arguments: z.unknown(),
  state: z.enum(['waiting_for_approval', 'running', 'done', 'failed', 'denied']), result: z.nullable(z.string()), error: z.nullable(z.string()),
  logs: z.array(z.string()), durationMs: z.nullable(z.number()),
  /** The newest question about it, by which it is answered; left out when nothing was asked. */
  questionId: z.optional(idSchema),
  /** Its code came from this machine, signed by nobody, when it was asked about or begun. */
  unsigned: z.optional(z.literal(true)),
});
export type ToolCallView = z.infer<typeof toolCallViewSchema>;

export const messageSchema = z.object({
  id: idSchema, conversationId: idSchema,
  /** The run that it is made of; null when it came out of a file. */
  runId: z.nullable(idSchema),
  /** In the order in which they were made; a message comes after the one that it follows (`parentId`, null for the first). */
  seq: z.number(), parentId: z.nullable(idSchema), role: z.enum(['user', 'assistant']), at: instantSchema,
  status: z.enum(['streaming', 'done', 'failed', 'cancelled', 'interrupted']),
  /** In the order they happened. */
  blocks: z.array(z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({ type: z.literal('tool'), call: toolCallViewSchema }),
    z.object({ type: z.literal('notice'), code: z.string(), message: z.string() }),
    /** What the model wrote of the `messages` messages up to `through`, and reads in their place from here on. */
    z.object({ type: z.literal('summary'), text: z.string(), through: idSchema, messages: z.number() }),
  ])),
  model: z.nullable(z.string()),
  /** Who of the team answered, also when the conversation was handed over since; left out for a message of the person and for one that is under way. */
  hireId: z.optional(idSchema),
  /** Who answered, by name, when that was nobody of this team: it came out of a file. */
  author: z.optional(z.string()),
  /** Files that the person gave along; left out when there are none. */
  attachments: z.optional(z.array(attachmentSchema)),
  /** What the agent remembered and was told for this answer; left out when nothing was. */
  memories: z.optional(z.array(usedMemorySchema)),
  /** Passages of documents that the agent had; its text cites them as `[1]`. Left out when there were none. */
  citations: z.optional(z.array(citationSchema)),
  /** It goes on where the answer before it was cut off. */
  continues: z.optional(z.literal(true)),
  /** Where it stands among those that follow the same message; left out when it is the only one. */
  branch: z.optional(z.object({ position: z.number(), count: z.number(), previous: z.nullable(idSchema), next: z.nullable(idSchema) })),
  /** Of all calls together, `cost` as in a run; `contextTokens` is what the last one read and wrote: what the next message finds in the model's context. */
  usage: z.nullable(z.object({ promptTokens: z.number(), completionTokens: z.number(), estimated: z.boolean(), contextTokens: z.optional(z.number()), cost: z.optional(z.nullable(z.number())) })),
});
export type ChatMessage = z.infer<typeof messageSchema>;

export const exportFormatSchema = z.enum(['markdown', 'html', 'json']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/** A conversation as a file. */
export const exportedConversationSchema = z.object({ name: z.string(), mediaType: z.string(), text: z.string() });
export type ExportedConversation = z.infer<typeof exportedConversationSchema>;
