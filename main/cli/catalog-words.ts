import * as z from 'zod/mini';
import { AppError } from '../../contract/errors/app-error.ts';
import { catalogFiltersSchema, catalogSortSchema, type CatalogFilters, type CatalogSort } from '../../contract/model/catalog.ts';

/** Options that narrow and order what `catalog search` finds; the same that the marketplace has. */
export const CATALOG_OPTIONS = {
  category: { type: 'string' }, kind: { type: 'string' }, tag: { type: 'string' }, publisher: { type: 'string' }, registry: { type: 'string' }, tier: { type: 'string' }, price: { type: 'string' }, rating: { type: 'string' },
  compatible: { type: 'boolean' }, installed: { type: 'boolean' }, 'not-installed': { type: 'boolean' }, sort: { type: 'string' }, offset: { type: 'string' },
} as const;

type Values = { readonly [K in keyof typeof CATALOG_OPTIONS]?: ((typeof CATALOG_OPTIONS)[K]['type'] extends 'boolean' ? boolean : string) | undefined };

/** `filters.registry` as it was typed: an id, a name, an address or a fingerprint. */
export interface CatalogWords { filters: CatalogFilters; sort: CatalogSort; offset: number }

/** @throws AppError `core/bad-input` that names the option and what it takes */
export function readCatalogWords(values: Values): CatalogWords {
  if (values.installed && values['not-installed']) throw new AppError('core/bad-input', '--installed and --not-installed exclude each other; leave one of them out.');
  const { shape } = catalogFiltersSchema;
  const chosen = {
    category: values.category, kind: oneOf('kind', shape.kind, values.kind), tag: values.tag?.replace(/^#/, ''), publisher: values.publisher, registry: values.registry,
    tier: oneOf('tier', shape.tier, values.tier), price: oneOf('price', shape.price, values.price), minimumRating: numberOf('rating', 'a number from 1 to 5', values.rating, (value) => value >= 1 && value <= 5),
    compatible: values.compatible, installed: values['not-installed'] ? false : values.installed,
  };
  return {
    filters: z.parse(catalogFiltersSchema, Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined))),
    sort: oneOf('sort', z.optional(catalogSortSchema), values.sort) ?? 'relevance', offset: numberOf('offset', 'a whole number from 0', values.offset, (value) => Number.isSafeInteger(value) && value >= 0) ?? 0,
  };
}

function oneOf<T extends Record<string, string>>(name: string, schema: z.ZodMiniOptional<z.ZodMiniEnum<T>>, word: string | undefined): T[keyof T] | undefined {
  const read = z.safeParse(schema, word);
  if (read.success) return read.data;
  throw new AppError('core/bad-input', `--${name} takes one of ${schema.def.innerType.options.join(', ')}, not "${word ?? ''}".`);
}

function numberOf(name: string, expected: string, word: string | undefined, fits: (value: number) => boolean): number | undefined {
  if (word === undefined) return undefined;
  const value = Number(word);
  if (word.trim() === '' || !fits(value)) throw new AppError('core/bad-input', `--${name} takes ${expected}, not "${word}".`);
  return value;
}
