/** Many plugins at once, exactly as a lockfile names them: these versions, these archives, or nothing. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import { install, type InstallTools } from './install.ts';
import { readLockfile, SIDE_LOADED, type Locked } from './lockfile.ts';
import type { Manifests } from './manifests.ts';
import type { Operation } from './operation.ts';
import type { PluginsParts } from './parts.ts';
import { planSet, type PlanItem } from './plan.ts';
import { previewOf, type Preview } from './preview.ts';

/** What differs, with what is installed besides. @throws AppError of `readLockfile` and the resolver, `plugins/digest-mismatch` */
export async function changesOfSet(parts: PluginsParts, manifests: Manifests, lockfile: string): Promise<Preview & { others: string[] }> {
  const locked = readLockfile(lockfile);
  const here = await parts.store.read('installedVersions', undefined);
  return { ...await previewOf(parts, manifests, await planLocked(parts, locked)), others: here.map(({ id }) => id).filter((id) => !locked.some((one) => one.id === id)).sort() };
}

export function installSet(parts: PluginsParts, tools: InstallTools, operation: Operation, request: { pluginId: string; lockfile: string; grantAll: boolean }): Promise<string[]> {
  return install(parts, tools, operation, { pluginId: request.pluginId, grantAll: request.grantAll, plan: (signal) => planLocked(parts, readLockfile(request.lockfile), signal) });
}

/** Every plugin of the file in its version, what is here already left out. What the registries have under that version must be the same archive. */
async function planLocked(parts: PluginsParts, locked: readonly Locked[], signal?: AbortSignal): Promise<PlanItem[]> {
  const here = new Map((await parts.store.read('installedVersions', undefined)).map((row) => [row.id, row]));
  for (const { id, version, sha512 } of locked) {
    const row = here.get(id);
    if (row?.version === version && row.sha512 !== sha512) throw mismatch(id, version, sha512, row.sha512);
  }
  const wanted = locked.filter(({ id, version }) => here.get(id)?.version !== version);
  const local = wanted.find(({ source }) => source === SIDE_LOADED);
  if (local) throw new AppError('catalog/not-found', `${local.id} ${local.version} was installed from a file, so no registry has it. Install that file first, then try again.`, { details: { id: local.id } });
  if (wanted.length === 0) return [];
  const plan = await planSet(parts, wanted.map(({ id, version }) => ({ id, range: `=${version}` })), undefined, signal);
  return plan.map((item) => {
    const one = locked.find(({ id }) => id === item.id);
    if (!one) throw new AppError('plugins/conflict', `The lockfile leaves out ${item.id}, which what it names needs. Write the lockfile anew where everything works.`, { details: { id: item.id } });
    if (one.sha512 !== item.signed.sha512) throw mismatch(item.id, item.version, one.sha512, item.signed.sha512);
    return { ...item, reason: one.reason === 'asked' ? 'asked' : 'dependency' };
  });
}

const mismatch = (id: string, version: string, expected: string, received: string): AppError =>
  new AppError('plugins/digest-mismatch', `${id} ${version} of the lockfile is another archive than the one that can be had here. Nothing was installed.`, { details: { id, version, expected, received } });
