export { createBudget, type Budget, type Spender } from './budget.ts';
export { costOf } from './cost.ts';
export { parsePriceList, type PriceList } from './price-list.ts';
export { pricedModels, pricesOf } from './priced-models.ts';
export { createPrices, type Prices, type PricesParts } from './prices.ts';
