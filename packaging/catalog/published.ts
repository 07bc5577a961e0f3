/** What a registry's folder publishes now, read by the one who signs it: expiry does not matter, whose signature it bears does. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Metadata, MetadataKind, type TargetFile } from '@tufjs/models';
import { AppError } from '../../contract/errors/app-error.ts';
import { catalogCategoriesSchema, catalogCollectionsSchema, revokedVersionsSchema, type CatalogCategory, type CatalogCollection, type CatalogRecord, type RevokedVersion } from '../../contract/manifest/index.ts';
import { canonicalJson } from '../signatures/canonical-json.ts';
import { verifyBytes, type SigningKey } from '../signatures/keys.ts';
import { sha512Hex } from './metadata.ts';
import { recordsOf } from './records.ts';
import { hashedName } from './write.ts';

/** A file of metadata as it lies there; `expires` in ms UTC. */
export interface PublishedRole { version: number; expires: number; bytes: Uint8Array }

export interface Published {
  root: PublishedRole;
  targets: PublishedRole; catalog: PublishedRole; snapshot: PublishedRole; timestamp: PublishedRole;
  records: CatalogRecord[];
  categories: CatalogCategory[];
  revoked: RevokedVersion[];
  collections: CatalogCollection[];
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
 * @param key of the role `catalog`, whose signature must be on what was published
 * @returns undefined for a folder that publishes nothing yet
 * @throws AppError `catalog/refused` when what lies there is not what was signed
 */
export async function readPublished(out: string, key: Pick<SigningKey, 'publicKey'>): Promise<Published | undefined> {
  const [first, root] = [await present(out, 'metadata/timestamp.json'), await publishedRoot(out)];
  if (!first || !root) return undefined;
  const need = async (name: string): Promise<Buffer> => (await present(out, name)) ?? Promise.reject(spoiled(name, 'is missing'));
  const timestamp = roleOf(first);
  const snapshot = roleOf(await need(`metadata/${timestamp.signed.meta?.['snapshot.json']?.version ?? 0}.snapshot.json`));
  const part = async (role: string): Promise<PublishedRole> => roleOf(await need(`metadata/${snapshot.signed.meta?.[`${role}.json`]?.version ?? 0}.${role}.json`));
  const [targets, catalog] = [await part('targets'), await part('catalog')];
  const parsed = Metadata.fromJSON(MetadataKind.Targets, JSON.parse(Buffer.from(catalog.bytes).toString('utf8')));
  const signedBytes = new TextEncoder().encode(canonicalJson(parsed.signed.toJSON()));
  if (!Object.values(parsed.signatures).some(({ sig }) => verifyBytes(signedBytes, sig, key.publicKey))) throw spoiled(`metadata/${catalog.version}.catalog.json`, 'was not signed by the key of this folder of keys');

  const target = async (name: string): Promise<{ file: string; bytes: Buffer }> => {
    const known: TargetFile | undefined = parsed.signed.targets[name];
    const file = known && path.posix.join(path.posix.dirname(name), `${String(known.hashes['sha512'])}.${path.posix.basename(name)}`);
    const bytes = await need(file ?? name);
    if (hashedName(name, bytes) !== file) throw spoiled(name, 'is not what was signed');
    return { file: path.join(out, ...file.split('/')), bytes };
  };
  const list = async <T>(name: string, schema: { parse(value: unknown): T }): Promise<T> => schema.parse(JSON.parse((await target(name)).bytes.toString('utf8')));
  const records: CatalogRecord[] = [];
  const full = await target(`catalog/full-${catalog.version}.jsonl.br`);
  for await (const record of recordsOf(full.file, (bad) => { throw spoiled(`record ${bad.id ?? bad.line}`, `cannot be read: ${bad.message}`); })) records.push(record);
  return {
    root, targets, catalog, snapshot, timestamp, records,
    categories: await list('catalog/categories.json', catalogCategoriesSchema), revoked: await list('catalog/revoked.json', revokedVersionsSchema), collections: await list('catalog/collections.json', catalogCollectionsSchema),
  };
}

/** Whether a file of the registry is there with this content already. */
export const isPlaced = async (out: string, name: string, sha512: string): Promise<boolean> => {
  const bytes = await present(out, name);
  return bytes !== undefined && sha512Hex(bytes) === sha512;
};
