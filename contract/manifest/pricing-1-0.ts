import * as z from 'zod/mini';
import { lineSchema } from './fields.ts';

const executionsSchema = z.union([z.number().check(z.int(), z.nonnegative()), z.literal('unlimited')]);

export const priceModelSchema = z.enum(['free', 'freemium', 'paid', 'enterprise']);

/** `price` is in whole units of `currency` (ISO 4217), with at most two decimals. */
export const paidTierSchema = z.strictObject({
  name: lineSchema(100), price: z.number().check(z.nonnegative(), z.lte(10_000_000)), currency: z._default(z.string().check(z.regex(/^[A-Z]{3}$/)), 'USD'),
  period: z._default(z.enum(['month', 'year', 'once']), 'month'), executions: z._default(executionsSchema, 'unlimited'),
});

export const pricingSchema = z.strictObject({
  model: z._default(priceModelSchema, 'free'),
  free_tier: z.optional(z.strictObject({ executions: executionsSchema, period: z._default(z.enum(['day', 'week', 'month', 'year']), 'month') })),
  paid_tiers: z._default(z.array(paidTierSchema).check(z.maxLength(20)), []),
});
export type Pricing = z.infer<typeof pricingSchema>;
