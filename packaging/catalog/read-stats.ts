import { pluginStatsSchema, surelyFits, type PluginStats } from '../../contract/manifest/index.ts';
import { packedEntries } from './packed-entries.ts';

/** Ninety days and their numbers are far less. */
const MOST_ENTRY_BYTES = 64 * 1024;

const areFigures = surelyFits(pluginStatsSchema);

/** The figures in a verified `stats-DATE.json.br`, one after another; an entry that is none is left out. @throws AppError `catalog/refused` */
export async function* readStats(file: string): AsyncGenerator<PluginStats> {
  for await (const entry of packedEntries(file, { what: 'figures', key: 'plugins', mostEntryBytes: MOST_ENTRY_BYTES })) {
    if (areFigures(entry)) { yield entry as PluginStats; continue; }
    const read = pluginStatsSchema.safeParse(entry);
    if (read.success) yield read.data;
  }
}
