import path from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';
import type { CatalogCategory, CatalogCollection, CatalogRecord, RevokedVersion } from '../../contract/manifest/index.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';
import { blobPath } from './blob-path.ts';
import { catalogMetadata, rootMetadata, sha512Hex, snapshotMetadata, targetsMetadata, timestampMetadata, type Expiries } from './metadata.ts';
import { placer } from './place.ts';
import type { CatalogKeys } from './roles.ts';

export interface WriteCatalogOptions {
  records: Iterable<CatalogRecord>;
  /** Archives and images that records name; written once, by digest. */
  blobs: Iterable<Uint8Array>;
  categories: readonly CatalogCategory[];
  revoked?: readonly RevokedVersion[];
  collections?: readonly CatalogCollection[];
  keys: CatalogKeys;
  /** The folder that becomes the registry; it may hold an earlier sequence, whose files stay. */
  out: string;
  /** When each role ends, ms UTC. */
  expires: Expiries;
  /** The version of everything but the root; one more than the last. Default 1. */
  sequence?: number;
  /** The root to publish; by default version 1, signed by `keys.root`. */
  root?: Uint8Array;
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value));

/** `catalog/full-1.jsonl.br` lies at `catalog/<sha512>.full-1.jsonl.br`. */
export const hashedName = (name: string, bytes: Uint8Array): string => path.posix.join(path.posix.dirname(name), `${sha512Hex(bytes)}.${path.posix.basename(name)}`);

/** Larger windows and the highest quality: written once, read often. */
const compress = (bytes: Uint8Array): Promise<Uint8Array> => promisify<Uint8Array, object, Buffer>(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 4 * 1024 ** 2 ? 9 : 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

/** What the lists of a catalog hold, as files by target name. */
export async function targetFiles(sequence: number, content: Pick<WriteCatalogOptions, 'records' | 'categories' | 'revoked' | 'collections'>): Promise<Map<string, Uint8Array>> {
  const lines = [...content.records].map((record) => `${JSON.stringify(record)}\n`).join('');
  return new Map<string, Uint8Array>([
    [`catalog/full-${sequence}.jsonl.br`, await compress(new TextEncoder().encode(lines))],
    ['catalog/categories.json', json(content.categories)],
    ['catalog/revoked.json', json(content.revoked ?? [])],
    ['catalog/collections.json', json(content.collections ?? [])],
  ]);
}

/**
 * Writes one sequence of a catalog as a static folder that any web server, a file share or a disk serves:
 * `metadata/`, `catalog/` and `blobs/`. timestamp.json comes last: until then readers see the sequence before.
 * @returns the root metadata, which is the trust root to hand to readers
 */
export async function writeCatalog(options: WriteCatalogOptions): Promise<{ root: Uint8Array }> {
  const { keys, expires, sequence = 1 } = options;
  const { place } = placer(options.out);
  for (const blob of options.blobs) await place(blobPath(sha512Hex(blob)), blob);
  const files = await targetFiles(sequence, options);
  for (const [name, bytes] of files) await place(hashedName(name, bytes), bytes);
  const root = options.root ?? rootMetadata(keys, 1, expires.root);
  const version = (JSON.parse(new TextDecoder().decode(root)) as { signed: { version: number } }).signed.version;
  const targets = { version: sequence, bytes: targetsMetadata(keys, sequence, expires.targets) };
  const catalog = { version: sequence, bytes: catalogMetadata(keys, sequence, expires.catalog, files) };
  const snapshot = { version: sequence, bytes: snapshotMetadata(keys, sequence, expires.snapshot, { targets, catalog }) };
  await place(`metadata/${version}.root.json`, root);
  await place(`metadata/${sequence}.targets.json`, targets.bytes);
  await place(`metadata/${sequence}.catalog.json`, catalog.bytes);
  await place(`metadata/${sequence}.snapshot.json`, snapshot.bytes);
  await place('metadata/timestamp.json', timestampMetadata(keys, sequence, expires.timestamp, snapshot));
  return { root };
}
