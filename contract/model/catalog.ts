import * as z from 'zod/mini';
import { instantSchema, pluginIdSchema, sha512Schema } from './ids.ts';
import { permissionSchema } from './permission.ts';

/** What a plugin offers. */
export const capabilityKindSchema = z.enum(['agent', 'crew', 'flow', 'tool', 'blueprint']);
export type CapabilityKind = z.infer<typeof capabilityKindSchema>;

export const publisherSchema = z.object({ id: z.string(), name: z.string(), tier: z.enum(['tier1', 'tier2', 'tier3']), verified: z.boolean(), website: z.nullable(z.string()) });
export type Publisher = z.infer<typeof publisherSchema>;

/** An image or archive, addressed by its content. */
export const blobReferenceSchema = z.object({ sha512: sha512Schema, size: z.number(), type: z.string() });
export type BlobReference = z.infer<typeof blobReferenceSchema>;

/** What a registry says to use in the place of a withdrawn or deprecated version; `version` null: the newest. */
export const useInsteadSchema = z.object({ id: pluginIdSchema, version: z.nullable(z.string()) });
export type UseInstead = z.infer<typeof useInsteadSchema>;

/**
 * One line of the marketplace. `installedVersion` is null when it is not installed here; `trend` holds installs a day, oldest
 * first, and is empty where the registry publishes none.
 */
export const catalogCardSchema = z.object({
  id: pluginIdSchema, name: z.string(), description: z.string(), publisher: publisherSchema,
  kinds: z.array(capabilityKindSchema), categories: z.array(z.string()), tags: z.array(z.string()),
  version: z.string(), priceModel: z.enum(['free', 'freemium', 'paid', 'enterprise']),
  icon: z.nullable(blobReferenceSchema), installs: z.number(), trend: z.array(z.number()), rating: z.nullable(z.number()), ratings: z.number(),
  permissionKinds: z.array(z.string()), compatible: z.boolean(), registry: z.string(),
  installedVersion: z.nullable(z.string()), publishedAt: instantSchema,
});
export type CatalogCard = z.infer<typeof catalogCardSchema>;

/** `remote`: where an agent runs that is not in the archive, as an origin. No such agent can be hired yet. */
export const capabilitySchema = z.object({ kind: capabilityKindSchema, id: z.string(), name: z.string(), description: z.string(), remote: z.optional(z.string()) });
export type Capability = z.infer<typeof capabilitySchema>;

/** An agent that runs on this machine, and so can be hired. */
export const isHireable = ({ kind, remote }: Capability): boolean => kind === 'agent' && remote === undefined;

export const configurationKeySchema = z.object({
  key: z.string(), type: z.string(), description: z.string(), required: z.boolean(), default: z.nullable(z.unknown()), options: z.array(z.string()),
  /** What a person reads in place of the key, and a value as it could be; null when the manifest has none. */
  label: z.nullable(z.string()), example: z.nullable(z.string()),
});
export type ConfigurationKey = z.infer<typeof configurationKeySchema>;

export const catalogVersionSchema = z.object({
  version: z.string(), channel: z.string(), size: z.number(), sha512: sha512Schema, publishedAt: instantSchema, changelog: z.string(),
  dependencies: z.array(z.object({ id: z.string(), range: z.string(), foreign: z.boolean() })),
  withdrawn: z.nullable(z.string()), deprecated: z.nullable(z.string()), useInstead: z.nullable(useInsteadSchema),
});
export type CatalogVersion = z.infer<typeof catalogVersionSchema>;

/** What a publisher takes for it. A price is in whole units of `currency` (ISO 4217); `executions` are runs in a period. */
export const pricingSchema = z.object({
  freeTier: z.nullable(z.object({ executions: z.union([z.number(), z.literal('unlimited')]), period: z.enum(['day', 'week', 'month', 'year']) })),
  tiers: z.array(z.object({ name: z.string(), price: z.number(), currency: z.string(), period: z.enum(['month', 'year', 'once']), executions: z.union([z.number(), z.literal('unlimited')]) })),
});
export type PriceTiers = z.infer<typeof pricingSchema>;

