import { createHash } from 'node:crypto';
import { Key, Metadata, MetadataKind, MetaFile, Root, Signature, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models';
import { canonicalJson } from '../signatures/canonical-json.ts';
import { canonicalKey, signBytes, type SigningKey } from '../signatures/keys.ts';
import type { CatalogKeys, Role } from './roles.ts';

const SPEC = '1.0.31';

export const sha512Hex = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex');

const keyOf = (key: Pick<SigningKey, 'keyId' | 'publicKey'>): Key => Key.fromJSON(key.keyId, canonicalKey(key.publicKey));
const fixed = (version: number, expires: number) => ({ version, specVersion: SPEC, expires: new Date(Math.floor(expires / 1000) * 1000).toISOString().replace('.000Z', 'Z') });
/** What one file says about another, so that neither can be swapped. */
const metaOf = (version: number, bytes: Uint8Array): MetaFile => new MetaFile({ version, length: bytes.length, hashes: { sha512: sha512Hex(bytes) } });

function signed<T extends Root | Targets | Snapshot | Timestamp>(content: T, keys: readonly SigningKey[]): Uint8Array {
  const metadata = new Metadata(content);
  for (const key of keys) metadata.sign((data) => new Signature({ keyID: key.keyId, sig: signBytes(data, key) }));
  return new TextEncoder().encode(canonicalJson(metadata.toJSON()));
}

/** Signed by as many keys as the root needs and not one more, so that every signature in it counts. */
export function rootMetadata(keys: CatalogKeys, version: number, expires: number): Uint8Array {
  const root = Root.fromJSON({
    _type: 'root', spec_version: SPEC, version, expires: fixed(version, expires).expires, consistent_snapshot: true,
    keys: Object.fromEntries([...keys.root, keys.targets, keys.snapshot, keys.timestamp].map((key) => [key.keyId, canonicalKey(key.publicKey)])),
    roles: {
      root: { keyids: keys.root.map((key) => key.keyId), threshold: keys.rootThreshold },
      targets: { keyids: [keys.targets.keyId], threshold: 1 }, snapshot: { keyids: [keys.snapshot.keyId], threshold: 1 }, timestamp: { keyids: [keys.timestamp.keyId], threshold: 1 },
    },
  });
  return signed(root, keys.root.slice(0, keys.rootThreshold));
}

/** The same keys for longer: the next version of a root, signed by as many of its keys as it needs. `current` is metadata as it was published. */
export function renewedRoot(current: Uint8Array, keys: readonly SigningKey[], expires: number): { version: number; bytes: Uint8Array } {
  const before = Metadata.fromJSON(MetadataKind.Root, JSON.parse(new TextDecoder().decode(current))).signed;
  const version = before.version + 1;
  const root = Root.fromJSON({ ...before.toJSON(), version, expires: fixed(version, expires).expires });
  return { version, bytes: signed(root, keys.slice(0, before.roles['root']?.threshold)) };
}

/** A role that the root itself names. */
export type RootRole = 'root' | 'targets' | 'snapshot' | 'timestamp';

/** The key ids of a role in a published root. */
export const keyIdsOf = (root: Uint8Array, role: RootRole): readonly string[] =>
  Metadata.fromJSON(MetadataKind.Root, JSON.parse(new TextDecoder().decode(root))).signed.roles[role]?.keyIDs ?? [];

/**
 * The next version of a root, in which a role has other keys. `current` is metadata as it was published.
 * @param signers of the root as it is, and where the root itself changes hands, as it will be
 */
export function rootWithKeys(current: Uint8Array, role: RootRole, keys: readonly Pick<SigningKey, 'keyId' | 'publicKey'>[], signers: readonly SigningKey[], expires: number): { version: number; bytes: Uint8Array } {
  const before = Metadata.fromJSON(MetadataKind.Root, JSON.parse(new TextDecoder().decode(current))).signed;
  const json = before.toJSON() as { roles: Record<string, { keyids: string[]; threshold: number }>; keys: Record<string, unknown> };
  const roles = { ...json.roles, [role]: { threshold: json.roles[role]?.threshold ?? 1, keyids: keys.map(({ keyId }) => keyId) } };
  const named = { ...json.keys, ...Object.fromEntries(keys.map((key) => [key.keyId, canonicalKey(key.publicKey)])) };
  const used = new Set(Object.values(roles).flatMap(({ keyids }) => keyids));
  const version = before.version + 1;
  const root = Root.fromJSON({ ...json, version, expires: fixed(version, expires).expires, roles, keys: Object.fromEntries(Object.entries(named).filter(([id]) => used.has(id))) } as Parameters<typeof Root.fromJSON>[0]);
  return { version, bytes: signed(root, signers) };
}

/** The offline role: names no target itself and hands `catalog/*` to the role `catalog`. */
export function targetsMetadata(keys: Pick<CatalogKeys, 'targets'> & { catalog: Pick<SigningKey, 'keyId' | 'publicKey'> }, version: number, expires: number): Uint8Array {
  const targets = Targets.fromJSON({
    _type: 'targets', ...{ spec_version: SPEC, version, expires: fixed(version, expires).expires }, targets: {},
    delegations: { keys: { [keys.catalog.keyId]: keyOf(keys.catalog).toJSON() }, roles: [{ name: 'catalog', keyids: [keys.catalog.keyId], threshold: 1, terminating: true, paths: ['catalog/*'] }] },
  });
  return signed(targets, [keys.targets]);
}

/** A target as the metadata names it: enough to tell whether a file is it. */
export interface TargetInfo { length: number; sha512: string }
export const targetInfoOf = (bytes: Uint8Array): TargetInfo => ({ length: bytes.length, sha512: sha512Hex(bytes) });

export function catalogMetadata(keys: Pick<CatalogKeys, 'catalog'>, version: number, expires: number, files: ReadonlyMap<string, TargetInfo>): Uint8Array {
  const targets = new Targets(fixed(version, expires));
  for (const [path, { length, sha512 }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) targets.addTarget(new TargetFile({ path, length, hashes: { sha512 } }));
  return signed(targets, [keys.catalog]);
}

export function snapshotMetadata(keys: Pick<CatalogKeys, 'snapshot'>, version: number, expires: number, parts: { targets: { version: number; bytes: Uint8Array }; catalog: { version: number; bytes: Uint8Array } }): Uint8Array {
  const meta = { 'catalog.json': metaOf(parts.catalog.version, parts.catalog.bytes), 'targets.json': metaOf(parts.targets.version, parts.targets.bytes) };
  return signed(new Snapshot({ ...fixed(version, expires), meta }), [keys.snapshot]);
}

export function timestampMetadata(keys: Pick<CatalogKeys, 'timestamp'>, version: number, expires: number, snapshot: { version: number; bytes: Uint8Array }): Uint8Array {
  return signed(new Timestamp({ ...fixed(version, expires), snapshotMeta: metaOf(snapshot.version, snapshot.bytes) }), [keys.timestamp]);
}

export type Expiries = Record<Role, number>;
