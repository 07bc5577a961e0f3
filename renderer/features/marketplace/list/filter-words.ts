import type { CatalogFilters, RegistryStatus } from '../../../../contract/model/catalog.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { useText } from '../../../lib/text.tsx';

/** What the menu offers: the tags of what is found, and the registries that are set up here. */
export interface FilterChoices { tags: readonly string[]; registries: readonly RegistryStatus[] }

const MOST_NAMED = 100;

/** What a publisher is called, of whom the address has the id alone; the id where nothing of theirs is shown. */
export function usePublisherName(id: string | undefined): string | undefined {
  const { data } = useCall('catalog', 'publishers', { words: id ?? '', limit: MOST_NAMED }, { enabled: id !== undefined });
  return id === undefined ? undefined : data?.publishers.find((one) => one.id === id)?.name ?? id;
}

/** The filters in force in plain words, but for the category, which its chip shows. */
export function useFilterWords(filters: CatalogFilters, choices: FilterChoices): Partial<Record<keyof CatalogFilters, string>> {
  const t = useText();
  const publisher = usePublisherName(filters.publisher);
  return {
    ...(filters.kind && { kind: t(`market.kind.${filters.kind}`) }), ...(filters.price && { price: t(`market.price.${filters.price}`) }), ...(filters.tier && { tier: t(`market.tier.${filters.tier}`) }),
    ...(filters.minimumRating !== undefined && { minimumRating: t('market.ratingAtLeast', { rating: filters.minimumRating }) }),
    ...(filters.compatible && { compatible: t('market.compatible') }), ...(filters.installed !== undefined && { installed: t(filters.installed ? 'market.installed' : 'market.notInstalled') }),
    ...(filters.tag && { tag: t('market.tagChip', { tag: filters.tag }) }), ...(publisher !== undefined && { publisher }),
    ...(filters.registry && { registry: choices.registries.find(({ id }) => id === filters.registry)?.name ?? filters.registry }),
  };
}
