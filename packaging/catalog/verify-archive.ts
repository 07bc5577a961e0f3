import { AppError } from '../../contract/errors/app-error.ts';
import { parseDependency, permissionsOf, type CatalogRecord, type CatalogRecordVersion } from '../../contract/manifest/index.ts';
import type { PluginArchive } from '../archive/read.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';
import { verifyStatement } from '../signatures/publisher.ts';

/**
 * Holds an archive against what the signed catalog says of it: digest and size, the publisher's signature, and that id,
 * version, permissions, dependencies and requirements are the ones that were shown.
 * @throws AppError `plugins/digest-mismatch`, `plugins/bad-signature`, `plugins/withdrawn`, or `plugins/bad-manifest` with
 *   `details.problems` for what differs from the record
 */
export function verifyArchive(archive: PluginArchive, record: Pick<CatalogRecord, 'id' | 'publisher'>, version: CatalogRecordVersion): void {
  const who = `${record.id} ${version.version}`;
  if (version.withdrawn !== null) throw new AppError('plugins/withdrawn', `${who} was withdrawn: ${version.withdrawn}`, { details: { id: record.id, version: version.version, reason: version.withdrawn } });
  if (archive.sha512 !== version.sha512 || archive.size !== version.size) {
    throw new AppError('plugins/digest-mismatch', `The archive of ${who} is not the one that the catalog names. Nothing of it was installed.`, { details: { id: record.id, expected: version.sha512, received: archive.sha512 } });
  }
  if (archive.manifestSha512 !== version.manifest_sha512) throw new AppError('plugins/digest-mismatch', `The manifest in the archive of ${who} is not the one that the catalog names.`, { details: { id: record.id, expected: version.manifest_sha512, received: archive.manifestSha512 } });
  verifyStatement({ id: record.id, version: version.version, sha512: archive.sha512, manifestSha512: archive.manifestSha512 }, version.signature, record.publisher.keys);
  const { plugin } = archive.manifest;
  const pairs: [string, unknown, unknown][] = [
    ['plugin.id', record.id, plugin.id],
    ['plugin.version', version.version, plugin.version],
    ['plugin.permissions', [...version.permissions].sort(), permissionsOf(archive.manifest).map((permission) => permission.key).sort()],
    ['plugin.requirements.dependencies', version.dependencies, plugin.requirements.dependencies.flatMap((text) => parseDependency(text) ?? [])],
    ['plugin.requirements', version.requirements, plugin.requirements],
  ];
  const problems = pairs.map(([path, expected, received]) => ({ path, expected: canonicalJson(expected), received: canonicalJson(received) })).filter(({ expected, received }) => expected !== received)
    .map((problem) => ({ ...problem, message: `${problem.path} in the archive is not what the catalog says.` }));
  if (problems.length > 0) throw new AppError('plugins/bad-manifest', `The manifest of ${who} differs from the catalog's record. ${problems.map((problem) => problem.message).join(' ')}`, { details: { document: 'plugin.yaml', problems } });
}
