/** Configuration of installed plugins: what can be set, what is, what is missing. Every value is held against the manifest. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { ConfigurationKey } from '../../../../contract/model/catalog.ts';
import { valueProblem, type ConfigurationField, type ConfigurationValue, type ConfigurationView, type ValueProblem } from '../../../../contract/model/configuration.ts';
import type { InstalledRow, WriteRequest } from '../../base/store/index.ts';
import type { PluginsParts } from './parts.ts';
import { configurationOf } from './views.ts';

export type Values = Readonly<Record<string, ConfigurationValue>>;
interface Installed { row: InstalledRow; manifest: Manifest }
export interface ConfigurationChange { set: Values; reset: readonly string[]; secrets: Readonly<Record<string, string | null>> }
export interface Misfit { key: string; problem: ValueProblem | 'unknown' }

/** Of what is stored, the values that this manifest has and takes: another version may have left others. */
export function fittingValues(manifest: Manifest, stored: Readonly<Record<string, unknown>>): Values {
  return Object.fromEntries(configurationOf(manifest).flatMap((entry) => {
    const value = Object.hasOwn(stored, entry.key) ? stored[entry.key] : undefined;
    return value === undefined || valueProblem(entry, value) !== undefined ? [] : [[entry.key, value as ConfigurationValue]];
  }));
}

export const storedValues = (row: Pick<InstalledRow, 'config'>): Readonly<Record<string, unknown>> => JSON.parse(row.config) as Record<string, unknown>;

/** What the plugin's code gets as `ctx.config`: what was entered, else the defaults. Secrets and folders are not among it. */
export function effectiveValues(manifest: Manifest, stored: Readonly<Record<string, unknown>>): Values {
  const defaults = configurationOf(manifest).flatMap(({ key, default: value }) => (value === null || value === undefined ? [] : [[key, value as ConfigurationValue] as const]));
  return { ...Object.fromEntries(defaults), ...fittingValues(manifest, stored) };
}

/** @throws AppError `plugins/bad-configuration` that names every key that does not fit; the values themselves are not repeated */
export function checkValues(manifest: Manifest, set: Readonly<Record<string, unknown>>): void {
  const entries = new Map(configurationOf(manifest).map((entry) => [entry.key, entry]));
  const problems = Object.entries(set).flatMap(([key, value]): Misfit[] => {
    const entry = entries.get(key);
    const problem = entry ? valueProblem(entry, value) : 'unknown';
    return problem === undefined ? [] : [{ key, problem }];
  });
  refuse(manifest, problems, entries);
}

function checkSecrets(manifest: Manifest, secrets: Readonly<Record<string, string | null>>): void {
  const entries = new Map(configurationOf(manifest).map((entry) => [entry.key, entry]));
  refuse(manifest, Object.keys(secrets).flatMap((key): Misfit[] => (entries.get(key)?.type === 'secret' ? [] : [{ key, problem: entries.has(key) ? 'not-a-value' : 'unknown' }])), entries);
}

function refuse(manifest: Manifest, problems: readonly Misfit[], entries: ReadonlyMap<string, ConfigurationKey>): void {
  if (problems.length === 0) return;
  const sentences = problems.map(({ key, problem }) => `"${key}" ${expected(problem, entries.get(key))}`).join('; ');
  throw new AppError('plugins/bad-configuration', `The configuration of ${manifest.plugin.name} was not changed: ${sentences}.`, { details: { id: manifest.plugin.id, problems } });
}

