import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { ConfigurationDifference, ConfigurationView } from '../../../../contract/model/configuration.ts';
import type { InstalledRow, WriteRequest } from '../../base/store/index.ts';
import { configurationFileOf, readConfigurationFile, type ReadConfiguration } from './configuration-file.ts';
import type { ConfigurationChange, Configurations } from './configuration.ts';
import type { PluginsParts } from './parts.ts';

interface Installed { row: InstalledRow; manifest: Manifest }

/** The procedures of configuration. Inputs are those of contract/api/plugins.ts. */
export interface ConfigurationService {
  /** @throws AppError `plugins/not-installed` */
  configuration(input: { id: string }): Promise<ConfigurationView>;
  /** @throws AppError `plugins/not-installed`, `plugins/bad-configuration`, `plugins/conflict` */
  configure(input: { id: string } & ConfigurationChange, request?: WriteRequest): Promise<ConfigurationView>;
  /** @throws AppError `plugins/not-installed` */
  exportConfiguration(input: { id?: string | undefined }): Promise<{ text: string }>;
  /** @throws AppError `plugins/bad-configuration` for a text that is no such file */
  compareConfiguration(input: { text: string }): Promise<ConfigurationDifference>;
  /** Takes everything that fits in one transaction. @throws AppError `plugins/bad-configuration` also for a value that does not fit, `plugins/conflict` */
  importConfiguration(input: { text: string }, request?: WriteRequest): Promise<ConfigurationDifference>;
}

export function createConfigurationService(parts: PluginsParts, configurations: Configurations, installed: (id: string) => Promise<Installed>, all: () => Promise<Installed[]>): ConfigurationService {
  const read = async (text: string): Promise<ReadConfiguration> => {
    const here = new Map((await all()).map((one) => [one.row.id, one]));
    return readConfigurationFile(text, here, async (one) => {
      const { fields } = await configurations.view(one);
      const there = (type: string): Set<string> => new Set(fields.filter((field) => field.type === type && field.isSet).map(({ key }) => key));
      return { secrets: there('secret'), folders: there('folder') };
    });
  };
  return {
    configuration: async ({ id }) => configurations.view(await installed(id)),
    async configure({ id, set, reset, secrets }, request) {
      await configurations.change(await installed(id), { set, reset, secrets }, request);
      return configurations.view(await installed(id));
    },
    exportConfiguration: async ({ id }) => ({ text: configurationFileOf(id === undefined ? await all() : [await installed(id)]) }),
    async compareConfiguration({ text }) {
      const { changes, gaps } = await read(text);
      return { changes, gaps };
    },
    async importConfiguration({ text }, request) {
      const { changes, gaps, writes } = await read(text);
      const bad = gaps.filter(({ kind }) => kind === 'bad-value');
      if (bad.length > 0) throw new AppError('plugins/bad-configuration', `Nothing was imported. ${bad.map(({ message }) => message).join(' ')}`, { details: { gaps: bad } });
      await parts.store.write('changeConfigurations', { changes: writes.map(({ installed: { row }, set }) => ({ id: row.id, sha512: row.sha512, set, reset: [] })), at: parts.clock.now() }, request ? { request } : {});
      if (changes.length > 0) parts.changed('plugins');
      return { changes, gaps };
    },
  };
}
