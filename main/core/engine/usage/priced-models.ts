import type { ChatModel, Models } from '../models/index.ts';
import { costOf } from './cost.ts';
import type { Prices } from './prices.ts';

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
        async chat(request, onDelta) {
          const answer = await model.chat(request, onDelta);
          return { ...answer, usage: { ...answer.usage, cost: costOf(answer.usage, prices.of(model.info, provider)) } };
        },
      };
      return priced;
    },
  };
}
