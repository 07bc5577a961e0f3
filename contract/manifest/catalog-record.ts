import * as z from 'zod/mini';
import { instantSchema, pluginIdSchema, sha512Schema } from '../model/ids.ts';
import { capabilityKindSchema } from '../model/catalog.ts';
import { permissionSchema } from '../model/permission.ts';
import { configurationTypeSchema } from './configuration-1-0.ts';
import { emailSchema, lineSchema, linkSchema, longTextSchema, versionSchema } from './fields.ts';
import { pricingSchema } from './pricing-1-0.ts';
import { requirementsSchema, tierSchema } from './manifest-1-0.ts';

/** Something addressed by its content; where it lies does not matter. `size` in bytes, `type` a media type. */
export const catalogBlobSchema = z.object({ sha512: sha512Schema, size: z.number().check(z.int(), z.nonnegative()), type: z.string().check(z.maxLength(100)) });
export type CatalogBlob = z.infer<typeof catalogBlobSchema>;

/** A lower-case hex SHA-256 of a key's canonical form. */
export const keyIdSchema = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** An Ed25519 public key: 32 bytes in lower-case hex. */
export const publicKeySchema = z.object({ key_id: keyIdSchema, public_key: z.string().check(z.regex(/^[0-9a-f]{64}$/)), revoked_at: z.optional(z.nullable(instantSchema)) });
export type PublicKeyRecord = z.infer<typeof publicKeySchema>;

/** An Ed25519 signature: 64 bytes in lower-case hex. */
export const publisherSignatureSchema = z.object({ key_id: keyIdSchema, signature: z.string().check(z.regex(/^[0-9a-f]{128}$/)) });
export type PublisherSignature = z.infer<typeof publisherSignatureSchema>;

export const catalogPublisherSchema = z.object({
  id: lineSchema(100), name: lineSchema(255), tier: tierSchema, verified: z.boolean(), website: z.nullable(linkSchema), logo: z.nullable(catalogBlobSchema),
  keys: z.array(publicKeySchema).check(z.maxLength(50)),
});

/** What to use in the place of a version that was withdrawn or is deprecated: a plugin, and a version of it or null for its newest. */
const useInsteadSchema = z.object({ id: pluginIdSchema, version: z.nullable(versionSchema) });

/**
 * One version. `permissions` are the keys that this version's manifest asks for and `requirements` what it requires, so
 * that the manifest in the archive can be held against what the registry signed. `withdrawn` and `deprecated` say why.
 */
export const catalogRecordVersionSchema = z.object({
  version: versionSchema, channel: z.string().check(z.maxLength(32)), sha512: sha512Schema, size: z.number().check(z.int(), z.nonnegative()),
  manifest_sha512: sha512Schema,
  dependencies: z.array(z.object({ id: z.string().check(z.maxLength(200)), range: z.string().check(z.maxLength(200)), foreign: z.boolean() })).check(z.maxLength(100)),
  requirements: requirementsSchema, permissions: z.array(z.string()).check(z.maxLength(500)),
  signature: publisherSignatureSchema, changelog: longTextSchema(50_000), published_at: instantSchema,
  deprecated: z.nullable(z.string()), withdrawn: z.nullable(z.string()), use_instead: z.optional(z.nullable(useInsteadSchema)),
});
export type CatalogRecordVersion = z.infer<typeof catalogRecordVersionSchema>;

/** One plugin of a catalog, a line of `catalog/full-N.jsonl.br`. Newest version first. Unknown fields are ignored, so that an older app reads a newer catalog. */
export const catalogRecordSchema = z.object({
  id: pluginIdSchema, kinds: z.array(capabilityKindSchema), name: lineSchema(100), publisher: catalogPublisherSchema,
  description: lineSchema(500), long_description: longTextSchema(50_000), categories: z.array(lineSchema(64)), tags: z.array(lineSchema(50)), pricing: pricingSchema,
  permissions: z.array(permissionSchema),
  configuration: z.array(z.object({
    key: z.string(), type: configurationTypeSchema, description: z.string(), required: z.boolean(),
    default: z.nullable(z.union([z.string(), z.number(), z.boolean()])), options: z.array(z.string()),
    label: z._default(z.nullable(z.string()), null), example: z._default(z.nullable(z.string()), null),
  })),
  capabilities: z.array(z.object({ kind: capabilityKindSchema, id: z.string(), name: z.string(), description: z.string(), remote: z.optional(z.string()) })),
  license: z.nullable(z.string()), docs_url: z.nullable(linkSchema), support_email: z.nullable(emailSchema), demo_video: z.nullable(linkSchema),
  icon: z.nullable(catalogBlobSchema), screenshots: z.array(catalogBlobSchema).check(z.maxLength(20)),
  compatibility: z.object({ app_version: z.string(), platforms: z.nullable(z.array(z.string())) }),
  moderation: z.enum(['approved', 'unreviewed', 'blocked']),
  versions: z.array(catalogRecordVersionSchema).check(z.minLength(1), z.maxLength(1000)),
});
export type CatalogRecord = z.infer<typeof catalogRecordSchema>;

