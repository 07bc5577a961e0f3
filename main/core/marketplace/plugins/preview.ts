/** What a change of versions would do and whom it concerns, by what registries and manifests say. Changes nothing. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import { permissionsOf, type Manifest } from '../../../../contract/manifest/index.ts';
import type { Concerned, VersionChange } from '../../../../contract/model/plugin.ts';
import type { PreviousRow } from '../../base/store/index.ts';
import { concernedBy, type Move } from './concerned.ts';
import type { Manifests } from './manifests.ts';
import type { PluginsParts } from './parts.ts';
import type { PlanItem } from './plan.ts';

export interface Preview extends Concerned { changes: VersionChange[] }

/** What a plan would change, in its order. */
export async function previewOf(parts: PluginsParts, manifests: Manifests, plan: readonly PlanItem[]): Promise<Preview> {
  const change = await comparer(parts, manifests);
  return { changes: plan.map((item) => change({ id: item.id, name: item.record.name, to: item.version }, item.signed.permissions)), ...await concernedBy(parts, manifests, movesOf(plan)) };
}

export const movesOf = (plan: readonly PlanItem[]): Move[] => plan.map(({ id, version, record, dependencies }) => ({ id, name: record.name, version, dependencies }));

/** What the way back would change. @throws AppError `plugins/no-previous` */
export async function previewBack(parts: PluginsParts, manifests: Manifests, id: string): Promise<Preview> {
  const change = await comparer(parts, manifests);
  const before = returningOf(await parts.store.read('rollbackOf', { id }));
  if (before.length === 0) throw new AppError('plugins/no-previous', `${id} has had no other version here, so there is nothing to go back to.`, { details: { id } });
  return {
    changes: before.toReversed().map(({ row, manifest }) => change({ id: row.id, name: manifest.plugin.name, to: row.version }, permissionsOf(manifest).map(({ key }) => key))),
    ...await concernedBy(parts, manifests, before.map(({ move }) => move)),
  };
}

/** A version that comes back. */
export interface Returning { row: PreviousRow; manifest: Manifest; move: Move }

export const returningOf = (rows: readonly PreviousRow[]): Returning[] => rows.map((row) => {
  // Written by this room from a manifest that had been parsed.
  const manifest = JSON.parse(row.manifest) as Manifest;
  return { row, manifest, move: { id: row.id, name: manifest.plugin.name, version: row.version, dependencies: JSON.parse(row.dependencies) as Move['dependencies'] } };
});

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
