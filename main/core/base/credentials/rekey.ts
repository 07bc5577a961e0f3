/** Another data key: what the key file says of it, and the secrets under it. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { RekeyProgress } from '../../../../contract/model/credentials.ts';
import { failpoint } from '../failpoints/index.ts';
import { finishRekey, type SecretRow } from '../store/index.ts';
import type { KeyFile } from './key-file.ts';
import type { Keychain } from './keychain.ts';
import { openWrap } from './keychain-wrap.ts';
import { newRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { deriveKey, seal, unseal } from './seal.ts';
import { boundTo } from './secrets.ts';
import { accountOf, newKey, unwrapByText, wrapByKey, wrapByText } from './wrapping.ts';

export const databaseKeyOf = (dataKey: Uint8Array): Uint8Array => deriveKey(dataKey, 'troupe database');
export const secretsKeyOf = (dataKey: Uint8Array): Uint8Array => deriveKey(dataKey, 'troupe secrets');

/** Writes the database anew; see `rekeyStore`, which the caller lends. */
export type Rewrite = (to: { key: Uint8Array; reseal(rows: readonly SecretRow[]): SecretRow[]; swap(): void; progress(progress: RekeyProgress): void }) => Promise<void>;

/** A data key that nothing is encrypted with yet, the file that wraps it, and the code that opens it besides. */
export interface NextKey { key: Uint8Array; file: KeyFile; code: string }

/**
 * Makes a data key, wrapped by what protects the home now and by a new recovery code: the former code is known to nobody here.
 * @throws AppError `credentials/wrong-passphrase`, `credentials/locked`, `credentials/no-store`, `credentials/key-changed`
 */
export async function nextKey(from: KeyFile, keychain: Keychain, passphrase: string | undefined, limitMs: number): Promise<NextKey> {
  const key = newKey();
  const code = newRecoveryCode();
  const wraps = from.protectedBy === 'passphrase' ? { passphrase: await wrapByKnown(from, key, passphrase) } : { keychain: await wrapByEntry(from, key, keychain, limitMs) };
  const recovery = await wrapByText(from, 'recovery', key, readRecoveryCode(code) ?? code);
  return { key, code, file: { format: 1, homeId: from.homeId, protectedBy: from.protectedBy, ...wraps, recovery, recoveryConfirmed: false } };
}

async function wrapByKnown(from: KeyFile, key: Uint8Array, passphrase: string | undefined): Promise<KeyFile['passphrase']> {
  if (passphrase === undefined || await unwrapByText(from, 'passphrase', passphrase) === undefined) throw new AppError('credentials/wrong-passphrase', 'This is not the passphrase of this home. Enter the one that Troupe asks for at the start.');
  return wrapByText(from, 'passphrase', key, passphrase);
}

async function wrapByEntry(from: KeyFile, key: Uint8Array, keychain: Keychain, limitMs: number): Promise<KeyFile['keychain']> {
  const entry = await keychain.read(accountOf(from), limitMs);
  if (entry === undefined || openWrap(from, entry) === undefined) throw new AppError('credentials/key-changed', 'The keychain does not hold the key of this home (any more). Replace the key in the keychain first, then encrypt anew.');
  return wrapByKey(from, key, entry);
}

/** The stored secrets under another data key. What did not open before stays as it is, and says so when it is used. */
export function resealed(rows: readonly SecretRow[], from: Uint8Array, to: Uint8Array): SecretRow[] {
  return rows.map((row) => {
    const plain = unseal(secretsKeyOf(from), row, boundTo(row.id));
    return plain === undefined ? row : { ...row, ...seal(secretsKeyOf(to), plain, boundTo(row.id)) };
  });
}

/**
 * The new key becomes the key: the file that names it is the one moment, and what comes after is done again at the next start.
 * @param save replaces the key file as a whole
 */
export function swapKey(database: string, next: KeyFile, save: (file: KeyFile) => void): void {
  failpoint('rekey.before-commit');
  save({ ...next, rekeyed: true });
  failpoint('rekey.committed');
  completeRekey(database, next, save);
}

/** What is left to do once the key file names the new key. */
export function completeRekey(database: string, named: KeyFile, save: (file: KeyFile) => void): void {
  finishRekey(database);
  const { rekeyed: _done, ...file } = named;
  save(file);
  failpoint('rekey.finished');
}
