import { keepPreviousData, useQueries } from '@tanstack/react-query';
import type { CatalogCard } from '../../contract/model/catalog.ts';
import { useBridge } from './bridge-provider.tsx';
import { callProcedure, type CallError, type Input, type Output } from './procedures.ts';
import { callKey } from './use-call.ts';

export const CATALOG_PAGE = 60;
type Search = Omit<Input<'catalog', 'search'>, 'offset' | 'limit'>;
type Page = Output<'catalog', 'search'>;

export interface CatalogPages {
  /** The first page: total, facets, correction. Undefined until it came. */
  first: Page | undefined;
  error: CallError | null;
  /** Whether what is shown answers an earlier question. */
  stale: boolean;
  itemAt(index: number): CatalogCard | undefined;
  retry(): void;
}

/** The page on which an item is. */
export const pageOf = (index: number): number => Math.floor(index / CATALOG_PAGE);

/** The pages of a search that are in view, from one to another: 10,000 hits cost what a screenful costs. */
export function useCatalogPages(search: Search, from: number, to: number): CatalogPages {
  const { client } = useBridge();
  const wanted = [...new Set([0, ...Array.from({ length: Math.max(from, to) - from + 1 }, (_, at) => from + at)])];
  const pages = useQueries({
    queries: wanted.map((page) => {
      const input = { ...search, offset: page * CATALOG_PAGE, limit: CATALOG_PAGE };
      return {
        queryKey: callKey('catalog', 'search', input),
        queryFn: ({ signal }: { signal: AbortSignal }) => callProcedure(client, 'catalog', 'search', input, signal),
        ...(page === 0 && { placeholderData: keepPreviousData }),
      };
    }),
  });
  const first = pages[0];
  return {
    first: first?.data as Page | undefined,
    error: (pages.find(({ error }) => error !== null)?.error ?? null) as CallError | null,
    stale: first?.isPlaceholderData ?? false,
    itemAt(index) {
      const at = wanted.indexOf(pageOf(index));
      return (pages[at]?.data as Page | undefined)?.items[index % CATALOG_PAGE];
    },
    retry() { for (const page of pages) void page.refetch(); },
  };
}
