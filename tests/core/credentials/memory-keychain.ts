import { AppError } from '../../../contract/errors/app-error.ts';
import type { Keychain } from '../../../main/core/base/credentials/index.ts';

/** A keychain in memory whose condition a test sets. */
export interface MemoryKeychain extends Keychain {
  condition: 'works' | 'locked' | 'none';
  readonly entries: Map<string, Uint8Array>;
}

export function memoryKeychain(): MemoryKeychain {
  const entries = new Map<string, Uint8Array>();
  const check = (): void => {
    if (keychain.condition === 'locked') throw new AppError('credentials/locked', 'locked for the test');
    if (keychain.condition === 'none') throw new AppError('credentials/no-store', 'absent for the test');
  };
  const keychain: MemoryKeychain = {
    condition: 'works', entries,
    async read(account) { check(); return entries.get(account); },
    async write(account, key) { check(); entries.set(account, Uint8Array.from(key)); },
  };
  return keychain;
}