/** `catalog/categories.json`. */
export const catalogCategorySchema = z.object({ slug: lineSchema(64), name: lineSchema(100), description: z.string(), icon: z.string(), sort_order: z.number() });
export const catalogCategoriesSchema = z.array(catalogCategorySchema);
export type CatalogCategory = z.infer<typeof catalogCategorySchema>;

/** `catalog/revoked.json`: versions that may no longer run, and why. */
export const revokedVersionSchema = z.object({ id: pluginIdSchema, version: versionSchema, sha512: sha512Schema, reason: lineSchema(1000), revoked_at: instantSchema, use_instead: z.optional(z.nullable(useInsteadSchema)) });
export const revokedVersionsSchema = z.array(revokedVersionSchema);
export type RevokedVersion = z.infer<typeof revokedVersionSchema>;

/** `catalog/collections.json`: hand-picked lists. */
export const catalogCollectionSchema = z.object({ slug: lineSchema(64), name: lineSchema(100), description: z.string(), plugins: z.array(pluginIdSchema) });
export const catalogCollectionsSchema = z.array(catalogCollectionSchema);
export type CatalogCollection = z.infer<typeof catalogCollectionSchema>;

/** The first line of `catalog/delta-A-B.jsonl.br`; each further one is `{"put": <record>}` or `{"remove": <id>}`. */
export const catalogDeltaHeadSchema = z.object({ from: z.number().check(z.int(), z.gte(1)), to: z.number().check(z.int(), z.gte(2)) });

const countSchema = z.number().check(z.int(), z.nonnegative());

/** Figures of one plugin. `trend` holds installs a day, oldest first; `ratings` how many gave 1, 2, 3, 4 and 5 stars. */
export const pluginStatsSchema = z.object({ id: pluginIdSchema, installs: countSchema, trend: z.array(countSchema).check(z.maxLength(90)), ratings: z.tuple([countSchema, countSchema, countSchema, countSchema, countSchema]) });
export type PluginStats = z.infer<typeof pluginStatsSchema>;

/** `catalog/stats-DATE.json.br`: separate from the records, because it changes every day. `date` is a day in UTC. */
export const catalogStatsSchema = z.object({ date: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/)), plugins: z.array(pluginStatsSchema) });
export type CatalogStats = z.infer<typeof catalogStatsSchema>;

/** More of one plugin are not published, and not taken. */
export const MOST_REVIEWS = 50;

/**
 * What somebody says of a plugin; `author` is the name that they are shown by. Title, body and reply are plain text.
 * `helpful`: how many found it so. `reply`: the publisher's answer.
 */
export const pluginReviewSchema = z.object({
  author: lineSchema(80), rating: z.number().check(z.int(), z.gte(1), z.lte(5)), title: z._default(z.nullable(lineSchema(255)), null), body: longTextSchema(2000), version: versionSchema, written_at: instantSchema,
  helpful: z._default(countSchema, 0), reply: z._default(z.nullable(z.object({ body: longTextSchema(2000), written_at: instantSchema })), null),
});
export type PluginReview = z.infer<typeof pluginReviewSchema>;

/** `catalog/reviews-DATE.json.br`: what people wrote up to this day (UTC). At most one entry a plugin. */
export const catalogReviewsSchema = z.object({
  date: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/)),
  plugins: z.array(z.object({ id: pluginIdSchema, reviews: z.array(pluginReviewSchema).check(z.maxLength(MOST_REVIEWS)) }))
    .check(z.refine((plugins) => new Set(plugins.map(({ id }) => id)).size === plugins.length, { error: 'names a plugin twice' })),
});
export type CatalogReviews = z.infer<typeof catalogReviewsSchema>;
