/**
 * Updates that nobody asked for: only what a policy allows, and only what asks for nothing new. Everything else waits for
 * the person, and the version that is installed goes on working.
 */
import { diff, prerelease } from 'semver';
import { toWire } from '../../../../contract/errors/app-error.ts';
import type { AutoUpdate, AvailableUpdate } from '../../../../contract/model/plugin.ts';
import { actingAs } from '../../base/audit/index.ts';
import type { InstalledRow } from '../../base/store/index.ts';
import type { Manifests } from './manifests.ts';
import type { PluginsParts } from './parts.ts';
import { planInstall } from './plan.ts';
import { previewOf } from './preview.ts';
import { updatesOf } from './updates.ts';

/** Between two tries of an update that failed: doubled each time, from five minutes to a day. */
const FIRST_WAIT_MS = 300_000;
const LONGEST_WAIT_MS = 86_400_000;
/** What another try does not mend: it was decided, or the archive is not what was signed. A newer version is tried at once. */
const FINAL: readonly string[] = ['plugins/consent-needed', 'plugins/bad-archive', 'plugins/bad-manifest', 'plugins/bad-signature', 'plugins/incompatible', 'plugins/withdrawn', 'plugins/cancelled'];

export interface AutoUpdates {
  /** One after another; a second call while the first works is the first. */
  run(): Promise<void>;
  stop(): void;
}

/** Whether a policy lets a plugin go from one version to another. */
export const allows = (policy: AutoUpdate, from: string, to: string): boolean => policy === 'all' || (policy === 'patch' && prerelease(from) === null && diff(from, to) === 'patch');

/** @param update starts one and answers when it has ended: undefined when it succeeded, else the code of its error */
export function createAutoUpdates(parts: PluginsParts, manifests: Manifests, update: (id: string, versions: { from: string; to: string }) => Promise<string | undefined>): AutoUpdates {
  /** Failed since the start, by plugin and version. `due` is when the next try may be; one that fails is not fetched again after every sync. */
  const failed = new Map<string, { tries: number; due: number }>();
  let again: NodeJS.Timeout | undefined;
  let under: Promise<void> | undefined;
  let stopped = false;

  const policyOf = (row: InstalledRow): AutoUpdate => row.autoUpdate ?? parts.autoUpdate?.() ?? 'off';

  const targetOf = (row: InstalledRow, { version, changes }: AvailableUpdate): string | undefined =>
    [version, ...changes.map((one) => one.version)].find((one) => allows(policyOf(row), row.version, one));

  /** Whether everything that would change may change without a person. */
  const isQuiet = async (id: string, to: string, rows: ReadonlyMap<string, InstalledRow>): Promise<boolean> => {
    const { changes } = await previewOf(parts, manifests, await planInstall(parts, { id, range: to }));
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
    if (to === undefined) return;
    const key = `${id} ${to}`;
    const before = failed.get(key);
    if (before && before.due > parts.clock.now() || !await isQuiet(id, to, rows)) return;
    const code = await update(id, { from: row.version, to });
    if (code === undefined) { failed.delete(key); return; }
    const tries = (before?.tries ?? 0) + 1;
    failed.set(key, { tries, due: FINAL.includes(code) ? Infinity : parts.clock.now() + Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) });
  };

  /** A try that is due does not wait for the next sync. */
  const arm = (): void => {
    clearTimeout(again);
    const due = Math.min(...[...failed.values()].map((one) => one.due).filter((at) => at > parts.clock.now()));
    if (stopped || due === Infinity) return;
    again = setTimeout(() => { void actingAs({ kind: 'policy', id: 'updates' }, run); }, due - parts.clock.now()).unref();
  };

  const all = async (): Promise<void> => {
    for (const { id } of await updatesOf(parts, manifests)) {
      if (stopped) return;
      // One that does not fit must not keep the others back; that it is there is seen in the list of updates.
      await one(id).catch((error: unknown) => { parts.log?.warn({ pluginId: id, error: toWire(error).message }, 'a plugin was not updated by itself'); });
    }
  };

  const run = (): Promise<void> => {
    under ??= all().finally(() => { under = undefined; arm(); });
    return under;
  };

  return {
    run,
    stop() {
      stopped = true;
      clearTimeout(again);
    },
  };
}
