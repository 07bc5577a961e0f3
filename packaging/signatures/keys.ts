import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** An Ed25519 key pair in memory. `publicKey` is 32 bytes in lower-case hex. The private half is never written by this room. */
export interface SigningKey { keyId: string; publicKey: string; privateKey: KeyObject }

/** The 12 bytes that stand before the 32 of an Ed25519 key in its DER form (RFC 8410). */
export const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The form of a public key that TUF metadata holds, and whose digest is its id. */
export const canonicalKey = (publicKey: string) => ({ keytype: 'ed25519', keyval: { public: publicKey }, scheme: 'ed25519' });

/** The SHA-256, in lower-case hex, of the key's canonical form. */
export const keyIdOf = (publicKey: string): string => createHash('sha256').update(canonicalJson(canonicalKey(publicKey))).digest('hex');

export function generateSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(DER_PREFIX.length).toString('hex');
  return { keyId: keyIdOf(raw), publicKey: raw, privateKey };
}

/** Signs bytes; the signature is 64 bytes in lower-case hex. */
export const signBytes = (bytes: Uint8Array, key: SigningKey): string => sign(null, bytes, key.privateKey).toString('hex');

/** False for anything that is not a good signature, whatever is wrong with it. */
export function verifyBytes(bytes: Uint8Array, signature: string, publicKey: string): boolean {
  if (!/^[0-9a-f]{128}$/.test(signature) || !/^[0-9a-f]{64}$/.test(publicKey)) return false;
  const key = createPublicKey({ key: Buffer.concat([DER_PREFIX, Buffer.from(publicKey, 'hex')]), format: 'der', type: 'spki' });
  return verify(null, bytes, key, Buffer.from(signature, 'hex'));
}
