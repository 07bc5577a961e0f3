import { Button, Checkbox, Popover, Select, Stack } from '@mantine/core';
import { SlidersHorizontal } from 'lucide-react';
import { capabilityKindSchema, type CatalogFilters } from '../../../../contract/model/catalog.ts';
import { T, useText } from '../../../lib/text.tsx';
import { without } from './search-state.ts';

const PRICES = ['free', 'freemium', 'paid', 'enterprise'] as const;
const TIERS = ['tier1', 'tier2', 'tier3'] as const;
const KINDS = capabilityKindSchema.options;
const RATINGS = ['3', '4', '4.5'] as const;

/** The filters besides the category. Each takes effect at once. */
export function FilterMenu({ filters, onChange }: { filters: CatalogFilters; onChange: (filters: CatalogFilters) => void }) {
  const t = useText();
  const set = <K extends keyof CatalogFilters>(name: K, value: CatalogFilters[K] | null | undefined): void => {
    onChange(value === null || value === undefined ? without(filters, name) : { ...filters, [name]: value });
  };
  const count = Object.keys(filters).filter((name) => name !== 'category').length;
  const options = (values: readonly string[], words: string) => values.map((value) => ({ value, label: t(`${words}.${value.replace('.', '-')}`) }));
  const shared = { clearable: true, comboboxProps: { withinPortal: false, transitionProps: { duration: 100 } } } as const;
  return (
    <Popover position="bottom-end" width={280} trapFocus returnFocus transitionProps={{ duration: 100 }} shadow="md">
      <Popover.Target>
        <Button size="md" variant="default" leftSection={<SlidersHorizontal size={16} aria-hidden />}>{t('market.filters', { count })}</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('market.filters', { count })}>
        <Stack gap={12}>
          <Select {...shared} label={t('market.kind')} placeholder={t('market.any')} data={options(KINDS, 'market.kind')} value={filters.kind ?? null} onChange={(value) => { set('kind', value as CatalogFilters['kind']); }} />
          <Select {...shared} label={t('market.price')} placeholder={t('market.any')} data={options(PRICES, 'market.price')} value={filters.price ?? null} onChange={(value) => { set('price', value as CatalogFilters['price']); }} />
          <Select {...shared} label={t('market.tier')} placeholder={t('market.any')} data={options(TIERS, 'market.tier')} value={filters.tier ?? null} onChange={(value) => { set('tier', value as CatalogFilters['tier']); }} />
          <Select {...shared} label={t('market.rating')} placeholder={t('market.any')} data={options(RATINGS, 'market.ratingFrom')} value={filters.minimumRating === undefined ? null : String(filters.minimumRating)} onChange={(value) => { set('minimumRating', value === null ? null : Number(value)); }} />
          <Checkbox label={t('market.compatible')} checked={filters.compatible ?? false} onChange={(event) => { set('compatible', event.currentTarget.checked || null); }} />
          <Checkbox label={t('market.installed')} checked={filters.installed ?? false} onChange={(event) => { set('installed', event.currentTarget.checked || null); }} />
          {count > 0 && <Button variant="subtle" size="xs" onClick={() => { onChange(filters.category === undefined ? {} : { category: filters.category }); }}><T id="market.clearFilters" /></Button>}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
