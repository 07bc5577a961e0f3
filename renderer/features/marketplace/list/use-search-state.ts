import { useDebouncedCallback } from '@mantine/hooks';
import { useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { readSearch, writeSearch, type SearchState } from './search-state.ts';

const KEYSTROKE_MS = 70;
/** Numbers this page's own navigations, over all mounts of the screen. */
let navigations = 0;

/**
 * The search of the address, and what stands in the field. The field belongs to the person: a navigation takes a moment,
 * and one that this page began itself never changes what was typed meanwhile. Back, forward and links do.
 */
export function useSearchState(): { search: SearchState; typed: string; type(words: string): void; change(next: Partial<SearchState>): void; clear(): void } {
  const [address, setAddress] = useSearchParams();
  const { key, state } = useLocation() as { key: string; state: { search?: number } | null };
  const search = readSearch(address);
  const [typed, setTyped] = useState(search.words);
  /** What was asked for last; the address says it a moment later, and the next change builds on this and not on that. */
  const wanted = useRef(search);
  const underWay = useRef(new Set<number>());
  const write = (next: SearchState, replace: boolean): void => {
    wanted.current = next;
    navigations += 1;
    underWay.current.add(navigations);
    setAddress(writeSearch(next), { replace, state: { search: navigations } });
  };
  const apply = useDebouncedCallback((words: string) => { write({ ...wanted.current, words }, true); }, KEYSTROKE_MS);
  const arrived = useEffectEvent((own: number | undefined) => {
    if (own !== undefined && underWay.current.has(own)) {
      for (const number of underWay.current) if (number <= own) underWay.current.delete(number);
      return;
    }
    underWay.current.clear();
    apply.cancel();
    wanted.current = search;
    setTyped(search.words);
  });
  useLayoutEffect(() => { arrived(state?.search); }, [key, state]);
  return {
    search, typed,
    type(words) { setTyped(words); apply(words); },
    change(next) {
      apply.cancel();
      const words = next.words ?? typed;
      setTyped(words);
      write({ ...wanted.current, ...next, words }, false);
    },
    clear() { apply.cancel(); setTyped(''); write({ words: '', filters: {}, sort: 'relevance' }, false); },
  };
}
