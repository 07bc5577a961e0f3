/** Folders of the person's own that a plugin may work in. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { FolderGrant } from '../../../../contract/model/plugin.ts';
import type { WriteRequest } from '../../base/store/index.ts';
import type { PluginsParts } from './parts.ts';

/** What the manifest asks for, each with the folder that was picked. */
export async function foldersOf({ store }: PluginsParts, pluginId: string, manifest: Manifest): Promise<FolderGrant[]> {
  const granted = await store.read('grantedFolders', { pluginId });
  return manifest.plugin.permissions.files.folders.map(({ key, access }) => ({ key, access, path: granted.find((one) => one.key === key && one.access === access)?.path ?? null }));
}

/**
 * @param given an absolute path; links in it are followed once, here, so that a later change of a link changes nothing
 * @throws AppError `permission/denied` when the manifest asks for no such folder or it is none that may be given
 */
export async function grantFolder(parts: PluginsParts, pluginId: string, manifest: Manifest, key: string, given: string, request?: WriteRequest): Promise<FolderGrant> {
  const asked = manifest.plugin.permissions.files.folders.find((folder) => folder.key === key);
  const refuse = (why: string): AppError => new AppError('permission/denied', `${pluginId} cannot get this folder: ${why}`, { details: { pluginId, key } });
  if (!asked) throw refuse(`it asks for no folder named ${key}.`);
  if (!path.isAbsolute(given)) throw refuse('the path should be absolute. Give the whole path of a folder.');
  const real = await realpath(given).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isDirectory()) throw refuse('there is no folder at that path. Pick one that exists.');
  if (holdsHome(real, parts.home.plugins)) throw refuse('it holds Troupe’s own data. Pick another one.');
  await parts.store.write('grantFolder', { pluginId, key, path: real, access: asked.access, at: parts.clock.now() }, request ? { request } : {});
  parts.changed('plugins');
  return { key, access: asked.access, path: real };
}

/** Whether the folder lies in Troupe's home or around it: its databases and other plugins' files are nobody's to give. */
function holdsHome(folder: string, plugins: string): boolean {
  const home = path.dirname(plugins);
  const within = (inner: string, outer: string): boolean => !path.relative(outer, inner).startsWith('..') && !path.isAbsolute(path.relative(outer, inner));
  return within(folder, home) || folder === path.parse(folder).root;
}
