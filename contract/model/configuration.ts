/** Values of a plugin's configuration. The page checks a field with the same rules as the core, which alone decides. */
import * as z from 'zod/mini';
import { readHosts } from '../manifest/network-target.ts';
import { configurationKeySchema, type ConfigurationKey } from './catalog.ts';
import { idSchema, pluginIdSchema } from './ids.ts';
import { parseModelRef } from './model-ref.ts';

export const MAX_VALUE_CHARACTERS = 10_000;

export const configurationValueSchema = z.union([z.string().check(z.maxLength(MAX_VALUE_CHARACTERS)), z.number(), z.boolean()]);
export type ConfigurationValue = z.infer<typeof configurationValueSchema>;

/** Values by key. */
export const configurationValuesSchema = z.record(z.string().check(z.maxLength(64)), configurationValueSchema);

/** One entry as it stands now. A secret has no value here, ever: `isSet` says whether one is stored. */
export const configurationFieldSchema = z.extend(configurationKeySchema, {
  /** What the person entered; null where the default holds or nothing does. */
  value: z.nullable(configurationValueSchema),
  /** Something is there: a value, a default, a stored secret, a picked folder. */
  isSet: z.boolean(),
});
export type ConfigurationField = z.infer<typeof configurationFieldSchema>;

/** `missing` are the keys of required entries that have nothing. For an agent of the team, `default` is what its plugin gives it. */
export const configurationViewSchema = z.object({ id: pluginIdSchema, name: z.string(), fields: z.array(configurationFieldSchema), missing: z.array(z.string()), secretsKept: z.enum(['sealed', 'session']) });
export type ConfigurationView = z.infer<typeof configurationViewSchema>;

/** What one of a plugin's own checks said. `none`: it has no such check. */
export const checkResultSchema = z.object({ state: z.enum(['ok', 'failed', 'none']), message: z.nullable(z.string()) });
export type CheckResult = z.infer<typeof checkResultSchema>;
export const pluginCheckSchema = z.object({ credentials: checkResultSchema, health: checkResultSchema });
export type PluginCheck = z.infer<typeof pluginCheckSchema>;

/** A line of the difference between a file and what is here. `before` and `after` are null where there is nothing; secrets never appear. */
export const configurationChangeSchema = z.object({ pluginId: pluginIdSchema, key: z.string(), before: z.nullable(configurationValueSchema), after: z.nullable(configurationValueSchema) });
/** What the file leaves for the person to enter, or what keeps a part of it from being taken. */
export const configurationGapSchema = z.object({ pluginId: z.string(), key: z.nullable(z.string()), kind: z.enum(['secret', 'folder', 'not-installed', 'unknown-key', 'bad-value']), message: z.string() });
export const configurationDifferenceSchema = z.object({ changes: z.array(configurationChangeSchema), gaps: z.array(configurationGapSchema) });
export type ConfigurationDifference = z.infer<typeof configurationDifferenceSchema>;

export const hireConfigurationSchema = z.object({ id: idSchema, fields: z.array(configurationFieldSchema) });
export type HireConfiguration = z.infer<typeof hireConfigurationSchema>;

/** Why a value does not fit its entry. */
export type ValueProblem = 'text' | 'empty' | 'long' | 'number' | 'boolean' | 'option' | 'address' | 'address-with-password' | 'model' | 'hosts' | 'not-a-value';

/** Undefined when the value fits. Secrets and folders take no value: they are entered and picked. */
export function valueProblem({ type, options }: Pick<ConfigurationKey, 'type' | 'options'>, value: unknown): ValueProblem | undefined {
  if (type === 'secret' || type === 'folder') return 'not-a-value';
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? undefined : 'number';
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'boolean';
  if (typeof value !== 'string') return 'text';
  if (value.trim() === '') return 'empty';
  if (value.length > MAX_VALUE_CHARACTERS) return 'long';
  if (type === 'enum') return options.includes(value) ? undefined : 'option';
  if (type === 'model') return parseModelRef(value) ? undefined : 'model';
  if (type === 'hosts') return readHosts(value) ? undefined : 'hosts';
  return type === 'url' ? addressProblem(value) : undefined;
}

function addressProblem(text: string): ValueProblem | undefined {
  if (!/^https?:\/\/[^\s<>"`\\/?#]+([/?#][^\s<>"`\\]*)?$/i.test(text)) return 'address';
  // It would be a secret that nothing protects.
  return /^https?:\/\/[^/?#]*@/i.test(text) ? 'address-with-password' : undefined;
}
