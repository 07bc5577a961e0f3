/** Authenticated encryption and key derivation: AES-256-GCM, scrypt, HKDF, as Node's own crypto has them. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from 'node:crypto';

export interface Sealed { nonce: Uint8Array; /** The 16 bytes of the authentication tag stand at its end. */ ciphertext: Uint8Array }
export interface ScryptCost { N: number; r: number; p: number }

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** @param bound what the ciphertext belongs to: it opens only together with the same text */
export function seal(key: Uint8Array, plain: Uint8Array, bound: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  return { nonce, ciphertext: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
}

/** @returns the plain bytes, or undefined when key, content or binding is not the one it was sealed with */
export function unseal(key: Uint8Array, sealed: Sealed, bound: string): Uint8Array | undefined {
  if (sealed.nonce.length !== NONCE_BYTES || sealed.ciphertext.length < TAG_BYTES) return undefined;
  const split = sealed.ciphertext.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(bound)).setAuthTag(sealed.ciphertext.subarray(split));
  const plain = decipher.update(sealed.ciphertext.subarray(0, split));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // The tag does not fit: that is the answer, not a failure.
    return undefined;
  }
}

/** A key for one purpose, so that what protects the database does not also protect secrets. */
export const deriveKey = (key: Uint8Array, purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), purpose, KEY_BYTES));

/** A key from what a person types; runs off the main thread. */
export function stretch(text: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(text.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
