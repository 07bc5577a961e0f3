import type { CatalogRecord } from '../../contract/manifest/index.ts';
import { changesOf, type CatalogDelta } from './delta.ts';
import { recordsOf, type BadRecord } from './records.ts';

/** Verified files: a whole catalog and the deltas that follow it. */
export interface RecordFiles { full: string; chain: readonly { name: string; file: string }[] }

/** The last change of each id in a chain of deltas. */
export async function changesOfChain(chain: RecordFiles['chain'], report: (bad: BadRecord) => void): Promise<Map<string, CatalogDelta>> {
  const changes = new Map<string, CatalogDelta>();
  for (const { name, file } of chain) for await (const change of changesOf(file, name, report)) changes.set('put' in change ? change.put.id : change.remove, change);
  return changes;
}

/** Streams the records of a whole catalog with its deltas applied; only what the deltas say stands in memory. */
export async function* allRecordsOf({ full, chain }: RecordFiles, report: (bad: BadRecord) => void): AsyncGenerator<CatalogRecord> {
  const changes = await changesOfChain(chain, report);
  for await (const record of recordsOf(full, report)) if (!changes.has(record.id)) yield record;
  for (const change of changes.values()) if ('put' in change) yield change.put;
}
