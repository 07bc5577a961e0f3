/**
 * Plugins from a file or a folder of this machine, signed by nobody: only in developer mode, never under a name that is Troupe's or that
 * a registry's plugin has here, and with no grant of any publisher. A folder is read again when it changes; what cannot be
 * taken is said, and the last version that could goes on working.
 */
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, toWire } from '../../../../contract/errors/app-error.ts';
import { actingAs } from '../../base/audit/index.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { WriteRequest } from '../../base/store/index.ts';
import { blobFile } from '../catalog/index.ts';
import type { InstallTools, Local } from './install.ts';
import { isReserved, type PluginsParts } from './parts.ts';

/** An editor writes several files in one go. */
const QUIET_MS = 300;

type Start = (id: string, isHere: boolean, grantAll: boolean, local: Local, request: WriteRequest | undefined) => Promise<{ operationId: string }>;

export interface SideLoads {
  /** @throws AppError `plugins/developer-mode` */
  check(): void;
  load(input: { path: string; grantAll: boolean }, request?: WriteRequest): Promise<{ operationId: string; id: string }>;
  /** Why what is in a plugin's folder now was not taken; null when it was. */
  problemOf(id: string): string | null;
  /** Watches the folders of what is installed, and no others. */
  follow(): Promise<void>;
  stop(): Promise<void>;
}

export function createSideLoads(parts: PluginsParts, { archives }: Pick<InstallTools, 'archives'>, start: Start): SideLoads {
  const watched = new Map<string, { folder: string; watcher: FSWatcher; timer: NodeJS.Timeout | undefined }>();
  const problems = new Map<string, string>();
  let reloading: Promise<void> = Promise.resolve();
  let stopped = false;

  const check = (): void => {
    if (parts.developerMode?.() !== true) throw new AppError('plugins/developer-mode', 'Plugins that nobody signed are installed in developer mode only. Switch it on under Settings › About, if you trust what you install.');
  };

  const take = async (from: string): Promise<Local & { id: string }> => {
    const found = await stat(from).catch(() => undefined);
    if (!found || (!found.isFile() && !found.isDirectory())) throw new AppError('plugins/bad-archive', `There is no file or folder ${from}. Name a .troupe archive or the folder of a plugin.`, { details: { reason: 'missing' } });
    const isFolder = found.isDirectory();
    const to = path.join(parts.home.blobs, `${parts.ids.next()}.taken`);
    try {
      const taken = await archives.take({ from, isFolder, to, at: parts.clock.now() });
      failpoint('side-load.taken');
      const { id } = taken.record;
      if (isReserved(id)) throw new AppError('plugins/bad-signature', `${id} bears a name that only Troupe's own key may sign, and this is signed by nobody. Give it a name of your own.`, { details: { id } });
      const here = await parts.store.read('installedPlugin', { id });
      if (here && here.sideLoaded === 0) throw new AppError('plugins/already-installed', `${id} is installed from a registry. What it stores and may do is not handed to unsigned code: uninstall it first.`, { details: { id, version: here.version } });
      const blob = blobFile(parts.home.blobs, taken.version.sha512);
      await mkdir(path.dirname(blob), { recursive: true });
      await rename(to, blob);
      failpoint('side-load.named');
      return { id, taken, folder: isFolder ? from : null };
    } finally {
      await rm(to, { force: true });
    }
  };

  const reload = async (id: string, folder: string): Promise<void> => {
    try {
      check();
      const row = await parts.store.read('installedPlugin', { id });
      if (stopped || row?.folder !== folder) return;
      const local = await take(folder);
      if (local.id !== id) throw new AppError('plugins/bad-manifest', `The folder holds ${local.id} now, and ${id} was installed from it. Install the folder anew, or give it its name back.`);
      problems.delete(id);
      if (local.taken.version.sha512 !== row.sha512) await start(id, true, false, local, undefined);
    } catch (error) {
      problems.set(id, toWire(error).message);
    }
    parts.changed('plugins');
  };

  const later = (id: string): void => {
    const entry = watched.get(id);
    if (!entry) return;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => { reloading = reloading.then(() => actingAs({ kind: 'policy', id: 'folder' }, () => reload(id, entry.folder))); }, QUIET_MS).unref();
  };

  const leave = (id: string): void => {
    const entry = watched.get(id);
    clearTimeout(entry?.timer);
    entry?.watcher.close();
    watched.delete(id);
    problems.delete(id);
  };

  const enter = (id: string, folder: string): void => {
    try {
      const watcher = watch(folder, { recursive: true }, () => { later(id); });
      watcher.on('error', (error) => { leave(id); problems.set(id, error.message); });
      watcher.unref();
      watched.set(id, { folder, watcher, timer: undefined });
    } catch (error) {
      problems.set(id, error instanceof Error ? error.message : String(error));
    }
  };

  return {
    check,
    async load({ path: from, grantAll }, request) {
      check();
      const { id, ...local } = await take(from);
      const here = await parts.store.read('installedPlugin', { id });
      return { ...await start(id, here !== undefined, grantAll, local, request), id };
    },
    problemOf: (id) => problems.get(id) ?? null,
    async follow() {
      const rows = stopped || parts.developerMode?.() !== true ? [] : await parts.store.read('installedPlugins', undefined);
      const folders = new Map(rows.flatMap(({ id, folder }) => (folder === null ? [] : [[id, folder] as const])));
      for (const [id, { folder }] of watched) if (folders.get(id) !== folder) leave(id);
      for (const [id, folder] of folders) if (!watched.has(id)) enter(id, folder);
    },
    async stop() {
      stopped = true;
      for (const id of [...watched.keys()]) leave(id);
      await reloading;
    },
  };
}