/** Everything the plugin page shows; works offline. */
export const catalogDetailSchema = z.extend(catalogCardSchema, {
  longDescription: z.string(), capabilities: z.array(capabilitySchema), permissions: z.array(permissionSchema),
  configuration: z.array(configurationKeySchema), versions: z.array(catalogVersionSchema), screenshots: z.array(blobReferenceSchema),
  license: z.nullable(z.string()), docsUrl: z.nullable(z.string()), supportEmail: z.nullable(z.string()), demoVideo: z.nullable(z.string()),
  /** Reasons in whole sentences why it does not fit this app; empty when it does. */
  incompatibleBecause: z.array(z.string()),
  /** What it works with and this machine has not, in whole sentences. It can be installed all the same. */
  lacks: z.array(z.string()),
  requirements: z.record(z.string(), z.string()),
  pricing: pricingSchema,
  /** Other registries that serve this id, best priority first: theirs is another plugin, whatever it is called. */
  alsoFrom: z.array(z.object({ registry: z.string(), version: z.string(), publisher: publisherSchema })),
  /** How many people gave 1, 2, 3, 4 and 5 stars; null where the registry says nothing of ratings. */
  histogram: z.nullable(z.array(z.number()).check(z.length(5))),
  /** The day (UTC, `YYYY-MM-DD`) that installs, trend and ratings are of; null where there are none. */
  figuresOf: z.nullable(z.string()),
});
export type CatalogDetail = z.infer<typeof catalogDetailSchema>;

/** What somebody wrote about a plugin: plain text, shown as it is. `helpful`: how many found it so; `reply`: the publisher's answer. */
export const reviewSchema = z.object({
  author: z.string(), rating: z.number(), title: z.nullable(z.string()), body: z.string(), version: z.string(), writtenAt: instantSchema,
  helpful: z.number(), reply: z.nullable(z.object({ body: z.string(), writtenAt: instantSchema })),
});
export type Review = z.infer<typeof reviewSchema>;

/** Who published what is shown. `plugins`: how many of theirs are shown. */
export const publisherCountSchema = z.object({ id: z.string(), name: z.string(), verified: z.boolean(), plugins: z.number() });
export type PublisherCount = z.infer<typeof publisherCountSchema>;

export const reviewSortSchema = z.enum(['newest', 'helpful', 'best', 'worst']);
export type ReviewSort = z.infer<typeof reviewSortSchema>;

export const categorySchema = z.object({ slug: z.string(), name: z.string(), description: z.string(), icon: z.string(), sortOrder: z.number(), count: z.number() });
export type Category = z.infer<typeof categorySchema>;

/** A list that a registry picked by hand. Plugins in its order; those that are not shown here are left out, and a list of none too. */
export const collectionSchema = z.object({ slug: z.string(), name: z.string(), description: z.string(), registry: z.string(), plugins: z.array(catalogCardSchema) });
export type Collection = z.infer<typeof collectionSchema>;

export const catalogFiltersSchema = z.object({
  category: z.optional(z.string()), kind: z.optional(capabilityKindSchema), tag: z.optional(z.string()), publisher: z.optional(z.string()), registry: z.optional(z.string()),
  tier: z.optional(z.enum(['tier1', 'tier2', 'tier3'])), price: z.optional(z.enum(['free', 'freemium', 'paid', 'enterprise'])),
  minimumRating: z.optional(z.number()), compatible: z.optional(z.boolean()), installed: z.optional(z.boolean()),
});
export type CatalogFilters = z.infer<typeof catalogFiltersSchema>;

export const catalogSortSchema = z.enum(['relevance', 'popular', 'recent', 'rating', 'name']);
export type CatalogSort = z.infer<typeof catalogSortSchema>;

/** The beginning of plugin ids up to a dot: `com.acme` covers `com.acme` and `com.acme.one`. */
export const registryPrefixSchema = z.string().check(z.regex(/^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$/), z.maxLength(128));

/** State of one registry's copy on this machine. */
export const registryStatusSchema = z.object({
  id: z.string(), name: z.string(), kind: z.enum(['embedded', 'folder', 'hosted']), entries: z.number(), sequence: z.number(),
  syncedAt: z.nullable(instantSchema), expiresAt: z.nullable(instantSchema), syncing: z.boolean(),
  /** Where it is read from and the SHA-256 of its first root; null for the embedded one. */
  address: z.nullable(z.string()), fingerprint: z.nullable(z.string()),
  /** A smaller one goes first. `prefix`: the only ids that it may serve; null: any. */
  priority: z.number(), prefix: z.nullable(z.string()),
  /** Records that were left out at the last sync, and why. */
  badRecords: z.array(z.string()),
  error: z.nullable(z.object({ code: z.string(), message: z.string() })),
});
export type RegistryStatus = z.infer<typeof registryStatusSchema>;
