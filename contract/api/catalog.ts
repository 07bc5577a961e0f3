import * as z from 'zod/mini';
import { catalogCardSchema, catalogDetailSchema, catalogFiltersSchema, catalogSortSchema, categorySchema, registryStatusSchema } from '../model/catalog.ts';
import { pluginIdSchema, sha512Schema } from '../model/ids.ts';
import { read, write } from './procedure.ts';

export const catalog = {
  status: read('/catalog/status', {}, z.object({ registries: z.array(registryStatusSchema) })),
  sync: write('POST /catalog/sync', {}, z.object({ registries: z.array(registryStatusSchema) }), { timeoutMs: 120_000, errors: ['catalog/refused', 'catalog/expired', 'catalog/unavailable', 'core/offline'] }),
  /**
   * Words are matched by prefix, with typos corrected; no words list everything. `corrected` is the query that was used
   * when a word was corrected, else null. `facets` count the hits per category under all filters except the category.
   */
  search: read('/plugins', {
    words: z._default(z.string().check(z.maxLength(200)), ''), filters: z._default(catalogFiltersSchema, {}), sort: z._default(catalogSortSchema, 'relevance'),
    offset: z._default(z.number().check(z.int(), z.nonnegative()), 0), limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(100)), 50),
  }, z.object({ items: z.array(catalogCardSchema), total: z.number(), corrected: z.nullable(z.string()), facets: z.record(z.string(), z.number()) })),
  get: read('/plugins/{id}', { id: pluginIdSchema }, catalogDetailSchema, { errors: ['catalog/not-found'] }),
  categories: read('/categories', {}, z.object({ categories: z.array(categorySchema) })),
  /** An icon or screenshot that the catalog or an installed plugin names, as base64; checked for type and size. */
  image: read('/images/{sha512}', { sha512: sha512Schema }, z.object({ type: z.string(), base64: z.string() }), { errors: ['catalog/not-found', 'catalog/unavailable'] }),
};
