/** A catalog of one small plugin, made fresh, for tests that spoil or age it. */
import type { CatalogRecord, RevokedVersion } from '../../contract/manifest/index.ts';
import { expiriesOf, generateCatalogKeys, generateSigningKey, packArchive, readArchive, recordOf, recordVersionOf, signStatement, writeCatalog, type CatalogKeys, type PluginArchive } from '../../packaging/index.ts';
import { pluginFilesOf } from './plugin-files.ts';

export interface SmallCatalog {
  keys: CatalogKeys;
  root: Uint8Array;
  bytes: Uint8Array;
  archive: PluginArchive;
  record: CatalogRecord;
  /** Publishes one more sequence into the same folder. */
  publish(sequence: number, more?: { records?: readonly unknown[]; revoked?: RevokedVersion[]; expires?: ReturnType<typeof expiriesOf>; keys?: CatalogKeys }): Promise<void>;
}

export async function smallCatalog(out: string, now = Date.now()): Promise<SmallCatalog> {
  const keys = generateCatalogKeys();
  const publisher = generateSigningKey();
  const bytes = await packArchive(pluginFilesOf({ 'README.md': '# Small', 'CHANGELOG.md': '# Changelog\n\n## 1.0.0 (2026-01-01)\n\nFirst.\n' }));
  const archive = await readArchive(bytes);
  const { id, version } = archive.manifest.plugin;
  const signature = signStatement({ id, version, sha512: archive.sha512, manifestSha512: archive.manifestSha512 }, publisher);
  const record = recordOf(archive, {
    publisher: { id: 'example', name: 'Example', tier: 'tier3', verified: false, website: null, logo: null, keys: [{ key_id: publisher.keyId, public_key: publisher.publicKey }] },
    versions: [recordVersionOf(archive, { signature, publishedAt: Date.UTC(2026, 0, 1) })],
  });
  const write = (sequence: number, more: Parameters<SmallCatalog['publish']>[1] = {}, root?: Uint8Array) => writeCatalog({
    out, sequence, keys: more.keys ?? keys, blobs: [bytes], expires: more.expires ?? expiriesOf('folder', now), records: (more.records ?? [record]) as CatalogRecord[],
    categories: [{ slug: 'data', name: 'Data', description: '', icon: 'database', sort_order: 1 }], revoked: more.revoked ?? [], ...(root ? { root } : {}),
  });
  const { root } = await write(1);
  return { keys, root, bytes, archive, record, publish: async (sequence, more) => { await write(sequence, more, root); } };
}
