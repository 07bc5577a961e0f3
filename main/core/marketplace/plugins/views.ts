/** Installed plugins as people see them. */
import { publisherNameOf } from './owner.ts';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { originOf, permissionsOf, type CatalogRecord, type Manifest } from '../../../../contract/manifest/index.ts';
import type { BlobReference, Capability, ConfigurationKey, Publisher } from '../../../../contract/model/catalog.ts';
import type { InstalledPlugin } from '../../../../contract/model/plugin.ts';
import { imageTypeOf } from '../../../../packaging/index.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import type { Withdrawal } from './checks.ts';

const KINDS = { agents: 'agent', crews: 'crew', flows: 'flow', tools: 'tool', blueprints: 'blueprint' } as const;

export function capabilitiesOf({ plugin }: Manifest): Capability[] {
  return (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((list) => plugin.capabilities[list].map((one) => ({ kind: KINDS[list], id: one.id, name: one.name, description: one.description, ...('remote' in one && one.remote && { remote: originOf(one.remote.url) }) })));
}

/** The manifest's entries in one list, required ones first. */
export function configurationOf({ plugin }: Manifest): ConfigurationKey[] {
  const { required, optional } = plugin.configuration;
  return [...required.map((entry) => ({ entry, needed: true })), ...optional.map((entry) => ({ entry, needed: false }))]
    .map(({ entry, needed }) => ({ key: entry.key, type: entry.type, description: entry.description, required: needed, default: entry.default ?? null, options: entry.options ?? [], label: entry.label ?? null, example: entry.example ?? null }));
}

/** Who the registry says it is; where no registry knows it any more, who the manifest says, unverified. */
function publisherOf(row: InstalledRow, manifest: Manifest, record: CatalogRecord | undefined): Publisher {
  const known = record?.publisher;
  const name = publisherNameOf(row.publisherId);
  if (known?.id === name) return { id: known.id, name: known.name, tier: known.tier, verified: known.verified, website: known.website };
  const { partner } = manifest.plugin;
  return { id: name, name: partner?.name ?? name, tier: 'tier3', verified: false, website: partner?.website ?? null };
}

export function viewOf(row: InstalledRow, manifest: Manifest, record: CatalogRecord | undefined, icon: BlobReference | null, missing: string[], withdrawn: Withdrawal | undefined, problem: string | null, usedBy: string[]): InstalledPlugin {
  const { plugin } = manifest;
  return {
    id: row.id, name: plugin.name, version: row.version, description: plugin.description, sha512: row.sha512, size: row.size, registry: row.registry ?? '',
    publisher: publisherOf(row, manifest, record), icon, status: row.status, reason: row.reason, sideLoaded: row.sideLoaded === 1,
    capabilities: capabilitiesOf(manifest), permissions: permissionsOf(manifest), configuration: configurationOf(manifest), missing,
    neededBy: row.neededBy, hiredAs: row.hiredAs, usedBy,
    pinned: row.pinned, previousVersion: row.previousVersion, disabledBy: row.status === 'disabled' ? row.disabledBy ?? 'registry' : null, withdrawn: withdrawn ?? null, developedIn: row.folder === null ? null : { path: row.folder, problem }, autoUpdate: row.autoUpdate, channel: row.channel, storedBytes: row.storedBytes, installedAt: row.installedAt, updatedAt: row.updatedAt };
}

export interface Icons {
  /** The icon in the unpacked plugin, or null. */
  of(sha512: string, manifest: Manifest): Promise<BlobReference | null>;
  /** An icon that `of` has named. */
  read(sha512: string): Promise<Uint8Array | undefined>;
}

/** Icons from the installed files themselves, so that they show when the registry is gone. */
export function createIcons(folder: (sha512: string) => string): Icons {
  const icons = new Map<string, BlobReference | null>();
  const places = new Map<string, string>();
  return {
    async of(sha512, manifest) {
      const known = icons.get(sha512);
      if (known !== undefined) return known;
      const name = manifest.plugin.assets.icon;
      const file = name === undefined ? undefined : path.join(folder(sha512), ...name.split('/'));
      const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
      const type = bytes && imageTypeOf(bytes);
      const icon = bytes && type ? { sha512: createHash('sha512').update(bytes).digest('hex'), size: bytes.length, type } : null;
      if (icon && file !== undefined) places.set(icon.sha512, file);
      icons.set(sha512, icon);
      return icon;
    },
    async read(sha512) {
      const file = places.get(sha512);
      const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
      return bytes && createHash('sha512').update(bytes).digest('hex') === sha512 ? bytes : undefined;
    },
  };
}
