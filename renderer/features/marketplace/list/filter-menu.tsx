import { Autocomplete, Button, Checkbox, Popover, Select, Stack } from '@mantine/core';
import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { capabilityKindSchema, type CatalogFilters } from '../../../../contract/model/catalog.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './filter-menu.module.css';
import type { FilterChoices } from './filter-words.ts';
import { without } from './search-state.ts';

const PRICES = ['free', 'freemium', 'paid', 'enterprise'] as const;
const TIERS = ['tier1', 'tier2', 'tier3'] as const;
const KINDS = capabilityKindSchema.options;
const RATINGS = ['3', '4', '4.5'] as const;

/** The filters besides the category. Each takes effect at once. */
export function FilterMenu({ filters, choices, onChange }: { filters: CatalogFilters; choices: FilterChoices; onChange: (filters: CatalogFilters) => void }) {
  const t = useText();
  const set = <K extends keyof CatalogFilters>(name: K, value: CatalogFilters[K] | null | undefined): void => {
    onChange(value === null || value === undefined ? without(filters, name) : { ...filters, [name]: value });
  };
  const count = Object.keys(filters).filter((name) => name !== 'category').length;
  const known = choices.publishers.some(({ id }) => id === filters.publisher);
  const publishers = known || filters.publisher === undefined ? choices.publishers : [{ id: filters.publisher, name: filters.publisher }, ...choices.publishers];
  const options = (values: readonly string[], words: string) => values.map((value) => ({ value, label: t(`${words}.${value.replace('.', '-')}`) }));
  const shared = { clearable: true, comboboxProps: { withinPortal: false, transitionProps: { duration: 100 } } } as const;
  return (
    <Popover position="bottom-end" width={280} trapFocus returnFocus transitionProps={{ duration: 100 }} shadow="md">
      <Popover.Target>
        <Button size="md" variant="default" leftSection={<SlidersHorizontal size={16} aria-hidden />}>{t('market.filters', { count })}</Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu ?? ''} aria-label={t('market.filters', { count })}>
        <Stack gap={12}>
          <Select {...shared} label={t('market.kind')} placeholder={t('market.any')} data={options(KINDS, 'market.kind')} value={filters.kind ?? null} onChange={(value) => { set('kind', value as CatalogFilters['kind']); }} />
          <Select {...shared} label={t('market.price')} placeholder={t('market.any')} data={options(PRICES, 'market.price')} value={filters.price ?? null} onChange={(value) => { set('price', value as CatalogFilters['price']); }} />
          <Select {...shared} label={t('market.tier')} placeholder={t('market.any')} data={options(TIERS, 'market.tier')} value={filters.tier ?? null} onChange={(value) => { set('tier', value as CatalogFilters['tier']); }} />
          <Select {...shared} label={t('market.rating')} placeholder={t('market.any')} data={options(RATINGS, 'market.ratingFrom')} value={filters.minimumRating === undefined ? null : String(filters.minimumRating)} onChange={(value) => { set('minimumRating', value === null ? null : Number(value)); }} />
          <Select {...shared} searchable label={t('market.publisher')} placeholder={t('market.any')} nothingFoundMessage={t('market.noPublisher')} data={publishers.map(({ id, name }) => ({ value: id, label: name }))} value={filters.publisher ?? null} onChange={(value) => { set('publisher', value); }} />
          <TagField key={filters.tag ?? ''} tag={filters.tag} tags={choices.tags} onChange={(tag) => { set('tag', tag); }} />
          <Select {...shared} label={t('market.here')} placeholder={t('market.any')} data={[{ value: 'yes', label: t('market.installed') }, { value: 'no', label: t('market.notInstalled') }]} value={filters.installed === undefined ? null : filters.installed ? 'yes' : 'no'} onChange={(value) => { set('installed', value === null ? null : value === 'yes'); }} />
          {(choices.registries.length > 1 || filters.registry !== undefined) && <Select {...shared} label={t('market.registry')} placeholder={t('market.any')} data={choices.registries.map(({ id, name }) => ({ value: id, label: name }))} value={filters.registry ?? null} onChange={(value) => { set('registry', value); }} />}
          <Checkbox label={t('market.compatible')} checked={filters.compatible ?? false} onChange={(event) => { set('compatible', event.currentTarget.checked || null); }} />
          {count > 0 && <Button variant="subtle" size="xs" onClick={() => { onChange(filters.category === undefined ? {} : { category: filters.category }); }}><T id="market.clearFilters" /></Button>}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Any tag may be typed; those of what is found are offered. Takes effect with Enter, on choosing one and on leaving the field. */
function TagField({ tag, tags, onChange }: { tag: string | undefined; tags: readonly string[]; onChange: (tag: string | undefined) => void }) {
  const t = useText();
  const [typed, setTyped] = useState(tag ?? '');
  const apply = (words: string): void => { const next = words.trim().replace(/^#/, '') || undefined; if (next !== tag) onChange(next); };
  return (
    <Autocomplete label={t('market.tag')} placeholder={t('market.any')} clearable maxLength={60} limit={20} data={[...tags]} comboboxProps={{ withinPortal: false, transitionProps: { duration: 100 } }} value={typed}
      onChange={(value) => { setTyped(value); if (value === '') apply(''); }} onOptionSubmit={apply} onBlur={() => { apply(typed); }} onKeyDown={(event) => { if (event.key === 'Enter') apply(typed); }} />
  );
}
