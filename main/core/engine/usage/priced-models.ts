import { formatModelRef } from '../../../../contract/model/model-ref.ts';
import type { ModelPrice } from '../../../../contract/model/price.ts';
import { estimatePromptTokens, type ChatModel, type Models } from '../models/index.ts';
import { costOf } from './cost.ts';
import type { Prices } from './prices.ts';

/** How long an answer is taken to be before it is there. */
const ANSWER_TOKENS = 1_000;

/** What each model costs now, by `<provider>/<model>`; null: not known. */
export async function pricesOf(models: Pick<Models, 'list' | 'models'>, prices: Prices): Promise<Record<string, ModelPrice | null>> {
  const [providers, all] = await Promise.all([models.list(), models.models()]);
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  return Object.fromEntries(all.map((model) => [formatModelRef(model), prices.of(model, byId.get(model.provider))]));
}

/**
 * The same models, whose answers say what they cost by the price at their end. It goes into the run's log with the
 * tokens, so that a price that changes later changes nothing that was.
 */
export function pricedModels(models: Models, prices: Prices): Models {
  return {
    ...models,
    async resolve(ref) {
      const model = await models.resolve(ref);
      const provider = (await models.list()).find(({ id }) => id === model.info.provider);
      const priced: ChatModel = {
        info: model.info,
        costOf(request) {
          const [promptTokens, completionTokens] = [estimatePromptTokens(request), Math.min(request.maxTokens ?? ANSWER_TOKENS, ANSWER_TOKENS)];
          return costOf({ promptTokens, completionTokens, totalTokens: promptTokens + completionTokens }, prices.of(model.info, provider));
        },
        async chat(request, onDelta) {
          const answer = await model.chat(request, onDelta);
          return { ...answer, usage: { ...answer.usage, cost: costOf(answer.usage, prices.of(model.info, provider)) } };
        },
      };
      return priced;
    },
  };
}
