import * as z from 'zod/mini';
import { idSchema, instantSchema } from './ids.ts';

/** Who reads a document: all agents of the team, one hired agent, or one's own agent of the builder and everybody hired from it. */
export const knowledgeScopeSchema = z.enum(['shared', 'agent', 'own']);
export type KnowledgeScope = z.infer<typeof knowledgeScopeSchema>;

export const knowledgeKindSchema = z.enum(['pdf', 'docx', 'html', 'markdown', 'csv', 'text']);
export type KnowledgeKind = z.infer<typeof knowledgeKindSchema>;

/** Where in its document a passage begins: page and line count from 1, `row` is a row of a table below its head. */
export const knowledgePlaceSchema = z.object({ page: z.optional(z.number()), heading: z.optional(z.string()), line: z.optional(z.number()), row: z.optional(z.number()) });
export type KnowledgePlace = z.infer<typeof knowledgePlaceSchema>;

/** A document that was read. `notes` say what could not be read of it; `owner` is the name of the agent, empty for shared ones. */
export const knowledgeDocumentSchema = z.object({
  id: idSchema, scope: knowledgeScopeSchema, scopeId: z.nullable(idSchema), owner: z.string(), name: z.string(), kind: knowledgeKindSchema,
  bytes: z.number(), characters: z.number(), passages: z.number(), notes: z.array(z.string()), addedAt: instantSchema,
});
export type KnowledgeDocument = z.infer<typeof knowledgeDocumentSchema>;

/** A piece of a document's text. `position` counts from 0; all of them in order are the whole text. */
export const knowledgePassageSchema = z.object({ documentId: idSchema, position: z.number(), name: z.string(), place: knowledgePlaceSchema, text: z.string() });
export type KnowledgePassage = z.infer<typeof knowledgePassageSchema>;

/** A passage that was put to a model, under the number by which the answer cites it. */
export const citationSchema = z.object({ number: z.number(), documentId: idSchema, position: z.number(), name: z.string(), place: knowledgePlaceSchema, text: z.string() });
export type Citation = z.infer<typeof citationSchema>;

/** Bytes of one document, and of the part of it that goes in one call. */
export const MOST_DOCUMENT_BYTES = 25_000_000;
export const DOCUMENT_PART_BYTES = 524_288;
