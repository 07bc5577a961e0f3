import { AppError } from '../../../../contract/errors/app-error.ts';
import { CURRENCY } from '../../../../contract/model/price.ts';
import type { Store } from '../../base/store/index.ts';

/** Who asks a model. */
export interface Spender { readonly conversationId: string | null; readonly hireId: string | null }

/** Limits of what conversations and agents may cost. */
export interface Budget {
  /**
   * Before a call: adds what it is thought to cost to what was spent and to what the calls under way are thought to cost.
   * @param cost in micro-units, null when the price of `model` is not known
   * @param settled resolves when what the run has spent so far is stored; awaited only where there is a limit
   * @returns to be called when the call is over: then what it really cost is stored, or soon will be
   * Errors: `run/cost-limit`.
   */
  begin(who: Spender, cost: number | null, model: string, settled: () => Promise<void>): Promise<() => void>;
}

const money = (micros: number): string => new Intl.NumberFormat('en', { style: 'currency', currency: CURRENCY, minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(micros / 1_000_000);
const WORDS = { conversation: 'The limit of this conversation', agent: 'The limit of this agent, for all its conversations together' } as const;
const RAISE = 'Raise it under "Costs" above the messages';

export function createBudget({ store }: { readonly store: Pick<Store, 'read'> }): Budget {
  /** What calls under way are thought to cost, by whose limit they count for. */
  const reserved = new Map<string, number>();
  let turn: Promise<unknown> = Promise.resolve();
  const nothing = (): void => undefined;

  async function check(who: Spender, cost: number | null, model: string): Promise<() => void> {
    const spending = await store.read('limitedSpending', { conversationId: who.conversationId, hireId: who.hireId });
    const keys: string[] = [];
    for (const whose of ['conversation', 'agent'] as const) {
      const { limit = null, cost: spent = 0 } = spending[whose] ?? {};
      if (limit === null) continue;
      if (cost === null) throw new AppError('run/cost-limit', `${WORDS[whose]}, ${money(limit)}, cannot be kept: the price of ${model} is not known. Enter it under Settings › Models, or remove the limit under "Costs" above the messages.`, { details: { of: whose, reason: 'unknown-price' } });
      const key = `${whose} ${(whose === 'conversation' ? who.conversationId : who.hireId) ?? ''}`;
      const taken = spent + (reserved.get(key) ?? 0);
      if (cost > 0 && taken + cost > limit) throw new AppError('run/cost-limit', `${WORDS[whose]}, ${money(limit)}, would be passed: ${money(taken)} are spent, and the next call of the model costs about ${money(cost)}. ${RAISE}, then ask again.`, { details: { of: whose, reason: 'reached' } });
      keys.push(key);
    }
    for (const key of keys) reserved.set(key, (reserved.get(key) ?? 0) + (cost ?? 0));
    return () => { for (const key of keys) reserved.set(key, (reserved.get(key) ?? 0) - (cost ?? 0)); };
  }

  return {
    async begin(who, cost, model, settled) {
      const { conversation, agent } = await store.read('limitedSpending', { conversationId: who.conversationId, hireId: who.hireId });
      if (!conversation && !agent) return nothing;
      await settled();
      // One after the other: two that ask at once must not both find the same room.
      const mine = turn.then(() => check(who, cost, model));
      turn = mine.catch(nothing);
      return mine;
    },
  };
}