export function expected(problem: Misfit['problem'], entry?: Pick<ConfigurationKey, 'type' | 'options'>): string {
  switch (problem) {
    case 'unknown': return 'is no entry of its configuration';
    case 'text': return 'should be a text';
    case 'empty': return 'is empty; leave it out to have the default';
    case 'long': return 'is too long';
    case 'number': return 'should be a number';
    case 'boolean': return 'should be true or false';
    case 'option': return `should be one of ${entry?.options.join(', ') ?? 'its options'}`;
    case 'address': return 'should be a whole http or https address';
    case 'address-with-password': return 'should not hold a user name or password; enter that as a secret';
    case 'hosts': return 'should be hosts such as api.example.com, http://localhost:8080 or *.example.org, at most 20, with commas between and no paths';
    case 'model': return 'should name a model as provider/model';
    case 'not-a-value': return entry?.type === 'secret' ? 'is a secret and takes no plain value' : entry?.type === 'folder' ? 'is a folder, which is picked' : 'is no secret';
  }
}

/** Its entries with what was entered. `folders` are the keys of folders that were picked. */
function fieldsOf(manifest: Manifest, values: Values, secrets: ReadonlySet<string>, folders: ReadonlySet<string>): ConfigurationField[] {
  return configurationOf(manifest).map((entry) => {
    const value = values[entry.key] ?? null;
    const isSet = entry.type === 'secret' ? secrets.has(entry.key) : entry.type === 'folder' ? folders.has(entry.key) : value !== null || (entry.default ?? null) !== null;
    return { ...entry, value, isSet };
  });
}

export interface Configurations {
  view(installed: Installed): Promise<ConfigurationView>;
  /** Keys of required entries that have nothing. */
  missing(installed: Installed): Promise<string[]>;
  /** @throws AppError `plugins/bad-configuration`, `plugins/conflict` */
  change(installed: Installed, change: ConfigurationChange, request?: WriteRequest): Promise<void>;
}

export function createConfigurations(parts: Pick<PluginsParts, 'store' | 'clock' | 'changed' | 'secrets'>): Configurations {
  const fields = async ({ row, manifest }: Installed): Promise<ConfigurationField[]> => {
    const entries = configurationOf(manifest);
    const ofType = (type: string): boolean => entries.some((entry) => entry.type === type);
    const secrets = ofType('secret') ? await parts.secrets.keys({ pluginId: row.id, publisherId: row.publisherId }) : new Set<string>();
    const asked = new Map(manifest.plugin.permissions.files.folders.map(({ key, access }) => [key, access]));
    const folders = ofType('folder') ? (await parts.store.read('grantedFolders', { pluginId: row.id })).filter(({ key, access }) => asked.get(key) === access).map(({ key }) => key) : [];
    return fieldsOf(manifest, fittingValues(manifest, storedValues(row)), secrets, new Set(folders));
  };
  // A folder that the plugin may not have anyway cannot be picked, and is not waited for.
  const missingOf = (manifest: Manifest, all: readonly ConfigurationField[]): string[] => all
    .filter(({ key, type, required, isSet }) => required && !isSet && (type !== 'folder' || manifest.plugin.permissions.files.folders.some((folder) => folder.key === key)))
    .map(({ key }) => key);
  return {
    async view(installed) {
      const all = await fields(installed);
      return { id: installed.row.id, name: installed.manifest.plugin.name, fields: all, missing: missingOf(installed.manifest, all), secretsKept: parts.secrets.kept };
    },
    async missing(installed) {
      return installed.manifest.plugin.configuration.required.length === 0 ? [] : missingOf(installed.manifest, await fields(installed));
    },
    async change({ row, manifest }, { set, reset, secrets }, request) {
      checkValues(manifest, set);
      checkSecrets(manifest, secrets);
      const owner = { pluginId: row.id, publisherId: row.publisherId };
      // Values last: their write is what a repeated request finds done, and storing a secret twice changes nothing.
      for (const [key, value] of Object.entries(secrets)) await (value === null ? parts.secrets.remove(owner, key) : parts.secrets.set(owner, key, value));
      try {
        await parts.store.write('changeConfigurations', { changes: [{ id: row.id, sha512: row.sha512, set, reset }], at: parts.clock.now() }, request ? { request } : {});
      } finally {
        parts.changed('plugins');
      }
    },
  };
}
