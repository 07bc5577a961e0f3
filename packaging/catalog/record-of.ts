import { originOf, permissionsOf, parseDependency, type CatalogBlob, type CatalogRecord, type CatalogRecordVersion, type PublisherSignature } from '../../contract/manifest/index.ts';
import type { PluginArchive } from '../archive/read.ts';
import { imageTypeOf } from '../images/read-image.ts';
import { sha512Hex } from './metadata.ts';

function imageBlob(archive: PluginArchive, file: string | undefined): CatalogBlob | null {
  const bytes = file === undefined ? undefined : archive.files.get(file);
  const type = bytes && imageTypeOf(bytes);
  return bytes && type ? { sha512: sha512Hex(bytes), size: bytes.length, type } : null;
}

/** The images of an archive that its record names; they are blobs of the catalog beside the archive. */
export function imagesOf(archive: PluginArchive): Uint8Array[] {
  const { icon, screenshots } = archive.manifest.plugin.assets;
  return [icon, ...screenshots].flatMap((file) => (imageBlob(archive, file) ? [archive.files.get(file ?? '') ?? new Uint8Array()] : []));
}

/** The part of CHANGELOG.md below the heading of one version; empty when there is none. */
export function changelogOf(changelog: string, version: string): string {
  const lines = changelog.split(/\r?\n/);
  const heading = (line: string): boolean => /^##?\s/.test(line);
  const start = lines.findIndex((line) => heading(line) && line.replace(/^##?\s+\[?v?/, '').split(/[\s\]]/)[0] === version);
  if (start === -1) return '';
  const end = lines.findIndex((line, index) => index > start && heading(line));
  return lines.slice(start + 1, end === -1 ? undefined : end).join('\n').trim();
}

/** What a catalog says of one version of an archive. `publishedAt` in ms UTC. */
export function recordVersionOf(archive: PluginArchive, facts: { signature: PublisherSignature; publishedAt: number; channel?: string }): CatalogRecordVersion {
  const { plugin } = archive.manifest;
  const changelog = archive.files.get('CHANGELOG.md');
  return {
    version: plugin.version, channel: facts.channel ?? (plugin.version.includes('-') ? 'pre-release' : 'stable'), sha512: archive.sha512, size: archive.size, manifest_sha512: archive.manifestSha512,
    dependencies: plugin.requirements.dependencies.flatMap((text) => parseDependency(text) ?? []), requirements: plugin.requirements,
    permissions: permissionsOf(archive.manifest).map((permission) => permission.key), signature: facts.signature,
    changelog: changelog ? changelogOf(new TextDecoder().decode(changelog), plugin.version) : '', published_at: facts.publishedAt, deprecated: null, withdrawn: null,
  };
}

const KINDS = { agents: 'agent', crews: 'crew', flows: 'flow', tools: 'tool', blueprints: 'blueprint' } as const;

/** The record of a plugin, from its newest archive and what the registry knows of its publisher and versions (newest first). */
export function recordOf(archive: PluginArchive, facts: { publisher: CatalogRecord['publisher']; versions: CatalogRecordVersion[]; moderation?: CatalogRecord['moderation'] }): CatalogRecord {
  const { plugin } = archive.manifest;
  const { required, optional } = plugin.configuration;
  const capabilities = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((list) => plugin.capabilities[list].map((one) => ({ kind: KINDS[list], id: one.id, name: one.name, description: one.description, ...('remote' in one && one.remote && { remote: originOf(one.remote.url) }) })));
  const key = (isRequired: boolean) => (entry: (typeof required)[number]) => ({ key: entry.key, type: entry.type, description: entry.description, required: isRequired, default: entry.default ?? null, options: entry.options ?? [], label: entry.label ?? null, example: entry.example ?? null });
  return {
    id: plugin.id, kinds: [...new Set(capabilities.map((capability) => capability.kind))], name: plugin.name, publisher: facts.publisher,
    description: plugin.description, long_description: plugin.long_description, categories: plugin.categories, tags: plugin.tags, pricing: plugin.pricing,
    permissions: permissionsOf(archive.manifest), configuration: [...required.map(key(true)), ...optional.map(key(false))], capabilities,
    license: plugin.license ?? null, docs_url: plugin.partner?.docs_url ?? null, support_email: plugin.partner?.support_email ?? null, demo_video: plugin.assets.demo_video ?? null,
    icon: imageBlob(archive, plugin.assets.icon), screenshots: plugin.assets.screenshots.flatMap((file) => imageBlob(archive, file) ?? []),
    compatibility: { app_version: plugin.requirements.app_version, platforms: plugin.requirements.platforms ?? null },
    moderation: facts.moderation ?? 'approved', versions: facts.versions,
  };
}
