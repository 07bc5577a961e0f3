import { useEffect, useEffectEvent } from 'react';
import type { CatalogCard } from '../../../../contract/model/catalog.ts';
import type { SavedSearch } from '../../../../contract/model/settings.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { useSettings } from '../../../bridge/use-settings.ts';
import { readSearch, writeSearch, type SearchState } from '../list/search-state.ts';

/** The core keeps no more. */
const MOST_SAVED = 20;
/** News are counted up to here. */
export const MOST_NEWS = 100;

/** By which a search is known: its address without the order, which changes nothing of what is found. */
export const savedAddress = (search: SearchState): string => writeSearch({ ...search, sort: 'relevance' }).toString();

/** A date that is yet to come is no news before it has come: else one wrong date would be news for ever, or silence all that follows. */
const dated = (items: readonly CatalogCard[]): number[] => items.map(({ publishedAt }) => publishedAt).filter((at) => at <= Date.now());

const newestOf = (items: readonly CatalogCard[]): number => Math.max(0, ...dated(items));

/** How many were published since the newest that was looked at. */
export const newsOf = (items: readonly CatalogCard[], newest: number): number => dated(items).filter((at) => at > newest).length;

/** What of a search is newest first; `enabled` false asks nothing. */
export const useNewest = (address: string, enabled: boolean) => useCall('catalog', 'search', { ...readSearch(new URLSearchParams(address)), sort: 'recent', limit: MOST_NEWS }, { enabled });

/** The saved searches, and whether the one that is shown is among them. Looking at a saved one makes its news old. */
export function useSavedSearches(search: SearchState): { saved: readonly SavedSearch[]; isSaved: boolean; toggle(): void; remove(address: string): void } {
  const { settings, change } = useSettings();
  const saved = settings?.savedSearches ?? [];
  const address = savedAddress(search);
  const here = saved.find((one) => one.address === address);
  const answer = useNewest(address, here !== undefined);
  const newest = newestOf(answer.data?.items ?? []);
  const look = useEffectEvent(() => { change({ savedSearches: saved.map((one) => (one.address === address ? { address, newest } : one)) }); });
  const behind = here !== undefined && newest > here.newest;
  useEffect(() => { if (behind) look(); }, [behind, address]);
  const remove = (gone: string): void => { change({ savedSearches: saved.filter((one) => one.address !== gone) }); };
  return {
    saved, isSaved: here !== undefined, remove,
    toggle() { if (here) remove(address); else change({ savedSearches: [...saved, { address, newest: 0 }].slice(-MOST_SAVED) }); },
  };
}
