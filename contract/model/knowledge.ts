import * as z from 'zod/mini';
import { idSchema, instantSchema } from './ids.ts';

/** Who reads a document: all agents of the team, one hired agent, or one's own agent of the builder and everybody hired from it. */
export const knowledgeScopeSchema = z.enum(['shared', 'agent', 'own']);
export type KnowledgeScope = z.infer<typeof knowledgeScopeSchema>;

export const knowledgeKindSchema = z.enum(['pdf', 'docx', 'html', 'markdown', 'csv', 'text']);
export type KnowledgeKind = z.infer<typeof knowledgeKindSchema>;

const KINDS: Readonly<Record<string, KnowledgeKind>> = { pdf: 'pdf', docx: 'docx', html: 'html', htm: 'html', md: 'markdown', markdown: 'markdown', csv: 'csv', tsv: 'csv', txt: 'text', text: 'text', log: 'text' };
/** What a document is, by the ending of its name; undefined for what cannot be read. */
export const knowledgeKindOf = (name: string): KnowledgeKind | undefined => KINDS[/\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];

/** Where in its document a passage begins: page and line count from 1, `row` is a row of a table below its head. */
export const knowledgePlaceSchema = z.object({ page: z.optional(z.number()), heading: z.optional(z.string()), line: z.optional(z.number()), row: z.optional(z.number()) });
export type KnowledgePlace = z.infer<typeof knowledgePlaceSchema>;

/** A document that was read. `notes` say what could not be read of it; `owner` is the name of the agent, empty for shared ones; `plugin` brought it with the agent, and takes it with itself. */
export const knowledgeDocumentSchema = z.object({
  id: idSchema, scope: knowledgeScopeSchema, scopeId: z.nullable(idSchema), owner: z.string(), name: z.string(), kind: knowledgeKindSchema,
  bytes: z.number(), characters: z.number(), passages: z.number(), notes: z.array(z.string()), plugin: z.nullable(z.object({ id: z.string(), name: z.string() })), addedAt: instantSchema,
});
export type KnowledgeDocument = z.infer<typeof knowledgeDocumentSchema>;

/** A piece of a document's text. `position` counts from 0; all of them in order are the whole text. */
export const knowledgePassageSchema = z.object({ documentId: idSchema, position: z.number(), name: z.string(), place: knowledgePlaceSchema, text: z.string() });
export type KnowledgePassage = z.infer<typeof knowledgePassageSchema>;

/** A passage that was put to a model, under the number by which the answer cites it. */
export const citationSchema = z.object({ number: z.number(), documentId: idSchema, position: z.number(), name: z.string(), place: knowledgePlaceSchema, text: z.string() });
export type Citation = z.infer<typeof citationSchema>;

/** Documents with their texts as one file of JSON; `at` is when it was made. */
export function knowledgeFile(documents: readonly { readonly document: KnowledgeDocument; readonly passages: readonly KnowledgePassage[] }[], at: number): string {
  const iso = (instant: number): string => new Date(instant).toISOString();
  return `${JSON.stringify({
    format: 'troupe-knowledge', version: 1, exported_at: iso(at),
    documents: documents.map(({ document: one, passages }) => ({
      id: one.id, scope: one.scope, scope_id: one.scopeId, of: one.owner, name: one.name, kind: one.kind, bytes: one.bytes, plugin: one.plugin?.id ?? null, notes: one.notes, added_at: iso(one.addedAt),
      passages: passages.map(({ place, text }) => ({ place, text })),
    })),
  }, null, 2)}\n`;
}

/** Passages that are read in one call. */
export const PASSAGES_A_CALL = 100;

/** Reads whole documents, a bounded piece at a time. `read` is `knowledge.read`. */
export async function readWhole(documents: readonly KnowledgeDocument[], read: (input: { id: string; from: number; limit: number }) => Promise<{ passages: KnowledgePassage[] }>): Promise<{ document: KnowledgeDocument; passages: KnowledgePassage[] }[]> {
  const whole = [];
  for (const document of documents) {
    const passages: KnowledgePassage[] = [];
    while (passages.length < document.passages) {
      const piece = (await read({ id: document.id, from: passages.length, limit: PASSAGES_A_CALL })).passages;
      if (piece.length === 0) break;
      passages.push(...piece);
    }
    whole.push({ document, passages });
  }
  return whole;
}

/** Bytes of one document, and of the part of it that goes in one call. */
export const MOST_DOCUMENT_BYTES = 25_000_000;
export const DOCUMENT_PART_BYTES = 524_288;
