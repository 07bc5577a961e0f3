import * as z from 'zod/mini';
import { idSchema, instantSchema } from './ids.ts';

/** Bytes of a file of conversations, and of those that go in one call. */
export const MOST_IMPORT_BYTES = 512_000_000;
export const IMPORT_PART_BYTES = 524_288;

/** Whose file it is: `troupe` as `chat.export` writes it, `conversations.json` of ChatGPT, a conversation of LibreChat, a backup of LobeChat. */
export const importSourceSchema = z.enum(['troupe', 'chatgpt', 'librechat', 'lobechat']);
export type ImportSource = z.infer<typeof importSourceSchema>;

/** What of a conversation is not taken over. */
export const leftOutSchema = z.enum(['instructions', 'tool', 'hidden', 'file', 'reasoning', 'empty', 'other']);
export type LeftOut = z.infer<typeof leftOutSchema>;

/** What is in a file, before anything of it is stored. */
export const importPreviewSchema = z.object({
  source: importSourceSchema,
  /** Those that can be taken over, and their messages; `already` of them are here. */
  conversations: z.number(), messages: z.number(), already: z.number(),
  /** Titles of the first ones. */
  titles: z.array(z.string()),
  /** Who answered, as the file names them. */
  agents: z.array(z.string()),
  leftOut: z.array(z.object({ what: leftOutSchema, count: z.number() })),
  /** Conversations that cannot be taken over; the first fifty with where they stand and why. */
  refused: z.array(z.object({ where: z.string(), why: z.string() })), refusedCount: z.number(),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

/** An import of earlier; `conversations` are those of it that are still in the list. */
export const chatImportSchema = z.object({ id: idSchema, source: importSourceSchema, file: z.string(), at: instantSchema, conversations: z.number() });
export type ChatImport = z.infer<typeof chatImportSchema>;
