/** Keys and tokens of a person: sealed rows in the store, or kept for this session only. Nothing reveals them outward. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Store } from '../store/index.ts';
import type { Keys } from './keys.ts';
import { seal, unseal } from './seal.ts';

export interface Credentials {
  /**
   * Keeps a secret. `session: true` keeps it in memory until the core ends; it is the only way in a plain home.
   * @param label what a person calls it; stored in the clear inside the database
   * @param options.id a name of the caller's own in place of a new id; what stood there is replaced
   * @returns its id
   * @throws AppError `credentials/no-store` when this home stores no secrets
   */
  setSecret(label: string, value: string, options?: { session?: boolean; id?: string }): Promise<string>;
  /** Replaces the value under an id that exists. */
  replaceSecret(id: string, value: string): Promise<void>;
  /** Lends the value to `use`, and to nobody else. Fails `credentials/not-found`, `credentials/key-changed`. */
  withSecret<T>(id: string, use: (value: string) => T | Promise<T>): Promise<T>;
  /** Whether the id can be used now: session secrets are gone after a restart. */
  hasSecret(id: string): Promise<boolean>;
  deleteSecret(id: string): Promise<void>;
  /** Ids that begin so and can be used now. */
  secretIds(prefix: string): Promise<string[]>;
}

export interface CredentialsOptions {
  store: Store;
  keys: Pick<Keys, 'secretsKey'>;
  /** Makes ids of letters, digits, `_` and `-`. */
  newId: () => string;
  now: () => number;
  /** Told of each value before it is used, so that the log can blank it out. */
  onReveal?: (value: string) => void;
}

const SESSION = 'session_';
/** A sealed value belongs to its id: moved to another row it does not open. */
export const boundTo = (id: string): string => `troupe secret ${id}`;

export function openCredentials(options: CredentialsOptions): Credentials {
  const { store, keys, newId, now, onReveal } = options;
  const session = new Map<string, string>();

  const key = (): Uint8Array => {
    const found = keys.secretsKey();
    if (found === undefined) throw new AppError('credentials/no-store', 'This home is not encrypted and stores no keys. Keep the key for this session only, or set up a home with a keychain or a passphrase.');
    return found;
  };
  const missing = (): AppError => new AppError('credentials/not-found', 'The key that was asked for is not stored (any more). Enter it again.');

  async function put(id: string, label: string, value: string): Promise<void> {
    onReveal?.(value);
    for (;;) {
      const by = key();
      await store.write('putSecret', { id, label, ...seal(by, Buffer.from(value), boundTo(id)), at: now() });
      // The write may have waited while everything was sealed under another key.
      if (Buffer.compare(by, key()) === 0) return;
    }
  }

  async function reveal(id: string): Promise<string> {
    const kept = session.get(id);
    if (kept !== undefined) return kept;
    const row = id.startsWith(SESSION) ? undefined : await store.read('secretById', { id });
    if (row === undefined) throw missing();
    const plain = unseal(key(), row, boundTo(id));
    if (plain === undefined) throw new AppError('credentials/key-changed', `The stored key "${row.label}" cannot be opened: it was sealed by another home or has been changed. Enter it again.`);
    return Buffer.from(plain).toString();
  }

  return {
    async setSecret(label, value, { session: forSession = false, id: own } = {}) {
      if (value === '') throw new AppError('core/bad-input', 'A key cannot be empty. Enter the key as its provider shows it.');
      const id = own ?? (forSession ? SESSION + newId() : newId());
      if (forSession) { onReveal?.(value); session.set(id, value); } else await put(id, label, value);
      return id;
    },
    async replaceSecret(id, value) {
      if (session.has(id)) { onReveal?.(value); session.set(id, value); return; }
      const row = await store.read('secretById', { id });
      if (row === undefined) throw missing();
      await put(id, row.label, value);
    },
    async withSecret(id, use) {
      const value = await reveal(id);
      onReveal?.(value);
      return use(value);
    },
    async hasSecret(id) {
      return session.has(id) || (!id.startsWith(SESSION) && keys.secretsKey() !== undefined && await store.read('secretById', { id }) !== undefined);
    },
    async deleteSecret(id) {
      if (!session.delete(id)) await store.write('dropSecret', { id });
    },
    async secretIds(prefix) {
      const stored = keys.secretsKey() === undefined ? [] : await store.read('secretIdsFrom', { prefix });
      return [...new Set([...stored, ...[...session.keys()].filter((id) => id.startsWith(prefix))])].sort();
    },
  };
}
