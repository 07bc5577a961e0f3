import * as z from 'zod/mini';
import { priceSchema } from './price.ts';

const idleMinutes = z.number().check(z.int(), z.gte(1), z.lte(1440));
const days = z.number().check(z.int(), z.gte(1), z.lte(3650));

/** A search of the marketplace that the person kept: its address's query, and when the newest hit was published that they saw. */
export const savedSearchSchema = z.object({ address: z.string().check(z.minLength(1), z.maxLength(800)), newest: z.number().check(z.nonnegative()) });
export type SavedSearch = z.infer<typeof savedSearchSchema>;
const savedSearches = z.array(savedSearchSchema).check(z.maxLength(20));

/** What the person says that models cost, by `<provider>/<model>`. */
const modelPrices = z.record(z.string().check(z.minLength(3), z.maxLength(400)), priceSchema);

const embeddingModel = z.string().check(z.minLength(3), z.maxLength(400));

/** Every setting with its default; the settings page, the store and the core read this one list. */
export const settingsSchema = z.object({
  theme: z._default(z.enum(['system', 'light', 'dark']), 'system'),
  language: z._default(z.enum(['system', 'en', 'en-XA']), 'system'),
  sidebarCollapsed: z._default(z.boolean(), false),
  onboardingDone: z._default(z.boolean(), false),
  /** `provider/model`; null means the practice model. */
  defaultModel: z._default(z.nullable(z.string()), null),
  offline: z._default(z.boolean(), false),
  developerMode: z._default(z.boolean(), false),
  /** What runs plugins, from the next start: `auto` takes isolated-vm where it has a binary for this machine. */
  sandboxEngine: z._default(z.enum(['auto', 'quickjs']), 'auto'),
  /** For plugins that have no choice of their own. */
  autoUpdate: z._default(z.enum(['off', 'patch', 'all']), 'off'),
  /** Days for which rows of the audit list are kept; null keeps them for ever. */
  auditDays: z._default(z.nullable(days), 365),
  /** Minutes without a question after which a model that runs in Troupe gives its memory back. */
  modelIdleMinutes: z._default(idleMinutes, 10),
  savedSearches: z._default(savedSearches, []),
  modelPrices: z._default(modelPrices, {}),
  /** `provider/model` that makes vectors of memories and documents, so that searches go by meaning too; null: by words alone. */
  embeddingModel: z._default(z.nullable(embeddingModel), null),
});
export type Settings = z.infer<typeof settingsSchema>;
export const settingsChangeSchema = z.partial(z.object({
  theme: z.enum(['system', 'light', 'dark']), language: z.enum(['system', 'en', 'en-XA']), sidebarCollapsed: z.boolean(), onboardingDone: z.boolean(),
  defaultModel: z.nullable(z.string()), offline: z.boolean(), developerMode: z.boolean(), sandboxEngine: z.enum(['auto', 'quickjs']), autoUpdate: z.enum(['off', 'patch', 'all']), auditDays: z.nullable(days), modelIdleMinutes: idleMinutes, savedSearches, modelPrices, embeddingModel: z.nullable(embeddingModel),
}));
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
