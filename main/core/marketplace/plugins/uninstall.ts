import { failpoint } from '../../base/observe/index.ts';
import { usersOf } from './concerned.ts';
import type { PluginFiles } from './files.ts';
import { sweep } from './install.ts';
import type { Lock } from './lock.ts';
import type { Operation } from './operation.ts';
import type { PluginsParts } from './parts.ts';

/** Takes a plugin away, with the dependencies that only it needed. Runs under way keep their files until they end. */
export async function uninstall(parts: PluginsParts, files: PluginFiles, lock: Lock, operation: Operation, request: { pluginId: string; keepData: boolean }): Promise<string[]> {
  const { pluginId, keepData } = request;
  return lock(operation.signal, async () => {
    await operation.run('check', pluginId, async () => {
      const row = await parts.store.read('installedPlugin', { id: pluginId });
      return { version: row?.version ?? null, hiredAs: row?.hiredAs ?? [], usedBy: (await usersOf(parts))(pluginId) };
    });
    let removed: string[] = [];
    await operation.run('activate', pluginId, async () => {
      operation.seal();
      removed = await parts.store.write('removePlugins', { operationId: operation.id, at: parts.clock.now(), id: pluginId, keepData });
      operation.commit();
      return { removed, keptData: keepData };
    });
    parts.changed('plugins');
    if (!keepData) await forgetGone(parts, removed);
    await sweep(parts, files, operation);
    return removed;
  });
}

/** Lets others forget what they kept for plugins that are gone; once more at the next start when it was cut off. */
export async function forgetGone({ secrets, log }: PluginsParts, pluginIds: readonly string[]): Promise<void> {
  if (pluginIds.length === 0) return;
  failpoint('uninstall.forget');
  await secrets.forget(pluginIds).catch((error: unknown) => { log?.warn({ pluginIds, error: String(error) }, 'what others kept for an uninstalled plugin could not be removed'); });
}
