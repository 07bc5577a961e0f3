import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { readSearch, writeSearch, type SearchState } from './search-state.ts';

/** The search of the address, and what stands in the field, which runs ahead of the address by a moment. */
export function useSearchState(): { search: SearchState; typed: string; type(words: string): void; change(next: Partial<SearchState>): void; clear(): void } {
  const [address, setAddress] = useSearchParams();
  const search = readSearch(address);
  const [typing, setTyping] = useState<string | null>(null);
  const apply = useDebouncedCallback((words: string) => {
    setTyping(null);
    setAddress((before) => writeSearch({ ...readSearch(before), words }), { replace: true });
  }, 70);
  return {
    search,
    typed: typing ?? search.words,
    type(words) { setTyping(words); apply(words); },
    change(next) { setAddress((before) => writeSearch({ ...readSearch(before), ...(typing !== null && { words: typing }), ...next })); },
    clear() { apply.cancel(); setTyping(null); setAddress(new URLSearchParams()); },
  };
}
