import { createPrivateKey, createPublicKey } from 'node:crypto';
import { AppError } from '../../contract/errors/app-error.ts';
import { DER_PREFIX, keyIdOf, type SigningKey } from './keys.ts';

/** The private half as PKCS #8 in PEM, which other tools read too. Whoever has this text signs as its owner. */
export const keyFileText = (key: SigningKey): string => key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

/**
 * Reads what `keyFileText` wrote.
 * @param name of the file, for the message; its content is never repeated
 * @throws AppError `core/bad-input`
 */
export function keyFromFileText(text: string, name: string): SigningKey {
  try {
    const privateKey = createPrivateKey(text);
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError(`it is ${privateKey.asymmetricKeyType ?? 'another kind'}`);
    const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(DER_PREFIX.length).toString('hex');
    return { keyId: keyIdOf(publicKey), publicKey, privateKey };
  } catch (cause) {
    throw new AppError('core/bad-input', `${name} is no Ed25519 private key in PEM form. Bring the file back from its copy.`, { details: { file: name }, cause });
  }
}
