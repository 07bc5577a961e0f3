/** The wrap of a home's data key by its entry in the keychain, and how both are replaced. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { KeyFile } from './key-file.ts';
import type { Keychain } from './keychain.ts';
import { accountOf, newKey, unwrapByKey, wrapByKey } from './wrapping.ts';

/**
 * Opens by the entry, also when a replacement ended halfway and the entry is already the next one.
 * @returns the data key and the file with the wrap that opened it in first place; undefined when the entry opens neither
 */
export function openWrap(from: KeyFile, masterKey: Uint8Array): { key: Uint8Array; file: KeyFile } | undefined {
  for (const file of [from, { ...from, keychain: from.keychainNext }]) {
    const key = unwrapByKey(file, masterKey);
    if (key !== undefined) return { key, file };
  }
  return undefined;
}

/**
 * Gives the keychain a new entry and wraps the same data key by it. The file names the next wrap before the keychain gets
 * its entry and drops the former one after that, so that the entry opens the home whenever this ends halfway.
 * @param save replaces the key file as a whole
 * @throws AppError `credentials/locked`, `credentials/no-store`: the home opens as before, or by the new entry if it arrived
 */
export async function wrapAnew(keychain: Keychain, from: KeyFile, dataKey: Uint8Array, limitMs: number, save: (next: KeyFile) => void): Promise<void> {
  const account = accountOf(from);
  const held = await keychain.read(account, limitMs);
  const current = (held && openWrap(from, held)?.file) ?? from;
  const masterKey = newKey();
  const next: KeyFile = { ...current, keychain: wrapByKey(from, dataKey, masterKey), keychainNext: undefined };
  save({ ...current, keychainNext: next.keychain });
  await keychain.write(account, masterKey, limitMs);
  const stored = await keychain.read(account, limitMs);
  if (stored === undefined || unwrapByKey(next, stored) === undefined) throw new AppError('credentials/no-store', 'The keychain did not keep the new key. The former one still opens this home; try again later.');
  save(next);
}
