/** What registries say of a version that is here, or that is to be held to. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import type { PluginsParts } from './parts.ts';

/** Why registries withdrew versions of these plugins, by digest. */
export async function withdrawnReasons({ catalog }: Pick<PluginsParts, 'catalog'>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const said = (await catalog.records([...ids])).flatMap(({ record }) => record.versions.flatMap(({ sha512, withdrawn }) => (withdrawn === null ? [] : [[sha512, withdrawn] as const])));
  return new Map([...said, ...(await catalog.revoked([...ids])).map(({ sha512, reason }) => [sha512, reason] as const)]);
}

/** Refuses to switch on what was withdrawn, or what needs such a version. @throws AppError `plugins/withdrawn` */
export async function checkSound(parts: PluginsParts, id: string): Promise<void> {
  const rows = new Map((await parts.store.read('installedPlugins', undefined)).map((row) => [row.id, row]));
  const reached = new Set([id]);
  for (const one of reached) for (const { id: needed } of rows.get(one)?.dependencies ?? []) reached.add(needed);
  const reasons = await withdrawnReasons(parts, [...reached]);
  for (const one of reached) {
    const row = rows.get(one);
    const reason = row && reasons.get(row.sha512);
    if (row && reason !== undefined) throw new AppError('plugins/withdrawn', `${one} ${row.version} was withdrawn: ${reason} Update it to another version, then it can be switched on.`, { details: { id: one, version: row.version, reason } });
  }
}

/** A pin names a version that is here or that the registry has. @throws AppError `plugins/no-version` */
export async function checkPin({ catalog }: PluginsParts, row: InstalledRow, version: string): Promise<void> {
  if (version === row.version) return;
  const found = (await catalog.records([row.id])).find(({ registry }) => registry === row.registry);
  const available = found?.record.versions.map((one) => one.version) ?? [];
  if (!available.includes(version)) throw new AppError('plugins/no-version', `${row.id} has no version ${version}. Installed is ${row.version}; the registry has ${available.slice(0, 10).join(', ') || 'none'}.`, { details: { id: row.id, version, available: available.slice(0, 10) } });
}
