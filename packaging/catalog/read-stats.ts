import { readFile } from 'node:fs/promises';
import { AppError } from '../../contract/errors/app-error.ts';
import { pluginStatsSchema, type PluginStats } from '../../contract/manifest/index.ts';
import { unpackJson } from './packed-json.ts';

/** The figures in a verified `stats-DATE.json.br`, checked one by one as they are taken; an entry that is none is left out. @throws AppError `catalog/refused` */
export async function readStats(file: string): Promise<Iterable<PluginStats>> {
  const value = await unpackJson(await readFile(file));
  if (typeof value !== 'object' || value === null || !('plugins' in value) || !Array.isArray(value.plugins)) throw new AppError('catalog/refused', 'The figures of the catalog are of another form. Nothing of it was taken.');
  return checked(value.plugins);
}

function* checked(plugins: readonly unknown[]): Generator<PluginStats> {
  for (const one of plugins) {
    const read = pluginStatsSchema.safeParse(one);
    if (read.success) yield read.data;
  }
}
