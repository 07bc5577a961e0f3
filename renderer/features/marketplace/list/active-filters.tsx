import { Button, UnstyledButton } from '@mantine/core';
import { X } from 'lucide-react';
import type { CatalogFilters } from '../../../../contract/model/catalog.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './active-filters.module.css';
import { useFilterWords, type FilterChoices } from './filter-words.ts';
import { without } from './search-state.ts';

/** The filters in force, each removed by a click. The category shows in its chip. */
export function ActiveFilters({ filters, choices, onChange }: { filters: CatalogFilters; choices: FilterChoices; onChange: (filters: CatalogFilters) => void }) {
  const t = useText();
  const words = useFilterWords(filters, choices);
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
