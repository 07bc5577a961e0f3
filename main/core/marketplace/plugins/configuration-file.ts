/** `troupe.config.yaml`: the configuration of plugins, to be taken elsewhere. It names secrets and folders and never holds one. */
import { stringify } from 'yaml';
import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import { configurationValueSchema, valueProblem, type ConfigurationDifference } from '../../../../contract/model/configuration.ts';
import { pluginIdSchema } from '../../../../contract/model/ids.ts';
import { readStrictYaml } from '../../../../packaging/index.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import { expected, fittingValues, storedValues, type Values } from './configuration.ts';
import { configurationOf } from './views.ts';

export const CONFIGURATION_FILE_VERSION = 1;
interface Installed { row: InstalledRow; manifest: Manifest }

const names = z._default(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(200)), []);
const fileSchema = z.strictObject({
  config_version: z.literal(CONFIGURATION_FILE_VERSION),
  plugins: z.array(z.strictObject({ id: pluginIdSchema, version: z.optional(z.string()), values: z._default(z.record(z.string(), configurationValueSchema), {}), secrets: names, folders: names })).check(z.maxLength(1000)),
});

/** The text of the file; the same for the same configuration. Plugins that have nothing to configure are left out. */
export function configurationFileOf(installed: readonly Installed[]): string {
  const plugins = installed.toSorted((a, b) => (a.row.id < b.row.id ? -1 : 1)).flatMap(({ row, manifest }) => {
    const entries = configurationOf(manifest);
    if (entries.length === 0) return [];
    const ofType = (type: string): string[] => entries.filter((entry) => entry.type === type).map(({ key }) => key);
    const values = Object.entries(fittingValues(manifest, storedValues(row))).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return [{ id: row.id, version: row.version, values: Object.fromEntries(values), secrets: ofType('secret'), folders: ofType('folder') }];
  });
  return `# Written by Troupe. Secrets and folders are named here and entered where this is imported: troupe config import troupe.config.yaml\n${stringify({ config_version: CONFIGURATION_FILE_VERSION, plugins }, { lineWidth: 0 })}`;
}

/** What a file says: the values to set by plugin, what that changes, and what it leaves. */
export interface ReadConfiguration extends ConfigurationDifference { writes: { installed: Installed; set: Values }[] }

/**
 * Holds a file against what is installed.
 * @param secretsOf the keys of the secrets that a plugin has already
 * @throws AppError `plugins/bad-configuration` when the text is no such file
 */
export async function readConfigurationFile(text: string, installed: ReadonlyMap<string, Installed>, isThere: (one: Installed) => Promise<{ secrets: ReadonlySet<string>; folders: ReadonlySet<string> }>): Promise<ReadConfiguration> {
  const result: ReadConfiguration = { changes: [], gaps: [], writes: [] };
  const file = parseFile(text);
  for (const { id, values, secrets, folders } of file) {
    const here = installed.get(id);
    if (!here) { result.gaps.push({ pluginId: id, key: null, kind: 'not-installed', message: `${id} is not installed, so its configuration is left out. Install it, then import again.` }); continue; }
    const entries = new Map(configurationOf(here.manifest).map((entry) => [entry.key, entry]));
    const now = fittingValues(here.manifest, storedValues(here.row));
    const set: Record<string, Values[string]> = {};
    for (const [key, value] of Object.entries(values)) {
      const entry = entries.get(key);
      const problem = entry ? valueProblem(entry, value) : 'unknown';
      if (problem !== undefined) {
        result.gaps.push({ pluginId: id, key, kind: entry ? 'bad-value' : 'unknown-key', message: `"${key}" of ${id} ${expected(problem, entry)}.` });
      } else if (now[key] !== value) {
        set[key] = value;
        result.changes.push({ pluginId: id, key, before: now[key] ?? null, after: value });
      }
    }
    const there = await isThere(here);
    for (const key of secrets) if (entries.get(key)?.type === 'secret' && !there.secrets.has(key)) result.gaps.push({ pluginId: id, key, kind: 'secret', message: `Enter the secret "${key}" of ${id}.` });
    for (const key of folders) if (entries.get(key)?.type === 'folder' && !there.folders.has(key)) result.gaps.push({ pluginId: id, key, kind: 'folder', message: `Pick the folder "${key}" of ${id}.` });
    if (Object.keys(set).length > 0) result.writes.push({ installed: here, set });
  }
  return result;
}

function parseFile(text: string): z.infer<typeof fileSchema>['plugins'] {
  const bad = (why: string, cause?: unknown): AppError => new AppError('plugins/bad-configuration', `This is no troupe.config.yaml that can be taken: ${why} Write one with: troupe config export <file>`, cause === undefined ? {} : { cause });
  let read: unknown;
  try { read = readStrictYaml(new TextEncoder().encode(text), 'troupe.config.yaml'); } catch (error) { throw bad(error instanceof Error ? error.message : String(error), error); }
  const parsed = z.safeParse(fileSchema, read);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw bad(`${issue?.path.join('.') || 'its top level'} is not what was expected.`);
  }
  const twice = parsed.data.plugins.find(({ id }, index, all) => all.findIndex((other) => other.id === id) !== index);
  if (twice) throw bad(`${twice.id} stands there twice.`);
  return parsed.data.plugins;
}
