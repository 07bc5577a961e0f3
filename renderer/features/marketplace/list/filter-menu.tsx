import { Autocomplete, Button, Checkbox, Popover, Select, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { capabilityKindSchema, type CatalogFilters } from '../../../../contract/model/catalog.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { T, useText } from '../../../lib/text.tsx';
import classes from './filter-menu.module.css';
import { usePublisherName, type FilterChoices } from './filter-words.ts';
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
          <PublisherField publisher={filters.publisher} onChange={(value) => { set('publisher', value); }} />
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

const MOST_OFFERED = 50;
const TYPING_MS = 150;

/** Any publisher of the catalog, found by name or id; those with most plugins while nothing is typed. */
function PublisherField({ publisher, onChange }: { publisher: string | undefined; onChange: (publisher: string | null) => void }) {
  const t = useText();
  const name = usePublisherName(publisher);
  const [typed, setTyped] = useState('');
  const [sought] = useDebouncedValue(typed, TYPING_MS);
  const { data } = useCall('catalog', 'publishers', { words: sought === name ? '' : sought, limit: MOST_OFFERED }, { keepPrevious: true });
  const found = data?.publishers ?? [];
  const chosen = publisher === undefined || name === undefined || found.some(({ id }) => id === publisher) ? [] : [{ value: publisher, label: name }];
  return (
    <Select searchable clearable comboboxProps={{ withinPortal: false, transitionProps: { duration: 100 } }} label={t('market.publisher')} placeholder={t('market.any')} nothingFoundMessage={t('market.noPublisher')} maxLength={200}
      data={[...found.map(({ id, name: label }) => ({ value: id, label })), ...chosen]} filter={({ options }) => options} searchValue={typed} onSearchChange={setTyped} value={publisher ?? null} onChange={onChange}
      description={data && data.total > found.length ? t('market.morePublishers', { count: data.total }) : undefined} inputWrapperOrder={['label', 'input', 'description']} />
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
