import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useElementSize, useHotkeys } from '@mantine/hooks';
import { Bookmark, Search } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useCall } from '../../../bridge/use-call.ts';
import { pageOf, useCatalogPages } from '../../../bridge/use-catalog-pages.ts';
import { Failure } from '../../../components/failure/failure.tsx';
import type { CatalogCard, CatalogSort, RegistryStatus } from '../../../../contract/model/catalog.ts';
import { announce } from '../../../lib/announce.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { T, useText } from '../../../lib/text.tsx';
import { CompareTray } from '../compare/compare-button.tsx';
import { Discover } from '../discover/discover.tsx';
import { useSavedSearches } from '../discover/saved.ts';
import { ActiveFilters } from './active-filters.tsx';
import { CardGrid } from './card-grid.tsx';
import { CatalogFreshness } from './catalog-freshness.tsx';
import { CategoryChips } from './category-chips.tsx';
import { FilterMenu } from './filter-menu.tsx';
import type { FilterChoices } from './filter-words.ts';
import classes from './marketplace-screen.module.css';
import { NothingFound } from './nothing-found.tsx';
import { useSearchState } from './use-search-state.ts';

const SORTS: readonly CatalogSort[] = ['relevance', 'popular', 'recent', 'rating', 'name'];

/** Everything there is to install: searched as you type, filtered, sorted; all of it in the address. */
export function MarketplaceScreen() {
  const t = useText();
  usePageTitle(t('frame.marketplace'));
  const { search, typed, type, change, clear } = useSearchState();
  const [range, setRange] = useState({ from: 0, to: 0 });
  // Only other pages are another state: this screen is not made anew for each row that comes into view.
  const onRange = useCallback(({ from, to }: { from: number; to: number }) => {
    const next = { from: pageOf(from), to: pageOf(to) };
    setRange((before) => (before.from === next.from && before.to === next.to ? before : next));
  }, []);
  const pages = useCatalogPages(search, range.from, range.to);
  const registries = useCall('catalog', 'status', {}).data?.registries ?? [];
  const choices = choicesOf(pages.first?.items ?? [], registries);
  const plain = search.words === '' && Object.keys(search.filters).length === 0;
  const { saved, isSaved, toggle, remove } = useSavedSearches(search);
  const collections = useCall('catalog', 'collections', {}, { enabled: plain }).data?.collections ?? [];
  const { ref: height, height: above } = useElementSize();
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);
  useHotkeys([['/', () => { field.current?.focus(); }]]);
  const total = pages.first?.total;
  useEffect(() => { if (total !== undefined && !pages.stale) announce(t('market.found', { count: total })); }, [total, pages.stale, t]);

  return (
    <div className={classes.root} ref={results}>
      <h1 className="unseen"><T id="frame.marketplace" /></h1>
      <div role="search" className={classes.tools}>
        <TextInput ref={field} className={classes.field ?? ''} size="md" aria-label={t('market.searchLabel')} placeholder={t('market.searchExample')} value={typed} maxLength={200} leftSection={<Search size={16} aria-hidden />}
          onChange={(event) => { type(event.currentTarget.value); }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && typed !== '') { event.preventDefault(); type(''); }
            if (event.key === 'ArrowDown') { event.preventDefault(); results.current?.querySelector<HTMLElement>('[data-index] a')?.focus(); }
          }}
          rightSection={typed === '' ? null : <CloseButton size="sm" aria-label={t('market.clearWords')} onClick={() => { type(''); field.current?.focus(); }} />} />
        <FilterMenu filters={search.filters} choices={choices} onChange={(filters) => { change({ filters }); }} />
        <Select className={classes.sort ?? ''} size="md" aria-label={t('market.sort')} value={search.sort} allowDeselect={false} checkIconPosition="right" comboboxProps={{ transitionProps: { duration: 100 } }}
          data={SORTS.map((sort) => ({ value: sort, label: t(`market.sort.${sort}`) }))} onChange={(sort) => { if (sort) change({ sort: sort as CatalogSort }); }} />
      </div>
      <CategoryChips chosen={search.filters.category} facets={pages.first?.facets} onChoose={(category) => { change({ filters: { ...search.filters, category } }); }} />
      <div className={classes.status}>
        <span className="numbers" data-stale={pages.stale || undefined}>{total === undefined ? ' ' : t('market.found', { count: total })}</span>
        {pages.first?.corrected && <span><T id="market.corrected" values={{ words: <strong>{pages.first.corrected}</strong> }} /></span>}
        <ActiveFilters filters={search.filters} choices={choices} onChange={(filters) => { change({ filters }); }} />
        {!plain && <Button variant="subtle" size="compact-sm" leftSection={<Bookmark size={13} aria-hidden fill={isSaved ? 'currentColor' : 'none'} />} aria-pressed={isSaved} onClick={toggle}><T id={isSaved ? 'market.savedThis' : 'market.save'} /></Button>}
        <CatalogFreshness />
      </div>
      <div ref={height}>{plain && total !== 0 && !pages.error && <Discover collections={collections} saved={saved} choices={choices} onForget={remove} />}</div>
      {pages.error && !pages.first
        ? <Failure error={pages.error} kept="market.failedKept" onRetry={pages.retry} />
        : total === 0
          ? <NothingFound words={search.words} filtered={Object.keys(search.filters).length > 0} onClearFilters={() => { change({ filters: {} }); }} onClear={clear} />
          : <CardGrid key={JSON.stringify(search)} above={above} total={total} itemAt={pages.itemAt} onRange={onRange} />}
      <CompareTray />
    </div>
  );
}

/** Tags of the first page alone: any other one may be typed. */
function choicesOf(items: readonly CatalogCard[], registries: readonly RegistryStatus[]): FilterChoices {
  return { tags: [...new Set(items.flatMap(({ tags }) => tags))].sort((a, b) => a.localeCompare(b)), registries };
}
