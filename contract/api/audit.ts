import * as z from 'zod/mini';
import { auditFilterSchema, auditRowSchema, auditVerdictSchema } from '../model/audit.ts';
import { read } from './procedure.ts';

const filter = z._default(auditFilterSchema, {});

export const audit = {
  /** Newest first: the rows before `before` (a sequence number; left out, from the newest). `total` counts all that fit. */
  list: read('/audit', { filter, before: z.optional(z.number().check(z.int(), z.gte(1))), limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(500)), 100) },
    z.object({ rows: z.array(auditRowSchema), total: z.number(), actions: z.array(z.string()), actors: z.array(z.string()) })),
  /** Walks the whole chain. */
  verify: read('/audit/verification', {}, auditVerdictSchema, { timeoutMs: 120_000 }),
  /** A piece of the list as text, oldest first: the rows that follow number `from`. `next` is where the next piece begins, null at the end. */
  export: read('/audit/export', { filter, format: z.enum(['jsonl', 'csv']), from: z._default(z.number().check(z.int(), z.nonnegative()), 0) },
    z.object({ text: z.string(), rows: z.number(), next: z.nullable(z.number()) }), { timeoutMs: 30_000 }),
};
