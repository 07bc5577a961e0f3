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

/** Its own values; `default` is what the plugin gives it. Secrets and folders are the plugin's and not among them. */
export async function configurationOfHire(parts: Parts, id: string): Promise<HireConfiguration> {
  const { code, own } = await find(parts, id);
  const values = fittingValues(code.manifest, own);
  return {
    id,
    fields: configurationOf(code.manifest).filter(({ type }) => type !== 'secret' && type !== 'folder').map((entry) => {
      const inherited = code.config?.[entry.key] ?? null;
      const value = values[entry.key] ?? null;
      return { ...entry, default: inherited, value, isSet: value !== null || inherited !== null };
    }),
  };
}

/** @throws AppError `team/not-found`, `plugins/not-installed`, `plugins/bad-configuration` */
export async function checkHireValues(parts: Parts, id: string, set: Readonly<Record<string, ConfigurationValue>>): Promise<void> {
  checkValues((await find(parts, id)).code.manifest, set);
}
