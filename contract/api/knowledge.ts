import * as z from 'zod/mini';
import { idSchema } from '../model/ids.ts';
import { knowledgeDocumentSchema, knowledgePassageSchema, knowledgeScopeSchema } from '../model/knowledge.ts';
import { vectorsStatusSchema } from '../model/vectors.ts';
import { read, write } from './procedure.ts';

const where = { scope: z.optional(knowledgeScopeSchema), scopeId: z.optional(idSchema) };
const errors = ['knowledge/not-found'] as const;

/** Documents that agents look things up in. No path crosses here: whoever adds one sends its bytes. */
export const knowledge = {
  /** The newest first. */
  list: read('/knowledge', where, z.object({ documents: z.array(knowledgeDocumentSchema) })),
  /** Passages that have words of these or, with a model that makes vectors, are near in meaning; the best first. `note` says why only words counted where meaning should have; else null. */
  search: read('/knowledge/search', { words: z.string().check(z.maxLength(400)), ...where, limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(50)), 10) }, z.object({ passages: z.array(knowledgePassageSchema), note: z.nullable(z.string()) })),
  /** How far the vectors of documents and memories are. */
  vectors: read('/knowledge/vectors', {}, vectorsStatusSchema),
  /** A piece of the text, from passage `from` on. */
  read: read('/knowledge/{id}', { id: idSchema, from: z._default(z.number().check(z.int(), z.nonnegative()), 0), limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(100)), 40) },
    z.object({ document: knowledgeDocumentSchema, passages: z.array(knowledgePassageSchema) }), { errors }),
  /** In parts, one after another from `offset` 0; the answer to the last is the document. `name` says by its ending what it is. */
  add: write('POST /knowledge', { upload: idSchema, offset: z.int().check(z.nonnegative()), base64: z.string().check(z.maxLength(700_000)), last: z.boolean(), name: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)), scope: knowledgeScopeSchema, scopeId: z.optional(idSchema) },
    z.object({ document: z.nullable(knowledgeDocumentSchema) }), { timeoutMs: 60_000, errors: ['core/bad-input', 'knowledge/unreadable', 'knowledge/too-large', 'knowledge/full', 'team/not-found', 'builder/not-found'] }),
  /** One that a plugin brings goes with its plugin alone. */
  remove: write('DELETE /knowledge/{id}', { id: idSchema }, z.object({}), { errors: ['knowledge/not-found', 'core/bad-input'] }),
  /** Undoes a removal; possible for ten minutes, after which the text is erased. */
  restore: write('POST /knowledge/{id}/restore', { id: idSchema }, knowledgeDocumentSchema, { errors: ['knowledge/not-found', 'knowledge/full'] }),
};
