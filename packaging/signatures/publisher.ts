import { AppError } from '../../contract/errors/app-error.ts';
import type { PublicKeyRecord, PublisherSignature } from '../../contract/manifest/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { keyIdOf, signBytes, verifyBytes, type SigningKey } from './keys.ts';

/**
 * What a publisher signs for one version: this archive, with this manifest, is this version of this plugin. Digests are
 * lower-case hex SHA-512. The signed bytes are the UTF-8 of the canonical JSON of
 * `{ "id", "manifest_sha512", "purpose": "troupe.publisher/v1", "sha512", "version" }`; the purpose keeps a signature
 * made for something else from ever serving here.
 */
export interface PublisherStatement { id: string; version: string; sha512: string; manifestSha512: string }

const bytesOf = ({ id, version, sha512, manifestSha512 }: PublisherStatement): Uint8Array =>
  new TextEncoder().encode(canonicalJson({ id, manifest_sha512: manifestSha512, purpose: 'troupe.publisher/v1', sha512, version }));

export const signStatement = (statement: PublisherStatement, key: SigningKey): PublisherSignature => ({ key_id: key.keyId, signature: signBytes(bytesOf(statement), key) });

/**
 * Holds a signature against the keys of the publisher's record.
 * @throws AppError `plugins/bad-signature` when the key is unknown, withdrawn or not what its id says, or the signature does not fit
 */
export function verifyStatement(statement: PublisherStatement, signature: PublisherSignature, keys: readonly PublicKeyRecord[]): void {
  const who = `${statement.id} ${statement.version}`;
  const refuse = (why: string): never => { throw new AppError('plugins/bad-signature', `The publisher's signature of ${who} is refused: ${why}.`, { details: { id: statement.id, version: statement.version, keyId: signature.key_id } }); };
  const key = keys.find((candidate) => candidate.key_id === signature.key_id);
  if (!key) return refuse('it was made with a key that is not the publisher\'s');
  if (keyIdOf(key.public_key) !== key.key_id) return refuse('the key is not the one that its id names');
  if (key.revoked_at != null) return refuse('the key was withdrawn');
  if (!verifyBytes(bytesOf(statement), signature.signature, key.public_key)) return refuse('it does not fit the archive and its manifest');
}
