/** What a registry's folder publishes now, read by the one who signs it: expiry does not matter, whose signature it bears does. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Metadata, MetadataKind, type TargetFile } from '@tufjs/models';
import { AppError } from '../../contract/errors/app-error.ts';
import { catalogCategoriesSchema, catalogCollectionsSchema, catalogReviewsSchema, catalogStatsSchema, revokedVersionsSchema, type CatalogCategory, type CatalogCollection, type CatalogRecord, type CatalogReviews, type CatalogStats, type RevokedVersion } from '../../contract/manifest/index.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';
import { verifyBytes, type SigningKey } from '../signatures/keys.ts';
import { chainOf, fullOf, reviewsOf, statsOf } from './delta.ts';
import { sha512Hex, type TargetInfo } from './metadata.ts';
import { unpackJson } from './packed-json.ts';
import { allRecordsOf } from './records-of-chain.ts';
import { placeOfTarget } from './write.ts';

/** A file of metadata as it lies there; `expires` in ms UTC. */
export interface PublishedRole { version: number; expires: number; bytes: Uint8Array }

export interface Published {
  root: PublishedRole;
  targets: PublishedRole; catalog: PublishedRole; snapshot: PublishedRole; timestamp: PublishedRole;
  records: CatalogRecord[];
  categories: CatalogCategory[];
  revoked: RevokedVersion[];
  collections: CatalogCollection[];
  stats: CatalogStats | undefined;
  reviews: CatalogReviews | undefined;
  /** Every target that the catalog names, each verified to lie there. */
  named: ReadonlyMap<string, TargetInfo>;
}

const spoiled = (name: string, why: string): AppError => new AppError('catalog/refused', `${name} in the published folder ${why}. Put the folder back from its last good copy before signing anything.`, { details: { file: name } });

async function present(out: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path.join(out, ...name.split('/')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const roleOf = (bytes: Uint8Array): PublishedRole & { keyids: string[]; signed: { meta?: Record<string, { version: number }> } } => {
  const { signed, signatures } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { signed: { version: number; expires: string; meta?: Record<string, { version: number }> }; signatures: { keyid: string }[] };
  return { version: signed.version, expires: Date.parse(signed.expires), bytes, signed, keyids: signatures.map(({ keyid }) => keyid) };
};

/** The newest root in the folder, or undefined. */
export async function publishedRoot(out: string): Promise<PublishedRole | undefined> {
  const names = await readdir(path.join(out, 'metadata')).catch(() => []);
  const versions = names.flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? []).map(Number);
  const bytes = versions.length === 0 ? undefined : await present(out, `metadata/${Math.max(...versions)}.root.json`);
  return bytes && roleOf(bytes);
}

/**
 * @param keys of the role `catalog`, one of whose signatures must be on what was published: two while it changes hands
 * @returns undefined for a folder that publishes nothing yet
 * @throws AppError `catalog/refused` when what lies there is not what was signed
 */
export async function readPublished(out: string, keys: readonly Pick<SigningKey, 'publicKey'>[]): Promise<Published | undefined> {
  const [first, root] = [await present(out, 'metadata/timestamp.json'), await publishedRoot(out)];
  if (!first || !root) return undefined;
  const need = async (name: string): Promise<Buffer> => (await present(out, name)) ?? Promise.reject(spoiled(name, 'is missing'));
  const timestamp = roleOf(first);
  const snapshot = roleOf(await need(`metadata/${timestamp.signed.meta?.['snapshot.json']?.version ?? 0}.snapshot.json`));
  const part = async (role: string): Promise<PublishedRole> => roleOf(await need(`metadata/${snapshot.signed.meta?.[`${role}.json`]?.version ?? 0}.${role}.json`));
  const [targets, catalog] = [await part('targets'), await part('catalog')];
  const parsed = Metadata.fromJSON(MetadataKind.Targets, JSON.parse(Buffer.from(catalog.bytes).toString('utf8')));
  const signedBytes = new TextEncoder().encode(canonicalJson(parsed.signed.toJSON()));
  if (!Object.values(parsed.signatures).some(({ sig }) => keys.some(({ publicKey }) => verifyBytes(signedBytes, sig, publicKey)))) throw spoiled(`metadata/${catalog.version}.catalog.json`, 'was not signed by the key of this folder of keys');

  const named = new Map(Object.entries(parsed.signed.targets).map(([name, { length, hashes }]: [string, TargetFile]) => [name, { length, sha512: String(hashes['sha512']) }]));
  const files = new Map<string, { file: string; bytes: Buffer }>();
  for (const [name, { sha512 }] of named) {
    const place = placeOfTarget(name, sha512);
    const bytes = await need(place);
    if (sha512Hex(bytes) !== sha512) throw spoiled(name, 'is not what was signed');
    files.set(name, { file: path.join(out, ...place.split('/')), bytes });
  }
  const target = (name: string | undefined): { file: string; bytes: Buffer } => files.get(name ?? '') ?? (() => { throw spoiled(name ?? 'the whole catalog', 'is not named by what was signed'); })();
  const list = <T>(name: string, schema: { parse(value: unknown): T }): T => schema.parse(JSON.parse(target(name).bytes.toString('utf8')));
  const full = fullOf(named.keys());
  const chain = full && chainOf(named.keys(), full.sequence, catalog.version);
  if (!full || !chain) throw spoiled('the catalog', 'has a gap between its deltas');
  const records: CatalogRecord[] = [];
  const source = { full: target(full.name).file, chain: chain.map((name) => ({ name, file: target(name).file })) };
  for await (const record of allRecordsOf(source, (bad) => { throw spoiled(`record ${bad.id ?? bad.line}`, `cannot be read: ${bad.message}`); })) records.push(record);
  const [stats, reviews] = [statsOf(named.keys()), reviewsOf(named.keys())];
  return {
    root, targets, catalog, snapshot, timestamp, named, records: records.sort((a, b) => (a.id < b.id ? -1 : 1)),
    categories: list('catalog/categories.json', catalogCategoriesSchema), revoked: list('catalog/revoked.json', revokedVersionsSchema), collections: list('catalog/collections.json', catalogCollectionsSchema),
    stats: stats === undefined ? undefined : catalogStatsSchema.parse(await unpackJson(target(stats).bytes)),
    reviews: reviews === undefined ? undefined : catalogReviewsSchema.parse(await unpackJson(target(reviews).bytes)),
  };
}

/** Whether a file of the registry is there with this content already. */
export const isPlaced = async (out: string, name: string, sha512: string): Promise<boolean> => {
  const bytes = await present(out, name);
  return bytes !== undefined && sha512Hex(bytes) === sha512;
};
