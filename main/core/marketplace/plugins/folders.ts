/** Folders of the person's own that a plugin may work in. */
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { FolderGrant } from '../../../../contract/model/plugin.ts';
import { folderToGive } from '../../base/folders/index.ts';
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
  const checked = await folderToGive(given, path.dirname(parts.home.plugins));
  if ('why' in checked) throw refuse(checked.why);
  const { real } = checked;
  await parts.store.write('grantFolder', { pluginId, key, path: real, access: asked.access, at: parts.clock.now() }, request ? { request } : {});
  parts.changed('plugins');
  return { key, access: asked.access, path: real };
}
