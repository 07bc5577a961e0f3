import { UnstyledButton } from '@mantine/core';
import { X } from 'lucide-react';
import type { CatalogFilters } from '../../../../contract/model/catalog.ts';
import { useText } from '../../../lib/text.tsx';
import classes from './active-filters.module.css';
import { without } from './search-state.ts';

/** The filters in force, each removed by a click. The category shows in its chip. */
export function ActiveFilters({ filters, onChange }: { filters: CatalogFilters; onChange: (filters: CatalogFilters) => void }) {
  const t = useText();
  const words: Partial<Record<keyof CatalogFilters, string>> = {
    ...(filters.kind && { kind: t(`market.kind.${filters.kind}`) }), ...(filters.price && { price: t(`market.price.${filters.price}`) }), ...(filters.tier && { tier: t(`market.tier.${filters.tier}`) }),
    ...(filters.minimumRating !== undefined && { minimumRating: t('market.ratingAtLeast', { rating: filters.minimumRating }) }),
    ...(filters.compatible && { compatible: t('market.compatible') }), ...(filters.installed !== undefined && { installed: t(filters.installed ? 'market.installed' : 'market.notInstalled') }),
    ...(filters.tag && { tag: `#${filters.tag}` }), ...(filters.publisher && { publisher: filters.publisher }),
  };
  return Object.entries(words).map(([name, label]) => (
    <UnstyledButton key={name} className={classes.pill} aria-label={t('market.removeFilter', { filter: label })} onClick={() => { onChange(without(filters, name as keyof CatalogFilters)); }}>
      {label}<X size={12} aria-hidden />
    </UnstyledButton>
  ));
}
