/** Secrets of plugins, in the credentials room. */
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import type { Credentials } from '../../base/credentials/index.ts';

/** Whose secret it is. Another publisher's plugin of the same id never finds it. */
export interface SecretOwner { readonly pluginId: string; readonly publisherId: string }

export interface PluginSecretStore {
  /** Whether this home stores secrets, or keeps them until the core ends. */
  readonly kept: 'sealed' | 'session';
  /** Keys of the secrets that are there now. */
  keys(owner: SecretOwner): Promise<ReadonlySet<string>>;
  set(owner: SecretOwner, key: string, value: string): Promise<void>;
  remove(owner: SecretOwner, key: string): Promise<void>;
  /** Lends the value to `use`. @throws AppError `credentials/not-found` when it was not entered */
  withSecret<T>(owner: SecretOwner, key: string, use: (value: string) => Promise<T> | T): Promise<T>;
  /** Removes every secret of plugins that are gone. */
  forget(pluginIds: readonly string[]): Promise<void>;
}

type Needed = Pick<Credentials, 'setSecret' | 'withSecret' | 'deleteSecret' | 'secretIds'>;

/** Ids and keys hold no blank, so that the parts cannot be mistaken for each other; the id is what a sealed value is bound to. */
const prefixOf = (pluginId: string): string => `plugin ${pluginId} `;
const idOf = ({ pluginId, publisherId }: SecretOwner, key: string): string => `${prefixOf(pluginId)}${publisherId} ${key}`;

export function createPluginSecrets(credentials: Needed, stores: () => boolean): PluginSecretStore {
  return {
    get kept() { return stores() ? 'sealed' : 'session'; },
    async keys(owner) {
      const start = idOf(owner, '');
      return new Set((await credentials.secretIds(start)).map((id) => id.slice(start.length)));
    },
    async set(owner, key, value) { await credentials.setSecret(`${owner.pluginId}: ${key}`, value, { id: idOf(owner, key), session: !stores() }); },
    remove: (owner, key) => credentials.deleteSecret(idOf(owner, key)),
    async withSecret(owner, key, use) {
      try {
        return await credentials.withSecret(idOf(owner, key), use);
      } catch (error) {
        if (!hasCode(error, 'credentials/not-found')) throw error;
        throw new AppError('credentials/not-found', `The secret "${key}" of ${owner.pluginId} was not entered. Open the plugin's configuration and enter it.`, { details: { pluginId: owner.pluginId, key } });
      }
    },
    async forget(pluginIds) {
      for (const pluginId of pluginIds) for (const id of await credentials.secretIds(prefixOf(pluginId))) await credentials.deleteSecret(id);
    },
  };
}
