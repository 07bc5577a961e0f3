/** A registry whose keys the attacker may or may not have: writes any metadata, well signed or not. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { CatalogRecord } from '../../../contract/manifest/index.ts';
import { blobPath, generateCatalogKeys, type CatalogKeys } from '../../../packaging/index.ts';
import { catalogMetadata, rootMetadata, sha512Hex, snapshotMetadata, targetInfoOf, targetsMetadata, timestampMetadata, type TargetInfo } from '../../../packaging/catalog/metadata.ts';
import { placer } from '../../../packaging/catalog/place.ts';
import { placeOfTarget } from '../../../packaging/catalog/write.ts';

const YEAR = 365 * 86_400_000;
export const packed = (text: string | Uint8Array): Uint8Array => brotliCompressSync(text, { params: { 1: 4 } });
export const lines = (records: readonly unknown[]): Uint8Array => packed(records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join(''));

export interface Forged {
  sequence: number;
  /** Targets by name; the lists are added. */
  files?: Record<string, Uint8Array>;
  /** What the metadata says of a target in the place of the truth. */
  infos?: Record<string, TargetInfo>;
  keys?: Partial<CatalogKeys>;
  /** ms UTC by role. */
  expires?: Partial<Record<'root' | 'targets' | 'catalog' | 'snapshot' | 'timestamp', number>>;
  versions?: Partial<Record<'targets' | 'catalog' | 'snapshot' | 'timestamp', number>>;
}

export interface Forge {
  out: string;
  keys: CatalogKeys;
  stranger: CatalogKeys;
  root: Uint8Array;
  publish(forged: Forged): Promise<void>;
  /** Changes a published file; `name` may be a part of a target's. */
  alter(name: string, change: (bytes: Buffer) => Uint8Array): Promise<void>;
}

export async function openForge(out: string, records: readonly CatalogRecord[], blobs: readonly Uint8Array[]): Promise<Forge> {
  const [keys, stranger] = [generateCatalogKeys(), generateCatalogKeys()];
  const { place } = placer(out);
  const root = rootMetadata(keys, 1, Date.now() + YEAR);
  await place('metadata/1.root.json', root);
  for (const blob of blobs) await place(blobPath(sha512Hex(blob)), blob);
  const names = new Map<string, string>();
  const forge: Forge = {
    out, keys, stranger, root,
    async publish({ sequence, files = {}, infos = {}, keys: other = {}, expires = {}, versions = {} }) {
      const signers = { ...keys, ...other };
      const end = (role: keyof typeof expires): number => expires[role] ?? Date.now() + YEAR;
      const version = (role: keyof typeof versions): number => versions[role] ?? sequence;
      const all = { 'catalog/categories.json': Buffer.from('[]'), 'catalog/revoked.json': Buffer.from('[]'), 'catalog/collections.json': Buffer.from('[]'), [`catalog/full-${sequence}.jsonl.br`]: lines(records), ...files };
      const named = new Map<string, TargetInfo>();
      for (const [name, bytes] of Object.entries(all)) {
        if (bytes.length === 0) continue;
        named.set(name, infos[name] ?? targetInfoOf(bytes));
        names.set(name, placeOfTarget(name, named.get(name)?.sha512 ?? ''));
        await place(names.get(name) ?? '', bytes);
      }
      const targets = { version: version('targets'), bytes: targetsMetadata({ ...signers, catalog: keys.catalog }, version('targets'), end('targets')) };
      const catalog = { version: version('catalog'), bytes: catalogMetadata(signers, version('catalog'), end('catalog'), named) };
      const snapshot = { version: version('snapshot'), bytes: snapshotMetadata(signers, version('snapshot'), end('snapshot'), { targets, catalog }) };
      await place(`metadata/${targets.version}.targets.json`, targets.bytes);
      await place(`metadata/${catalog.version}.catalog.json`, catalog.bytes);
      await place(`metadata/${snapshot.version}.snapshot.json`, snapshot.bytes);
      await place('metadata/timestamp.json', timestampMetadata(signers, version('timestamp'), end('timestamp'), snapshot));
    },
    async alter(name, change) {
      const file = path.join(out, ...(names.get(name) ?? name).split('/'));
      await writeFile(file, change(await readFile(file)));
    },
  };
  await forge.publish({ sequence: 1 });
  return forge;
}
