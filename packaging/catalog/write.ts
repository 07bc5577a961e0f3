import path from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';
import type { CatalogCategory, CatalogCollection, CatalogRecord, CatalogReviews, CatalogStats, RevokedVersion } from '../../contract/manifest/index.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';
import { blobPath } from './blob-path.ts';
import { catalogMetadata, rootMetadata, sha512Hex, snapshotMetadata, targetInfoOf, targetsMetadata, timestampMetadata, type Expiries } from './metadata.ts';
import { placer } from './place.ts';
import type { CatalogKeys } from './roles.ts';

export interface WriteCatalogOptions {
  records: Iterable<CatalogRecord>;
  /** Archives and images that records name; written once, by digest. */
  blobs: Iterable<Uint8Array>;
  categories: readonly CatalogCategory[];
  revoked?: readonly RevokedVersion[];
  collections?: readonly CatalogCollection[];
  stats?: CatalogStats | undefined;
  reviews?: CatalogReviews | undefined;
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
export const placeOfTarget = (name: string, sha512: string): string => path.posix.join(path.posix.dirname(name), `${sha512}.${path.posix.basename(name)}`);

/** Larger windows and the highest quality: written once, read often. */
export const compress = (bytes: Uint8Array): Promise<Uint8Array> => promisify<Uint8Array, object, Buffer>(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 4 * 1024 ** 2 ? 9 : 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

export type CatalogLists = Pick<WriteCatalogOptions, 'categories' | 'revoked' | 'collections' | 'stats' | 'reviews'>;

/** The lists of a catalog as files by target name. */
export async function listFiles({ categories, revoked, collections, stats, reviews }: CatalogLists): Promise<Map<string, Uint8Array>> {
  return new Map<string, Uint8Array>([
    ['catalog/categories.json', json(categories)],
    ['catalog/revoked.json', json(revoked ?? [])],
    ['catalog/collections.json', json(collections ?? [])],
    ...(stats ? [[`catalog/stats-${stats.date}.json.br`, await compress(json(stats))] as const] : []),
    ...(reviews ? [[`catalog/reviews-${reviews.date}.json.br`, await compress(json(reviews))] as const] : []),
  ]);
}

/** Every record, one a line. */
export async function fullFile(sequence: number, records: Iterable<CatalogRecord>): Promise<[string, Uint8Array]> {
  const lines = [...records].map((record) => `${JSON.stringify(record)}\n`).join('');
  return [`catalog/full-${sequence}.jsonl.br`, await compress(new TextEncoder().encode(lines))];
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
  const files = new Map([await fullFile(sequence, options.records), ...await listFiles(options)]);
  for (const [name, bytes] of files) await place(placeOfTarget(name, sha512Hex(bytes)), bytes);
  const root = options.root ?? rootMetadata(keys, 1, expires.root);
  const version = (JSON.parse(new TextDecoder().decode(root)) as { signed: { version: number } }).signed.version;
  const targets = { version: sequence, bytes: targetsMetadata(keys, sequence, expires.targets) };
  const catalog = { version: sequence, bytes: catalogMetadata(keys, sequence, expires.catalog, new Map([...files].map(([name, bytes]) => [name, targetInfoOf(bytes)]))) };
  const snapshot = { version: sequence, bytes: snapshotMetadata(keys, sequence, expires.snapshot, { targets, catalog }) };
  await place(`metadata/${version}.root.json`, root);
  await place(`metadata/${sequence}.targets.json`, targets.bytes);
  await place(`metadata/${sequence}.catalog.json`, catalog.bytes);
  await place(`metadata/${sequence}.snapshot.json`, snapshot.bytes);
  await place('metadata/timestamp.json', timestampMetadata(keys, sequence, expires.timestamp, snapshot));
  return { root };
}
