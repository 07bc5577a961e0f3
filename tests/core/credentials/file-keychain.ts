import { readFileSync, writeFileSync } from 'node:fs';
import type { Keychain } from '../../../main/core/base/credentials/index.ts';

/** A keychain that outlives its process: one JSON file. */
export function fileKeychain(file: string): Keychain {
  const entries = (): Record<string, string> => { try { return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>; } catch { return {}; } };
  return {
    read: (account) => { const found = entries()[account]; return Promise.resolve(found === undefined ? undefined : Buffer.from(found, 'base64')); },
    write: (account, key) => { writeFileSync(file, JSON.stringify({ ...entries(), [account]: Buffer.from(key).toString('base64') })); return Promise.resolve(); },
  };
}
