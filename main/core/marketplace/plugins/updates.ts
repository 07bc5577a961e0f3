/** Which newer versions of installed plugins there are, by what was synced last. */
import { gt, satisfies } from 'semver';
import { permissionsOf } from '../../../../contract/manifest/index.ts';
import type { AvailableUpdate } from '../../../../contract/model/plugin.ts';
import { misfitsOf } from '../catalog/index.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import type { Manifests } from './manifests.ts';
import type { PluginsParts } from './parts.ts';
import { inOrderOfPreference, planInstall, updateRange, type PlanItem } from './plan.ts';

/** Whether its dependencies agree is found out when it is updated. Sorted by id. */
export async function updatesOf(parts: PluginsParts, manifests: Manifests): Promise<AvailableUpdate[]> {
  const rows = await parts.store.read('installedPlugins', undefined);
  const ids = rows.map(({ id }) => id);
  const records = await parts.catalog.records(ids);
  const revoked = new Set((await parts.catalog.revoked(ids)).map(({ sha512 }) => sha512));
  const known = await manifests.of(rows.map(({ sha512 }) => sha512));
  const updates = rows.flatMap((row): AvailableUpdate[] => {
    const found = records.find(({ record, registry, blocked }) => record.id === row.id && registry === row.registry && !blocked);
    const manifest = known.get(row.sha512);
    if (!found || !manifest) return [];
    const range = updateRange(found.record, row);
    const newer = inOrderOfPreference(found.record, row.channel).filter((one) => gt(one.version, row.version) && satisfies(one.version, range) && one.withdrawn === null && !revoked.has(one.sha512) && misfitsOf(parts.app, one.requirements).length === 0);
    const [best] = newer;
    if (!best) return [];
    const asked = new Set(permissionsOf(manifest).map(({ key }) => key));
    return [{
      id: row.id, name: found.record.name, installed: row.version, version: best.version, size: best.size, publishedAt: best.published_at, pinned: row.pinned,
      changes: newer.filter((one) => !gt(one.version, best.version)).map((one) => ({ version: one.version, publishedAt: one.published_at, changelog: one.changelog })),
      added: best.permissions.filter((key) => !asked.has(key)),
    }];
  });
  return updates.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * What an update brings: without `range` the newest that fits, by its pin where it has one. Where a newer one is there and nobody
 * can have it, who wants what is told.
 * @throws AppError as `planInstall`
 */
export async function planUpdate(parts: PluginsParts, manifests: Manifests, row: InstalledRow, range: string | undefined, signal?: AbortSignal): Promise<PlanItem[]> {
  const found = (await parts.catalog.records([row.id])).find(({ registry }) => registry === row.registry);
  const plan = await planInstall(parts, { id: row.id, range: range ?? row.pinned ?? (found ? updateRange(found.record, row) : `>=${row.version}`) }, signal);
  if (plan.length > 0 || range !== undefined || row.pinned !== null) return plan;
  const newest = (await updatesOf(parts, manifests)).find(({ id }) => id === row.id)?.version;
  return newest === undefined ? plan : planInstall(parts, { id: row.id, range: newest }, signal);
}
