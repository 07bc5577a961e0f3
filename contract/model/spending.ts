import * as z from 'zod/mini';
import { MOST_MICROS } from './price.ts';

/** What may be spent in all, in micro-units of the currency. */
export const costLimitSchema = z.nullable(z.number().check(z.int(), z.gte(1), z.lte(MOST_MICROS)));

/**
 * What runs took together, one under way as far as it has come. `cost` in micro-units is of those whose price is known; of
 * `unknown` runs it is not, and they are not in it. `limit` null: none.
 */
export const spendingSchema = z.object({ tokens: z.number(), estimated: z.boolean(), runs: z.number(), cost: z.number(), unknown: z.number(), limit: z.nullable(z.number()) });
export type Spending = z.infer<typeof spendingSchema>;

/** Of a conversation, all its branches, and of its agent in all conversations together. */
export const chatCostsSchema = z.object({ conversation: spendingSchema, agent: spendingSchema });
export type ChatCosts = z.infer<typeof chatCostsSchema>;
