/** What an agent of the team has in place of its plugin's configuration. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { ConfigurationValue, HireConfiguration } from '../../../../contract/model/configuration.ts';
import type { Store } from '../../base/store/index.ts';
import type { InstalledCode, PluginSource } from '../../engine/tools/index.ts';
import { checkValues, configurationOf, fittingValues } from '../../marketplace/plugins/index.ts';

interface Parts { readonly store: Pick<Store, 'read'>; readonly plugins: PluginSource }

async function find({ store, plugins }: Parts, id: string): Promise<{ code: InstalledCode; own: Record<string, unknown> }> {
  const row = await store.read('hireById', { id });
  const kept = await store.read('hireConfiguration', { id });
  if (!row || !kept || row.state === 'dismissed') throw new AppError('team/not-found', 'This agent is not in your team. It may have been dismissed; look at the team.');
  const code = await plugins.get(kept.pluginId);
  if (!code) throw new AppError('plugins/not-installed', `${kept.pluginId} is not installed. Install it from the marketplace first.`, { details: { id: kept.pluginId } });
  return { code, own: JSON.parse(kept.configuration) as Record<string, unknown> };
}

/** What belongs to the plugin as a whole: what it may use and reach. */
const OF_PLUGIN: ReadonlySet<string> = new Set(['secret', 'folder', 'hosts']);

/** Its own values; `default` is what the plugin gives it. Secrets, folders and hosts are the plugin's and not among them. */
export async function configurationOfHire(parts: Parts, id: string): Promise<HireConfiguration> {
  const { code, own } = await find(parts, id);
  const values = fittingValues(code.manifest, own);
  return {
    id,
    fields: configurationOf(code.manifest).filter(({ type }) => !OF_PLUGIN.has(type)).map((entry) => {
      const inherited = code.config?.[entry.key] ?? null;
      const value = values[entry.key] ?? null;
      return { ...entry, default: inherited, value, isSet: value !== null || inherited !== null };
    }),
  };
}

/** @throws AppError `team/not-found`, `plugins/not-installed`, `plugins/bad-configuration` */
export async function checkHireValues(parts: Parts, id: string, set: Readonly<Record<string, ConfigurationValue>>): Promise<void> {
  const { code: { manifest } } = await find(parts, id);
  checkValues(manifest, set);
  const hosts = configurationOf(manifest).find(({ key, type }) => type === 'hosts' && Object.hasOwn(set, key));
  if (hosts) throw new AppError('plugins/bad-configuration', `"${hosts.key}" says what the plugin may reach, for all agents alike. Enter it in the configuration of ${manifest.plugin.name}.`, { details: { id: manifest.plugin.id } });
}
