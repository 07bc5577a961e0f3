import * as z from 'zod/mini';

/**
 * Troupe's own chat message, whatever the provider speaks. What a model, a tool, a file or the web wrote stands in it as
 * data and never carries authority.
 */
export const textPartSchema = z.object({ type: z.literal('text'), text: z.string() });

/** `data` is base64 of the image's bytes; `name` is that of the file it came in. */
export const imagePartSchema = z.object({ type: z.literal('image'), name: z.optional(z.string()), mediaType: z.string(), data: z.string() });

/** `data` is base64 of the file's bytes. */
export const filePartSchema = z.object({ type: z.literal('file'), name: z.string(), mediaType: z.string(), data: z.string() });

/**
 * `tool` is Troupe's id of the tool, `name` the provider-safe name that the model saw and used, `id` the provider's id of
 * this call. `arguments` is what the model gave, parsed from JSON but not checked against the tool's schema.
 */
export const toolCallPartSchema = z.object({
  type: z.literal('tool_call'), id: z.string(), tool: z.string(), name: z.string(), arguments: z.unknown(),
});

/** `callId` is the `id` of the `tool_call` that this answers; `content` is what the model reads. */
export const toolResultPartSchema = z.object({
  type: z.literal('tool_result'), callId: z.string(), name: z.string(), content: z.string(), isError: z.boolean(),
});

/** `data` is the provider's own form of its reasoning: kept as it came and sent back only to the provider it came from. */
export const reasoningPartSchema = z.object({
  type: z.literal('reasoning'), text: z.string(), provider: z.optional(z.string()), data: z.optional(z.unknown()),
});

export const partSchema = z.discriminatedUnion('type', [
  textPartSchema, imagePartSchema, filePartSchema, toolCallPartSchema, toolResultPartSchema, reasoningPartSchema,
]);

export const messageRoleSchema = z.enum(['system', 'user', 'assistant', 'tool']);

export const messageSchema = z.object({ role: messageRoleSchema, parts: z.array(partSchema) });

export type TextPart = z.infer<typeof textPartSchema>;
export type ImagePart = z.infer<typeof imagePartSchema>;
export type FilePart = z.infer<typeof filePartSchema>;
export type ToolCallPart = z.infer<typeof toolCallPartSchema>;
export type ToolResultPart = z.infer<typeof toolResultPartSchema>;
export type ReasoningPart = z.infer<typeof reasoningPartSchema>;
export type Part = z.infer<typeof partSchema>;
export type MessageRole = z.infer<typeof messageRoleSchema>;
export type Message = z.infer<typeof messageSchema>;

/** A message that holds one text. */
export const textMessage = (role: MessageRole, text: string): Message => ({ role, parts: [{ type: 'text', text }] });

/** The texts of a message joined by line breaks: what search, titles and the context meter read. */
export const textOf = (message: Message): string => message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
