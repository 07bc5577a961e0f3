/** Secrets of plugins that a test keeps in memory, through the same room as the app's. */
import { AppError } from '../../contract/errors/app-error.ts';
import { createPluginSecrets, type PluginSecretStore } from '../../main/core/marketplace/plugins/index.ts';

export function memorySecrets(values = new Map<string, string>()): PluginSecretStore {
  return createPluginSecrets({
    setSecret: (_label, value, options = {}) => { values.set(options.id ?? '', value); return Promise.resolve(options.id ?? ''); },
    withSecret: async (id, use) => {
      const value = values.get(id);
      if (value === undefined) throw new AppError('credentials/not-found', 'Not entered.');
      return use(value);
    },
    deleteSecret: (id) => { values.delete(id); return Promise.resolve(); },
    secretIds: (prefix) => Promise.resolve([...values.keys()].filter((id) => id.startsWith(prefix))),
  }, () => true);
}
