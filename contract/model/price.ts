import * as z from 'zod/mini';

/** No price and no limit is more: ten thousand of the currency. More is a slip of the keyboard. */
export const MOST_MICROS = 10_000_000_000;

/** Micro-units of the currency for a million tokens; 2,500,000 is $2.50. */
const perMillionSchema = z.number().check(z.int(), z.gte(0), z.lte(MOST_MICROS));

/** The currency of every price and cost; they are whole micro-units of it, millionths. */
export const CURRENCY = 'USD';

/** What a model costs. `cachedInput` is for input that the provider had kept; null: it costs as much as other input. */
export const priceSchema = z.object({ input: perMillionSchema, cachedInput: z.nullable(perMillionSchema), output: perMillionSchema });
export type Price = z.infer<typeof priceSchema>;

/**
 * A price and where it is from: `own` was entered by the person, `list` stands in the list that Troupe brings (`noted`: the
 * day it was written down, `list`: the address of the provider's own), `free` is of a model that this machine runs.
 */
export const modelPriceSchema = z.extend(priceSchema, { source: z.enum(['own', 'list', 'free']), noted: z.nullable(z.string()), list: z.nullable(z.string()), upToPromptTokens: z.nullable(z.number()) });
export type ModelPrice = z.infer<typeof modelPriceSchema>;

/** Adds a cost to what was added before (undefined: nothing was). With one that is unknown (null) the sum is unknown, never less than it is. */
export const addCost = (sum: number | null | undefined, cost: number | null): number | null => (sum === undefined ? cost : sum === null || cost === null ? null : sum + cost);
