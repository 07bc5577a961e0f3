/** What a change of versions would do, by what registries and manifests say. Changes nothing. */
import { permissionsOf, type Manifest } from '../../../../contract/manifest/index.ts';
import type { VersionChange } from '../../../../contract/model/plugin.ts';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifests } from './manifests.ts';
import type { PluginsParts } from './parts.ts';
import { planInstall, type PlanItem } from './plan.ts';

/** With null the way back. @throws AppError `plugins/no-previous`, and what `planInstall` throws */
export async function previewOf(parts: PluginsParts, manifests: Manifests, id: string, version: string | null): Promise<VersionChange[]> {
  if (version !== null) return changesOf(parts, manifests, await planInstall(parts, id, version));
  const change = await comparer(parts, manifests);
  const before = await parts.store.read('rollbackOf', { id });
  if (before.length === 0) throw new AppError('plugins/no-previous', `${id} has had no other version here, so there is nothing to go back to.`, { details: { id } });
  return before.toReversed().map((row) => {
    // Written by this room from a manifest that had been parsed.
    const manifest = JSON.parse(row.manifest) as Manifest;
    return change({ id: row.id, name: manifest.plugin.name, to: row.version }, permissionsOf(manifest).map(({ key }) => key));
  });
}

/** What a plan would change, in its order. */
export async function changesOf(parts: PluginsParts, manifests: Manifests, plan: readonly PlanItem[]): Promise<VersionChange[]> {
  const change = await comparer(parts, manifests);
  return plan.map((item) => change({ id: item.id, name: item.record.name, to: item.version }, item.signed.permissions));
}

/** Holds what a version asks for against what the installed one does. */
async function comparer(parts: PluginsParts, manifests: Manifests): Promise<(one: { id: string; name: string; to: string }, asks: readonly string[]) => VersionChange> {
  const rows = new Map((await parts.store.read('installedPlugins', undefined)).map((row) => [row.id, row]));
  const known = await manifests.of([...rows.values()].map(({ sha512 }) => sha512));
  return (one, asks) => {
    const row = rows.get(one.id);
    const manifest = row && known.get(row.sha512);
    const asked = manifest ? permissionsOf(manifest).map(({ key }) => key) : [];
    return { ...one, from: row?.version ?? null, added: asks.filter((key) => !asked.includes(key)), removed: asked.filter((key) => !asks.includes(key)) };
  };
}
