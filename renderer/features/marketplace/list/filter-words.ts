import type { CatalogFilters, RegistryStatus } from '../../../../contract/model/catalog.ts';
import { useText } from '../../../lib/text.tsx';

/** What the menu offers: the tags and publishers of what is found, and the registries that are set up here. */
export interface FilterChoices { tags: readonly string[]; publishers: readonly { id: string; name: string }[]; registries: readonly RegistryStatus[] }

/** The filters in force in plain words, but for the category, which its chip shows. */
export function useFilterWords(filters: CatalogFilters, choices: FilterChoices): Partial<Record<keyof CatalogFilters, string>> {
  const t = useText();
  return {
    ...(filters.kind && { kind: t(`market.kind.${filters.kind}`) }), ...(filters.price && { price: t(`market.price.${filters.price}`) }), ...(filters.tier && { tier: t(`market.tier.${filters.tier}`) }),
    ...(filters.minimumRating !== undefined && { minimumRating: t('market.ratingAtLeast', { rating: filters.minimumRating }) }),
    ...(filters.compatible && { compatible: t('market.compatible') }), ...(filters.installed !== undefined && { installed: t(filters.installed ? 'market.installed' : 'market.notInstalled') }),
    ...(filters.tag && { tag: t('market.tagChip', { tag: filters.tag }) }), ...(filters.publisher && { publisher: choices.publishers.find(({ id }) => id === filters.publisher)?.name ?? filters.publisher }),
    ...(filters.registry && { registry: choices.registries.find(({ id }) => id === filters.registry)?.name ?? filters.registry }),
  };
}
