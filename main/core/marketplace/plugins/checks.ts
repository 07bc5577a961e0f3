/** What registries say of a version that is here, or that is to be held to. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { UseInstead } from '../../../../contract/model/catalog.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import type { PluginsParts } from './parts.ts';

/** Why a version may not run any more, and what its registry says to use in its place. */
export interface Withdrawal { reason: string; useInstead: UseInstead | null }

/**
 * What registries withdrew of these, by digest. A registry speaks for what came from it; for what came from a file, each does.
 * @param rows installed plugins, or other versions of them
 */
export async function withdrawalsOf({ catalog }: Pick<PluginsParts, 'catalog'>, rows: readonly Pick<InstalledRow, 'id' | 'registry' | 'sha512'>[]): Promise<ReadonlyMap<string, Withdrawal>> {
  const ids = [...new Set(rows.map(({ id }) => id))];
  const [records, revoked] = await Promise.all([catalog.records(ids), catalog.revoked(ids)]);
  const said = [
    ...records.flatMap(({ registry, record }) => record.versions.flatMap(({ sha512, withdrawn, use_instead }) => (withdrawn === null ? [] : [{ registry, id: record.id, sha512, reason: withdrawn, useInstead: use_instead ?? null }]))),
    ...revoked,
  ];
  const speaksFor = new Set(rows.map(({ id, registry, sha512 }) => `${id} ${sha512} ${registry ?? ''}`));
  return new Map(said.filter(({ id, sha512, registry }) => speaksFor.has(`${id} ${sha512} ${registry}`) || speaksFor.has(`${id} ${sha512} `))
    .map(({ sha512, reason, useInstead }) => [sha512, { reason, useInstead }]));
}

/** Refuses to switch on what was withdrawn, or what needs such a version. @throws AppError `plugins/withdrawn` */
export async function checkSound(parts: PluginsParts, id: string): Promise<void> {
  const rows = new Map((await parts.store.read('installedPlugins', undefined)).map((row) => [row.id, row]));
  const reached = new Set([id]);
  for (const one of reached) for (const { id: needed } of rows.get(one)?.dependencies ?? []) reached.add(needed);
  const withdrawals = await withdrawalsOf(parts, [...reached].flatMap((one) => rows.get(one) ?? []));
  for (const one of reached) {
    const row = rows.get(one);
    const reason = row && withdrawals.get(row.sha512)?.reason;
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
