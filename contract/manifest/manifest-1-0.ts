import * as z from 'zod/mini';
import { pluginIdSchema } from '../model/ids.ts';
import { capabilitiesSchema } from './capabilities-1-0.ts';
import { configurationSchema } from './configuration-1-0.ts';
import { dependencyTextSchema } from './dependency.ts';
import { archivePathSchema, emailSchema, lineSchema, linkSchema, longTextSchema, versionSchema } from './fields.ts';
import { permissionsSchema } from './permissions-1-0.ts';
import { pricingSchema } from './pricing-1-0.ts';

export const tierSchema = z.enum(['tier1', 'tier2', 'tier3']);

/** Who made it, as the maker says; the registry's record says who it is. */
export const partnerSchema = z.strictObject({
  id: lineSchema(100), name: lineSchema(255), tier: z._default(tierSchema, 'tier3'),
  support_email: z.optional(emailSchema), docs_url: z.optional(linkSchema), website: z.optional(linkSchema),
});

const rangeSchema = z.string().check(z.minLength(1), z.maxLength(200));

/** `app_version` absent means any. The last three are read, kept and shown, and ask for nothing. */
export const requirementsSchema = z.strictObject({
  app_version: z._default(rangeSchema, '*'),
  platforms: z.optional(z.array(z.enum(['linux', 'darwin', 'win32'])).check(z.minLength(1), z.maxLength(3))),
  dependencies: z._default(z.array(dependencyTextSchema).check(z.maxLength(100)), []),
  claude_version: z.optional(rangeSchema), crewai_version: z.optional(rangeSchema), python_version: z.optional(rangeSchema),
});

export const assetsSchema = z.strictObject({
  icon: z.optional(archivePathSchema('assets')), screenshots: z._default(z.array(archivePathSchema('assets')).check(z.maxLength(20)), []), demo_video: z.optional(linkSchema),
});

/** Filled in where an optional block is left out; each block fills in the rest by itself. */
const NOTHING = {
  requirements: { app_version: '*', dependencies: [] },
  capabilities: { agents: [], crews: [], flows: [], tools: [], blueprints: [] },
  configuration: { required: [], optional: [] },
  permissions: { network: [], secrets: [], tools: [], files: { folders: [] } },
};

/** plugin.yaml, schema 1.0. Keys keep the file's own spelling. An unknown category is kept and shown as it is. */
export const manifestSchema = z.strictObject({
  schema_version: z.literal('1.0'),
  plugin: z.strictObject({
    id: pluginIdSchema,
    name: lineSchema(100),
    version: versionSchema,
    description: lineSchema(500),
    long_description: z._default(longTextSchema(50_000), ''),
    partner: z.optional(partnerSchema),
    categories: z._default(z.array(lineSchema(64)).check(z.maxLength(10)), []),
    tags: z._default(z.array(lineSchema(50)).check(z.maxLength(30)), []),
    requirements: z._default(requirementsSchema, NOTHING.requirements),
    capabilities: z._default(capabilitiesSchema, NOTHING.capabilities),
    configuration: z._default(configurationSchema, NOTHING.configuration),
    permissions: z._default(permissionsSchema, NOTHING.permissions),
    pricing: z._default(pricingSchema, { model: 'free', paid_tiers: [] }),
    assets: z._default(assetsSchema, { screenshots: [] }),
    license: z.optional(lineSchema(100)),
  }),
});
export type Manifest = z.infer<typeof manifestSchema>;
