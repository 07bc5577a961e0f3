import { rcompare } from 'semver';
import { AppError } from '../../contract/errors/app-error.ts';
import type { CatalogRecord, RevokedVersion } from '../../contract/manifest/index.ts';
import { signStatement } from '../signatures/publisher.ts';
import type { SigningKey } from '../signatures/keys.ts';
import type { PluginSource } from './plugin-folder.ts';
import { recordOf, recordVersionOf } from './record-of.ts';

/** Who publishes, as the manifest says; the registry's own key signs. Keys that signed earlier versions stay. */
function publisherOf({ archive, file }: PluginSource, key: SigningKey, before: CatalogRecord | undefined): CatalogRecord['publisher'] {
  const { partner } = archive.manifest.plugin;
  if (!partner) throw new AppError('core/bad-input', `${file}: plugin.yaml names no partner, so nobody would be shown as its publisher. Add "partner" with an id and a name.`, { details: { file } });
  const earlier = before?.publisher.keys.filter(({ key_id }) => key_id !== key.keyId) ?? [];
  return { id: partner.id, name: partner.name, tier: partner.tier, verified: false, website: partner.website ?? null, logo: null, keys: [{ key_id: key.keyId, public_key: key.publicKey }, ...earlier] };
}

/**
 * The records after these plugins were added to what was published; versions that are there stay.
 * @param now ms UTC, the moment of publication of new versions
 * @returns the records by id, and which versions are new as `id version`
 * @throws AppError `core/bad-input` for a version that was published with other content
 */
export function mergeRecords(published: readonly CatalogRecord[], plugins: readonly PluginSource[], revoked: readonly RevokedVersion[], key: SigningKey, now: number): { records: CatalogRecord[]; added: string[] } {
  const records = new Map(published.map((record) => [record.id, record]));
  const added: string[] = [];
  for (const source of plugins) {
    const { archive } = source;
    const { id, version } = archive.manifest.plugin;
    const before = records.get(id);
    const same = before?.versions.find((one) => one.version === version);
    if (same?.sha512 === archive.sha512) continue;
    if (same) throw new AppError('core/bad-input', `${id} ${version} was published with other content, which never changes. Give it a higher version.`, { details: { id, version } });
    const signature = signStatement({ id, version, sha512: archive.sha512, manifestSha512: archive.manifestSha512 }, key);
    const versions = [recordVersionOf(archive, { signature, publishedAt: now }), ...before?.versions ?? []].sort((a, b) => rcompare(a.version, b.version));
    const publisher = publisherOf(source, key, before);
    // What the marketplace shows of a plugin comes from its newest version.
    records.set(id, versions[0]?.version === version || !before ? recordOf(archive, { publisher, versions }) : { ...before, publisher, versions });
    added.push(`${id} ${version}`);
  }
  const said = new Map(revoked.map((one) => [`${one.id} ${one.version}`, one]));
  const withReasons = [...records.values()].map((record) => ({ ...record, versions: record.versions.map((version) => {
    const why = said.get(`${record.id} ${version.version}`);
    return why ? { ...version, withdrawn: why.reason, use_instead: why.use_instead ?? null } : version;
  }) }));
  return { records: withReasons.sort((a, b) => (a.id < b.id ? -1 : 1)), added };
}
