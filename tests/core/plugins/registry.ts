/** A small registry with plugins of any kind, made for one test; every lie that a registry can tell is an option. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CatalogCollection, CatalogRecord, CatalogRecordVersion, CatalogReviews, CatalogStats, RevokedVersion } from '../../../contract/manifest/index.ts';
import {
  blobPath, expiriesOf, generateCatalogKeys, generateSigningKey, imagesOf, packArchive, readArchive, recordOf, recordVersionOf, sha512Of, signStatement, writeCatalog, type CatalogKeys, type SigningKey,
} from '../../../packaging/index.ts';

export interface PluginSpec {
  id: string;
  version?: string;
  dependencies?: string[];
  network?: string[];
  folders?: string[];
  storage?: string;
  /** As `plugin.configuration` and `plugin.permissions.secrets` stand in a manifest. */
  configuration?: { required?: object[]; optional?: object[] };
  secrets?: object[];
  appVersion?: string;
  platforms?: string[];
  /** dist/plugin.js; null for none. */
  code?: string | null;
  tools?: string[];
  /** Of every tool; default read. */
  effect?: 'read' | 'write';
  /** More files of the archive. */
  files?: Record<string, string | Uint8Array>;
  name?: string;
  tags?: string[];
  categories?: string[];
  kind?: 'tool';
  publishedAt?: number;
  /** Changes what the registry says of the version after it was signed. */
  distort?: (version: CatalogRecordVersion) => CatalogRecordVersion;
  distortRecord?: (record: CatalogRecord) => CatalogRecord;
  signWith?: SigningKey;
  /** What the registry serves and signs in place of the honest archive; the record says what the honest one would. */
  served?: { archive: Uint8Array; manifest: Uint8Array };
}

export const WORKING_CODE = 'export default { tools: { echo: async (input) => input } };';

export function manifestOf(spec: PluginSpec): string {
  const { id, version = '1.0.0', dependencies = [], network = [], folders = [], tools = ['echo'], tags = [], categories = ['data'] } = spec;
  const yaml = JSON.stringify({
    schema_version: '1.0',
    plugin: {
      id, name: spec.name ?? id.split('.').at(-1), version, description: `What ${id} does.`, partner: { id: 'acme', name: 'Acme' }, categories, tags,
      requirements: { app_version: spec.appVersion ?? '*', ...(spec.platforms && { platforms: spec.platforms }), dependencies },
      capabilities: { tools: tools.map((tool) => ({ id: tool, name: tool, description: 'A tool.', effect: spec.effect ?? 'read' })) },
      ...(spec.configuration && { configuration: spec.configuration }),
      permissions: { network, ...(spec.secrets && { secrets: spec.secrets }), files: { folders: folders.map((key) => ({ key, access: 'read' })) }, ...(spec.storage !== undefined && { storage: spec.storage }) },
      ...(spec.files?.['assets/icon.png'] !== undefined && { assets: { icon: 'assets/icon.png' } }),
    },
  });
  return yaml;
}

export async function archiveOf(spec: PluginSpec): Promise<Uint8Array> {
  const { code = WORKING_CODE, files = {} } = spec;
  const bytes = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? new TextEncoder().encode(text) : text);
  const all: [string, string | Uint8Array][] = [['plugin.yaml', manifestOf(spec)], ['README.md', '# Read me'], ['LICENSE', 'MIT'], ...Object.entries(files)];
  if (code !== null) all.push(['dist/plugin.js', code]);
  return packArchive(new Map(all.map(([name, text]) => [name, bytes(text)])));
}

export interface TestRegistry {
  folder: string;
  root: Uint8Array;
  publisherKey: SigningKey;
  /** Publishes these instead of what was there. */
  publish(specs: readonly PluginSpec[], options?: { revoked?: RevokedVersion[]; collections?: CatalogCollection[]; stats?: CatalogStats; reviews?: CatalogReviews; expires?: number; sequence?: number }): Promise<Map<string, CatalogRecord>>;
  blobFile(sha512: string): string;
}

/** Makes an empty registry in `folder`. */
export async function testRegistry(folder: string, keys: CatalogKeys = generateCatalogKeys()): Promise<TestRegistry> {
  await mkdir(folder, { recursive: true });
  const publisherKey = generateSigningKey();
  let sequence = 0;
  const registry: TestRegistry = {
    folder, root: new Uint8Array(), publisherKey,
    blobFile: (sha512) => path.join(folder, ...blobPath(sha512).split('/')),
    async publish(specs, options = {}) {
      sequence = options.sequence ?? sequence + 1;
      const blobs: Uint8Array[] = [];
      const records = new Map<string, CatalogRecord>();
      const publisher: CatalogRecord['publisher'] = { id: 'acme', name: 'Acme', tier: 'tier2', verified: true, website: null, logo: null, keys: [{ key_id: publisherKey.keyId, public_key: publisherKey.publicKey }] };
      for (const spec of specs) {
        const honest = await archiveOf(spec);
        const bytes = spec.served?.archive ?? honest;
        const archive = { ...await readArchive(honest), ...(spec.served && { sha512: await sha512Of(bytes), size: bytes.length, manifestSha512: await sha512Of(spec.served.manifest) }) };
        const { id, version } = archive.manifest.plugin;
        const signature = signStatement({ id, version, sha512: archive.sha512, manifestSha512: archive.manifestSha512 }, spec.signWith ?? publisherKey);
        const one = recordVersionOf(archive, { signature, publishedAt: spec.publishedAt ?? 1_760_000_000_000 });
        const said = spec.distort?.(one) ?? one;
        const before = records.get(id);
        const record = before ? { ...before, versions: [...before.versions, said] } : recordOf(archive, { publisher, versions: [said] });
        records.set(id, spec.distortRecord?.(record) ?? record);
        blobs.push(bytes, ...imagesOf(archive));
      }
      const ends = options.expires;
      const expires = ends === undefined ? expiriesOf('folder', Date.now()) : { root: ends, targets: ends, catalog: ends, snapshot: ends, timestamp: ends };
      const { root } = await writeCatalog({
        out: folder, records: records.values(), blobs, keys, expires, sequence, revoked: options.revoked ?? [], collections: options.collections ?? [], stats: options.stats, reviews: options.reviews,
        categories: [{ slug: 'data', name: 'Data', description: 'Tables and figures.', icon: 'table', sort_order: 3 }, { slug: 'testing', name: 'Testing', description: '', icon: 'flask', sort_order: 2 }],
        ...(registry.root.length > 0 && { root: registry.root }),
      });
      registry.root = root;
      return records;
    },
  };
  return registry;
}

/** Changes one byte of a blob that a registry serves. */
export async function tamper(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(file, bytes);
}
