import * as z from 'zod/mini';
import { CURRENCY, priceSchema, type ModelPrice } from '../../../../contract/model/price.ts';

const { input, output } = priceSchema.shape;
const entrySchema = z.strictObject({
  names: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)), input, output, cached_input: z.optional(input),
  up_to_prompt_tokens: z.optional(z.number().check(z.int(), z.gte(1))),
});
const listSchema = z.strictObject({
  format: z.literal(1), currency: z.literal(CURRENCY),
  providers: z.record(z.string(), z.strictObject({
    list: z.string().check(z.regex(/^https:\/\//)), noted: z.string().check(z.regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)), models: z.array(entrySchema),
  })),
});

/** Prices by the id of a provider's preset and the model's name, both exactly as they stand. */
export interface PriceList { find(preset: string, model: string): ModelPrice | undefined }

/**
 * Reads `resources/prices.json`: micro-units of the currency for a million tokens, by preset. Throws when it is of
 * another form or names a model twice: a price that is half right is none.
 */
export function parsePriceList(json: unknown): PriceList {
  const prices = new Map<string, ModelPrice>();
  for (const [preset, { list, noted, models }] of Object.entries(z.parse(listSchema, json).providers)) {
    for (const entry of models) {
      for (const name of entry.names) {
        const key = `${preset}/${name}`;
        if (prices.has(key)) throw new Error(`The list of prices names "${key}" twice. Keep one of the two.`);
        prices.set(key, { input: entry.input, output: entry.output, cachedInput: entry.cached_input ?? null, source: 'list', noted, list, upToPromptTokens: entry.up_to_prompt_tokens ?? null });
      }
    }
  }
  return { find: (preset, model) => prices.get(`${preset}/${model}`) };
}
