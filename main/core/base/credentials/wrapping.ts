/** The data key of a home, wrapped by what opens it: keychain, passphrase, recovery code. */
import { randomBytes } from 'node:crypto';
import { fromStoredSeal, saltOf, toStoredSeal, toStoredStretch, type KeyFile, type StoredSeal, type StoredStretch } from './key-file.ts';
import { KEY_BYTES, seal, stretch, unseal, type ScryptCost } from './seal.ts';

/** About 0.4 s and 128 MB on a small machine: what a person chooses can be guessed. */
export const PASSPHRASE_COST: ScryptCost = { N: 1 << 17, r: 8, p: 1 };
/** 130 random bits cannot be guessed; stretching only has to be there. */
export const RECOVERY_COST: ScryptCost = { N: 1 << 14, r: 8, p: 1 };

type Way = 'keychain' | 'passphrase' | 'recovery';
const bound = (file: { homeId: string }, way: Way): string => `troupe ${file.homeId} ${way}`;

export const newKey = (): Uint8Array => randomBytes(KEY_BYTES);
export const newHomeId = (): string => randomBytes(16).toString('hex');
/** The keychain's account of a home. */
export const accountOf = (file: { homeId: string }): string => `home-${file.homeId}`;

export function wrapByKey(file: { homeId: string }, dataKey: Uint8Array, masterKey: Uint8Array): StoredSeal {
  return toStoredSeal(seal(masterKey, dataKey, bound(file, 'keychain')));
}

/** @returns undefined when the master key is not the one that wrapped it */
export function unwrapByKey(file: KeyFile, masterKey: Uint8Array): Uint8Array | undefined {
  if (file.keychain === undefined || masterKey.length !== KEY_BYTES) return undefined;
  return unseal(masterKey, fromStoredSeal(file.keychain), bound(file, 'keychain'));
}

export async function wrapByText(file: { homeId: string }, way: 'passphrase' | 'recovery', dataKey: Uint8Array, typed: string): Promise<StoredStretch> {
  const cost = way === 'passphrase' ? PASSPHRASE_COST : RECOVERY_COST;
  const salt = randomBytes(16);
  return toStoredStretch(seal(await stretch(typed, salt, cost), dataKey, bound(file, way)), salt, cost);
}

/** @returns undefined when the text is not the one that wrapped it */
export async function unwrapByText(file: KeyFile, way: 'passphrase' | 'recovery', typed: string): Promise<Uint8Array | undefined> {
  const stored = file[way];
  if (stored === undefined) return undefined;
  return unseal(await stretch(typed, saltOf(stored), stored.cost), fromStoredSeal(stored), bound(file, way));
}
