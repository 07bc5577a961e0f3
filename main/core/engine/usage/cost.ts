import type { ModelPrice } from '../../../../contract/model/price.ts';
import type { ChatUsage } from '../models/index.ts';

const MILLION = 1_000_000n;

/**
 * What one call cost, in whole micro-units, rounded up once for the call: it is never shown as less than it was, and what
 * cost anything is never shown as nothing. Null when the price is not known, or not for a prompt of this length.
 */
export function costOf(usage: Pick<ChatUsage, 'promptTokens' | 'completionTokens' | 'totalTokens' | 'cachedTokens'>, price: ModelPrice | null): number | null {
  if (price === null || (price.upToPromptTokens !== null && usage.promptTokens > price.upToPromptTokens)) return null;
  const cached = Math.min(usage.cachedTokens ?? 0, usage.promptTokens);
  // Some providers count what the model thought in the total alone, and bill it as output.
  const answered = Math.max(usage.completionTokens, usage.totalTokens - usage.promptTokens);
  const sum = BigInt(usage.promptTokens - cached) * BigInt(price.input) + BigInt(cached) * BigInt(price.cachedInput ?? price.input) + BigInt(answered) * BigInt(price.output);
  return Number((sum + MILLION - 1n) / MILLION);
}
