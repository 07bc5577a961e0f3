import * as z from 'zod/mini';
import { catalogCardSchema, catalogDetailSchema, catalogFiltersSchema, catalogSortSchema, categorySchema, collectionSchema, publisherCountSchema, registryPrefixSchema, registryStatusSchema, reviewSchema, reviewSortSchema } from '../model/catalog.ts';
import { pluginIdSchema, sha512Schema } from '../model/ids.ts';
import { read, write } from './procedure.ts';

const registryIdSchema = z.string().check(z.minLength(1), z.maxLength(64));

export const catalog = {
  status: read('/catalog/status', {}, z.object({ registries: z.array(registryStatusSchema) })),
  sync: write('POST /catalog/sync', {}, z.object({ registries: z.array(registryStatusSchema) }), { timeoutMs: 120_000, errors: ['catalog/refused', 'catalog/expired', 'catalog/unavailable', 'core/offline'] }),
  /**
   * Two steps: without `fingerprint` nothing is added and the one to confirm is answered; with it the registry is added and
   * synced. One that is here already (the same first root) gets the new address, prefix, name and priority.
   */
  addRegistry: write('POST /registries', {
    address: z.string().check(z.minLength(1), z.maxLength(2000)), fingerprint: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))), prefix: z.optional(registryPrefixSchema),
    name: z.optional(z.string().check(z.minLength(1), z.maxLength(80))), priority: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1000))),
  }, z.object({ fingerprint: z.string(), added: z.boolean(), registries: z.array(registryStatusSchema) }), { timeoutMs: 120_000, errors: ['catalog/refused', 'catalog/expired', 'catalog/rollback', 'catalog/unavailable', 'permission/denied'] }),
  /**
   * Lets the person pick the folder of a registry. Where the shell has a dialog, `address` is what they picked; elsewhere
   * `confirmAt` is the page to pick it on, and `pickedRegistry` says it afterwards. A page may add no other folder.
   */
  pickRegistry: write('POST /registries/pick', {}, z.object({ address: z.nullable(z.string()), confirmAt: z.nullable(z.string()) }), { errors: ['host/cancelled'] }),
  /** The folder that was picked last and may be added; null before that. */
  pickedRegistry: read('/registries/picked', {}, z.object({ address: z.nullable(z.string()) })),
  /** What was installed from it stays, without updates. */
  removeRegistry: write('DELETE /registries/{id}', { id: z.string().check(z.maxLength(64)) }, z.object({ registries: z.array(registryStatusSchema) }), { timeoutMs: 120_000, errors: ['catalog/not-found'] }),
  /**
   * Words are matched by prefix, with typos corrected; no words list everything. `corrected` is the query that was used
   * when a word was corrected or, since nothing has all words, some were left out; else null. `facets` count the hits per category under all filters except the category.
   */
  search: read('/plugins', {
    words: z._default(z.string().check(z.maxLength(200)), ''), filters: z._default(catalogFiltersSchema, {}), sort: z._default(catalogSortSchema, 'relevance'),
    offset: z._default(z.number().check(z.int(), z.nonnegative()), 0), limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(100)), 50),
  }, z.object({ items: z.array(catalogCardSchema), total: z.number(), corrected: z.nullable(z.string()), facets: z.record(z.string(), z.number()) })),
  /** With `registry` what that one serves under this id; else what an installed one came from, or the registry that goes first. */
  get: read('/plugins/{id}', { id: pluginIdSchema, registry: z.optional(registryIdSchema) }, catalogDetailSchema, { errors: ['catalog/not-found'] }),
  /** What people wrote about a plugin, as the registry published it on the day `asOf` (UTC, `YYYY-MM-DD`); null where it publishes no reviews. */
  reviews: read('/plugins/{id}/reviews', { id: pluginIdSchema, registry: z.optional(registryIdSchema), sort: z._default(reviewSortSchema, 'newest') }, z.object({ asOf: z.nullable(z.string()), reviews: z.array(reviewSchema) }), { errors: ['catalog/not-found'] }),
  /** Publishers of all that is shown, those with most plugins first; `words` stand in the name or id. */
  publishers: read('/publishers', { words: z._default(z.string().check(z.maxLength(200)), ''), limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(100)), 50) }, z.object({ publishers: z.array(publisherCountSchema), total: z.number() })),
  categories: read('/categories', {}, z.object({ categories: z.array(categorySchema) })),
  /** Hand-picked lists of all registries, those of best priority first. */
  collections: read('/collections', {}, z.object({ collections: z.array(collectionSchema) })),
  /** An icon or screenshot that the catalog or an installed plugin names, as base64; checked for type, bytes and pixels: an icon has fewer. */
  image: read('/images/{sha512}', { sha512: sha512Schema, as: z._default(z.enum(['icon', 'screenshot']), 'screenshot') }, z.object({ type: z.string(), base64: z.string() }), { errors: ['catalog/not-found', 'catalog/unavailable'] }),
};
