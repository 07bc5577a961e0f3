import { catalogFiltersSchema, catalogSortSchema, type CatalogFilters, type CatalogSort } from '../../../../contract/model/catalog.ts';
import { check } from './check.ts';

/** What the person searches for. It stands in the address, so that back, forward and a bookmark bring it again. */
export interface SearchState { words: string; filters: CatalogFilters; sort: CatalogSort }

const TEXT = ['category', 'kind', 'tag', 'publisher', 'tier', 'price', 'registry'] as const;
const WORDS_LIMIT = 200;

/** Reads an address. What does not fit is left out: an address may be old or typed by hand. */
export function readSearch(address: URLSearchParams): SearchState {
  const filters: Record<string, unknown> = {};
  for (const name of TEXT) { const value = address.get(name); if (value) filters[name] = value; }
  const rating = Number(address.get('rating'));
  if (rating >= 1 && rating <= 5) filters['minimumRating'] = rating;
  if (address.get('compatible') === '1') filters['compatible'] = true;
  if (address.get('installed') === '1') filters['installed'] = true;
  if (address.get('installed') === '0') filters['installed'] = false;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(filters)) if (check(catalogFiltersSchema, { [name]: value })) kept[name] = value;
  const sort = address.get('sort');
  return { words: (address.get('q') ?? '').slice(0, WORDS_LIMIT), filters: kept as CatalogFilters, sort: check(catalogSortSchema, sort) ? sort as CatalogSort : 'relevance' };
}

/** The other direction; what is default is left out. */
export function writeSearch({ words, filters, sort }: SearchState): URLSearchParams {
  const address = new URLSearchParams();
  if (words !== '') address.set('q', words.slice(0, WORDS_LIMIT));
  for (const name of TEXT) { const value = filters[name]; if (value !== undefined) address.set(name, value); }
  if (filters.minimumRating !== undefined) address.set('rating', String(filters.minimumRating));
  if (filters.compatible) address.set('compatible', '1');
  if (filters.installed !== undefined) address.set('installed', filters.installed ? '1' : '0');
  if (sort !== 'relevance') address.set('sort', sort);
  return address;
}

/** Without one filter; the others stay. */
export function without(filters: CatalogFilters, name: keyof CatalogFilters): CatalogFilters {
  const rest = { ...filters };
  delete rest[name];
  return rest;
}
