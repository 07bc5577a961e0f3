import * as z from 'zod/mini';
import { idSchema } from '../model/ids.ts';
import { exportedMemoriesSchema, memoryKindSchema, memoryOwnerSchema, memorySchema, memoryScopeSchema, memoryTextSchema } from '../model/memory.ts';
import { read, write } from './procedure.ts';

const where = { scope: z.optional(memoryScopeSchema), scopeId: z.optional(idSchema) };
const limit = z._default(z.number().check(z.int(), z.gte(1), z.lte(200)), 50);
const pages = { offset: z._default(z.number().check(z.int(), z.nonnegative(), z.lte(1_000_000)), 0), limit };
const errors = ['memory/not-found'] as const;
/** Everything of one forgetting goes back together. */
const forgotten = z.object({ batch: idSchema, forgotten: z.number() });

/** What agents remember, for people to see and to change. */
export const memory = {
  /** Pinned ones first, then the newest. */
  list: read('/memories', { ...where, ...pages }, z.object({ memories: z.array(memorySchema), total: z.number() })),
  /** Those that have every word, the last one by its beginning, or are near in meaning; the best first. `note` as for `knowledge.search`. */
  search: read('/memories/search', { words: z.string().check(z.maxLength(400)), ...where, limit }, z.object({ memories: z.array(memorySchema), note: z.nullable(z.string()) })),
  /** Everything of one place, or without one of all, as a file. */
  export: read('/memories/export', where, exportedMemoriesSchema, { timeoutMs: 30_000 }),
  owners: read('/memories/owners', {}, z.object({ owners: z.array(memoryOwnerSchema) })),
  /** `scopeId` is the conversation or the hired agent; left out for `shared`. */
  add: write('POST /memories', { scope: memoryScopeSchema, scopeId: z.optional(idSchema), text: memoryTextSchema, kind: z._default(memoryKindSchema, 'fact'), pinned: z._default(z.boolean(), false) }, memorySchema, { errors: ['memory/full', 'team/not-found', 'chat/not-found'] }),
  /** Only what is given changes. */
  update: write('PATCH /memories/{id}', { id: idSchema, text: z.optional(memoryTextSchema), kind: z.optional(memoryKindSchema) }, memorySchema, { errors }),
  /** A pinned one is put to the model with every request, as far as there is room. */
  pin: write('PUT /memories/{id}/pin', { id: idSchema, pinned: z.boolean() }, memorySchema, { errors }),
  forget: write('DELETE /memories/{id}', { id: idSchema }, forgotten, { errors }),
  /** Everything of one conversation, of one agent, or everything that is shared. */
  forgetAll: write('POST /memories/forget', { scope: memoryScopeSchema, scopeId: z.optional(idSchema) }, forgotten),
  /** Undoes a forgetting; possible for ten minutes, after which the text is erased. */
  restore: write('POST /memories/restore', { batch: idSchema }, z.object({ restored: z.number() }), { errors: ['memory/not-found', 'memory/full'] }),
};
