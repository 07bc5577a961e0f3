/** What installed plugins may do, when they did it last, and taking that back or giving it again. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import { permissionsOf } from '../../../../contract/manifest/index.ts';
import type { PluginPermission } from '../../../../contract/model/permission.ts';
import type { InstalledRow, WriteRequest } from '../../base/store/index.ts';
import { createManifests } from './manifests.ts';
import type { PluginsParts } from './parts.ts';

export interface Permissions {
  /** Everything that is asked for by what is installed, granted or not. @throws AppError `plugins/not-installed` */
  list(input: { id?: string | undefined }): Promise<{ permissions: PluginPermission[] }>;
  /** Holds at once, for what runs too. @throws AppError `plugins/not-installed`, `core/bad-input` for one that it does not ask for */
  revoke(input: { id: string; key: string }, request?: WriteRequest): Promise<PluginPermission>;
  /** For exactly this key, of this publisher. @throws AppError `plugins/not-installed`, `core/bad-input` for one that it does not ask for */
  grant(input: { id: string; key: string }, request?: WriteRequest): Promise<PluginPermission>;
}

export function createPermissions({ store, clock, changed }: Pick<PluginsParts, 'store' | 'clock' | 'changed'>): Permissions {
  const manifests = createManifests(store);

  async function permissionsOfRows(rows: readonly InstalledRow[]): Promise<(PluginPermission & { publisherId: string })[]> {
    const known = await manifests.of(rows.map(({ sha512 }) => sha512));
    const grants = await store.read('allGrants', {});
    return rows.flatMap((row) => {
      const manifest = known.get(row.sha512);
      if (!manifest) return [];
      return permissionsOf(manifest).map((permission) => {
        const grant = grants.find((one) => one.pluginId === row.id && one.publisherId === row.publisherId && one.permission === permission.key);
        return { pluginId: row.id, name: manifest.plugin.name, publisherId: row.publisherId, permission, granted: grant !== undefined, grantedAt: grant?.grantedAt ?? null, lastUsedAt: grant?.lastUsedAt ?? null };
      });
    });
  }

  async function of(id: string): Promise<(PluginPermission & { publisherId: string })[]> {
    const row = await store.read('installedPlugin', { id });
    if (!row) throw new AppError('plugins/not-installed', `${id} is not installed. Install it from the marketplace first.`, { details: { id } });
    return permissionsOfRows([row]);
  }

  async function change(name: 'grantPermission' | 'revokePermission', { id, key }: { id: string; key: string }, request: WriteRequest | undefined): Promise<PluginPermission> {
    const found = (await of(id)).find(({ permission }) => permission.key === key);
    if (!found) throw new AppError('core/bad-input', `${id} does not ask for "${key.slice(0, 200)}". Its page lists what it asks for.`, { details: { id, permission: key } });
    await store.write(name, { pluginId: id, publisherId: found.publisherId, permission: key, at: clock.now() }, request ? { request } : {});
    changed('plugins');
    return (await of(id)).find(({ permission }) => permission.key === key) ?? found;
  }

  return {
    list: async ({ id }) => ({ permissions: id === undefined ? await permissionsOfRows(await store.read('installedPlugins', undefined)) : await of(id) }),
    revoke: (input, request) => change('revokePermission', input, request),
    grant: (input, request) => change('grantPermission', input, request),
  };
}
