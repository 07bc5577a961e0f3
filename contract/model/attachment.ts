import * as z from 'zod/mini';
import { idSchema } from './ids.ts';

/** A file that stands in a message. `id` is the SHA-256 of its bytes in hex; `width` and `height` are those that the head of an image names, in pixels. */
export const attachmentSchema = z.object({
  id: idSchema, name: z.string(), kind: z.enum(['text', 'image']), mediaType: z.string(), bytes: z.number(), width: z.nullable(z.number()), height: z.nullable(z.number()),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** What is named when a message is sent; the rest is known by the digest. */
export const attachedSchema = z.object({ id: idSchema, name: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)) });
export type Attached = z.infer<typeof attachedSchema>;

/** Bytes of one text: about 50,000 tokens, which most models still read. */
export const MOST_TEXT_BYTES = 200_000;
export const MOST_IMAGE_BYTES = 4_000_000;
/** Pixels of an image in all: what a page can still draw. */
export const MOST_IMAGE_PIXELS = 40_000_000;
export const MOST_ATTACHMENTS = 8;
/** Bytes of all files of a message, since all of them go to the model at once. */
export const MOST_ATTACHED_BYTES = 6_000_000;
/** Bytes that go in one call. */
export const ATTACHMENT_PART_BYTES = 524_288;
