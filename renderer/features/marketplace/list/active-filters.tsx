import { Button, UnstyledButton } from '@mantine/core';
import { X } from 'lucide-react';
import type { CatalogFilters } from '../../../../contract/model/catalog.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './active-filters.module.css';
import type { FilterChoices } from './filter-menu.tsx';
import { without } from './search-state.ts';

/** The filters in force, each removed by a click. The category shows in its chip. */
export function ActiveFilters({ filters, choices, onChange }: { filters: CatalogFilters; choices: FilterChoices; onChange: (filters: CatalogFilters) => void }) {
  const t = useText();
  const words: Partial<Record<keyof CatalogFilters, string>> = {
    ...(filters.kind && { kind: t(`market.kind.${filters.kind}`) }), ...(filters.price && { price: t(`market.price.${filters.price}`) }), ...(filters.tier && { tier: t(`market.tier.${filters.tier}`) }),
    ...(filters.minimumRating !== undefined && { minimumRating: t('market.ratingAtLeast', { rating: filters.minimumRating }) }),
    ...(filters.compatible && { compatible: t('market.compatible') }), ...(filters.installed !== undefined && { installed: t(filters.installed ? 'market.installed' : 'market.notInstalled') }),
    ...(filters.tag && { tag: `#${filters.tag}` }), ...(filters.publisher && { publisher: choices.publishers.find(({ id }) => id === filters.publisher)?.name ?? filters.publisher }),
    ...(filters.registry && { registry: choices.registries.find(({ id }) => id === filters.registry)?.name ?? filters.registry }),
  };
  const active = Object.entries(words);
  return <>
    {active.map(([name, label]) => (
      <UnstyledButton key={name} className={classes.pill} aria-label={t('market.removeFilter', { filter: label })} onClick={() => { onChange(without(filters, name as keyof CatalogFilters)); }}>
        {label}<X size={12} aria-hidden />
      </UnstyledButton>
    ))}
    {active.length > 1 && <Button variant="subtle" size="compact-sm" onClick={() => { onChange(filters.category === undefined ? {} : { category: filters.category }); }}><T id="market.clearFilters" /></Button>}
  </>;
}
