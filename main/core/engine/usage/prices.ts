import { formatModelRef, type ModelInfo, type Provider } from '../../../../contract/model/model-ref.ts';
import type { ModelPrice, Price } from '../../../../contract/model/price.ts';
import { EMBEDDED_PROVIDER, PRESETS, presetOf } from '../models/index.ts';
import type { PriceList } from './price-list.ts';

const FREE: ModelPrice = { input: 0, cachedInput: null, output: 0, source: 'free', noted: null, list: null, upToPromptTokens: null };

export interface PricesParts {
  readonly list: PriceList;
  /** What the person entered, by `<provider>/<model>`, as it is now. */
  readonly own: () => Readonly<Record<string, Price>>;
}

export interface Prices {
  /** The price now; null when it is not known. `provider` is the model's own; a model without one is run by Troupe. */
  of(model: ModelInfo, provider: Pick<Provider, 'preset' | 'baseUrl'> | undefined): ModelPrice | null;
}

/**
 * What models cost: as the person entered it, else nothing for what this machine runs, else by the list. The list counts
 * for the provider's own address only: a gateway in between may charge what it likes.
 */
export function createPrices({ list, own }: PricesParts): Prices {
  return {
    of(model, provider) {
      const entered = own()[formatModelRef(model)];
      if (entered) return { ...entered, source: 'own', noted: null, list: null, upToPromptTokens: null };
      if (model.practice || model.provider === EMBEDDED_PROVIDER) return FREE;
      if (!provider) return null;
      if (runsHere(model, provider.preset)) return FREE;
      const { host } = new URL(provider.baseUrl);
      const preset = PRESETS.find(({ baseUrl, needsKey }) => needsKey && baseUrl !== null && new URL(baseUrl).host === host);
      return preset ? list.find(preset.id, model.model) ?? null : null;
    },
  };
}

/** A server of a known kind on this machine. One of no known kind may be a gateway to a paid service, and so may Ollama's cloud models. */
const runsHere = (model: ModelInfo, preset: string | null): boolean => model.local && presetOf(preset)?.needsKey === false && !/[-:]cloud$/.test(model.model);
