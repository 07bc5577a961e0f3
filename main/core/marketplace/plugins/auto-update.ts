/**
 * Updates that nobody asked for: only what a policy allows, and only what asks for nothing new. Everything else waits for
 * the person, and the version that is installed goes on working.
 */
import { diff, prerelease } from 'semver';
import { toWire } from '../../../../contract/errors/app-error.ts';
import type { AutoUpdate, AvailableUpdate } from '../../../../contract/model/plugin.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import type { Manifests } from './manifests.ts';
import type { PluginsParts } from './parts.ts';
import { previewOf } from './preview.ts';
import { updatesOf } from './updates.ts';

export interface AutoUpdates {
  /** One after another; a second call while the first works is the first. */
  run(): Promise<void>;
  stop(): void;
}

/** Whether a policy lets a plugin go from one version to another. */
export const allows = (policy: AutoUpdate, from: string, to: string): boolean => policy === 'all' || (policy === 'patch' && prerelease(from) === null && diff(from, to) === 'patch');

/** @param update starts one and answers when it has ended, however it ended */
export function createAutoUpdates(parts: PluginsParts, manifests: Manifests, update: (id: string, versions: { from: string; to: string }) => Promise<void>): AutoUpdates {
  /** Tried since the start, so that one that fails is not fetched again after every sync. */
  const tried = new Set<string>();
  let under: Promise<void> | undefined;
  let stopped = false;

  const policyOf = (row: InstalledRow): AutoUpdate => row.autoUpdate ?? parts.autoUpdate?.() ?? 'off';

  const targetOf = (row: InstalledRow, { version, changes }: AvailableUpdate): string | undefined =>
    [version, ...changes.map((one) => one.version)].find((one) => allows(policyOf(row), row.version, one));

  /** Whether everything that would change may change without a person. */
  const isQuiet = async (id: string, to: string, rows: ReadonlyMap<string, InstalledRow>): Promise<boolean> => {
    const changes = await previewOf(parts, manifests, id, to);
    return changes.every((change) => {
      const row = rows.get(change.id);
      // What is not here yet is code that nobody has said yes to.
      return row !== undefined && change.from !== null && change.added.length === 0 && allows(policyOf(row), change.from, change.to);
    });
  };

  const one = async (id: string): Promise<void> => {
    // Read anew: the update before may have moved this one along.
    const rows = new Map((await parts.store.read('installedPlugins', undefined)).map((row) => [row.id, row]));
    const row = rows.get(id);
    const available = (await updatesOf(parts, manifests)).find((update) => update.id === id);
    if (!row || !available || row.status === 'disabled' || row.pinned !== null) return;
    const to = targetOf(row, available);
    if (to === undefined || tried.has(`${id} ${to}`) || !await isQuiet(id, to, rows)) return;
    tried.add(`${id} ${to}`);
    await update(id, { from: row.version, to });
  };

  const all = async (): Promise<void> => {
    for (const { id } of await updatesOf(parts, manifests)) {
      if (stopped) return;
      // One that does not fit must not keep the others back; that it is there is seen in the list of updates.
      await one(id).catch((error: unknown) => { parts.log?.warn({ pluginId: id, error: toWire(error).message }, 'a plugin was not updated by itself'); });
    }
  };

  return {
    run() {
      under ??= all().finally(() => { under = undefined; });
      return under;
    },
    stop() { stopped = true; },
  };
}
