/** Other ways to search the same catalog, in the memory of one process: what each of them can do of ours, and no more. */
import { create, insertMultiple, search as searchOrama } from '@orama/orama';
import MiniSearch from 'minisearch';
import type { CatalogFilters } from '../contract/model/catalog.ts';
import { generateCatalog, type GeneratedEntry } from './generate-catalog.ts';

export interface SearchAsked { words: string; filters: CatalogFilters; /** Whether a typo is to be forgiven, which costs them most. */ fuzzy: boolean }
/** Answers the names on the first page, best first. */
export type SearchWith = (asked: SearchAsked) => Promise<string[]> | string[];

const SHOWN = 50;
/** Orama looks at the clock between batches. */
const BATCH = 2_000;
const BOOST = { name: 10, tags: 5, publisher: 4 };

const documentOf = ({ record, figures }: GeneratedEntry) =>
  ({ id: record.id, name: record.name, tags: record.tags.join(' '), publisher: record.publisher.name, description: record.description, kinds: record.kinds, categories: record.categories, installs: figures.installs });

function withMiniSearch(size: number): SearchWith {
  const index = new MiniSearch<ReturnType<typeof documentOf>>({ fields: ['name', 'tags', 'publisher', 'description'], storeFields: ['name', 'kinds', 'categories', 'installs'], idField: 'id' });
  for (const entry of generateCatalog(size)) index.add(documentOf(entry));
  return ({ words, filters, fuzzy }) => index.search(words === '' ? MiniSearch.wildcard : words, {
    boost: BOOST, prefix: true, combineWith: 'AND', ...(fuzzy && { fuzzy: 0.2 }),
    filter: (hit) => filters.category === undefined || ((hit['categories'] as string[]).includes(filters.category) && (hit['kinds'] as string[]).includes(filters.kind ?? '')),
  }).slice(0, SHOWN).map((hit) => String(hit['name']));
}

async function withOrama(size: number): Promise<SearchWith> {
  const index = create({ schema: { name: 'string', tags: 'string', publisher: 'string', description: 'string', kinds: 'enum[]', categories: 'enum[]', installs: 'number' } as const });
  await insertMultiple(index, [...generateCatalog(size)].map(documentOf), BATCH);
  return async ({ words, filters, fuzzy }) => {
    const { hits } = await searchOrama(index, {
      term: words, properties: ['name', 'tags', 'publisher', 'description'], boost: BOOST, threshold: 0, limit: SHOWN, ...(fuzzy && { tolerance: 1 }),
      ...(filters.category !== undefined && { where: { categories: { containsAll: [filters.category] }, kinds: { containsAll: [filters.kind ?? ''] } } }),
    });
    return hits.map(({ document }) => String(document.name));
  };
}

export const RIVALS: readonly { name: string; build: (size: number) => Promise<SearchWith> | SearchWith }[] = [
  { name: 'MiniSearch', build: withMiniSearch }, { name: 'Orama', build: withOrama },
];
