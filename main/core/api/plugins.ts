import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import type { PluginCheck } from '../../../contract/model/configuration.ts';
import type { FolderGrant } from '../../../contract/model/plugin.ts';
import type { Audit } from '../base/audit/index.ts';
import type { Permissions, Plugins } from '../marketplace/plugins/index.ts';
import { requestOf, server } from './context.ts';
import type { Once } from './once.ts';

/** How a person picks a folder: the shell's own dialog, or the address of a page on the core's second origin. */
export interface FolderPicking {
  /** @throws AppError `host/unavailable` when the shell has no dialog */
  dialog(title: string, kind: 'folder' | 'file'): Promise<string | null>;
  page(title: string, detail: string, picked: (folder: string) => Promise<void>): Promise<string>;
}

export interface PluginsApiParts {
  readonly permissions: Permissions;
  readonly audit: Audit;
  readonly picking: FolderPicking;
  readonly once: Once;
  /** Runs a plugin's own checks of its configuration. */
  check(pluginId: string, signal: AbortSignal | undefined): Promise<PluginCheck>;
}

export const pluginsApi = (plugins: Plugins, { permissions, audit, picking, once, check }: PluginsApiParts) => ({
  list: server.plugins.list.handler(() => plugins.list()),
  get: server.plugins.get.handler(({ input }) => plugins.get(input)),
  install: server.plugins.install.handler(({ input }) => plugins.install(input, requestOf('plugins.install', input))),
  sideLoad: server.plugins.sideLoad.handler(({ input, context }) => {
    if (context.client === 'page') throw new AppError('permission/denied', 'A page cannot name a file itself. Use "Install from this computer".', { details: { permission: 'side-load' } });
    return plugins.sideLoad(input, requestOf('plugins.sideLoad', input));
  }),
  uploadSideLoad: server.plugins.uploadSideLoad.handler(({ input }) => once('plugins.uploadSideLoad', input, () => plugins.uploadSideLoad(input, requestOf('plugins.uploadSideLoad', input)))),
  pickSideLoad: server.plugins.pickSideLoad.handler(({ input }) => once('plugins.pickSideLoad', input, async () => {
    plugins.checkDeveloperMode();
    const title = 'Pick the folder of a plugin that you develop';
    try {
      const path = await picking.dialog(title, 'folder');
      if (path === null) throw new AppError('host/cancelled', 'Nothing was picked; nothing was changed.');
      return { ...await plugins.sideLoad({ path, grantAll: false }, requestOf('plugins.pickSideLoad', input)), confirmAt: null };
    } catch (error) {
      if (!hasCode(error, 'host/unavailable')) throw error;
      return { operationId: null, id: null, confirmAt: await picking.page(title, 'It runs unsigned, in the sandbox', async (path) => { await plugins.sideLoad({ path, grantAll: false }); }) };
    }
  })),
  compareSet: server.plugins.compareSet.handler(({ input }) => plugins.compareSet(input)),
  installSet: server.plugins.installSet.handler(({ input }) => plugins.installSet(input, requestOf('plugins.installSet', input))),
  uninstall: server.plugins.uninstall.handler(({ input }) => plugins.uninstall(input, requestOf('plugins.uninstall', input))),
  update: server.plugins.update.handler(({ input }) => plugins.update(input, requestOf('plugins.update', input))),
  updates: server.plugins.updates.handler(() => plugins.updates()),
  rollback: server.plugins.rollback.handler(({ input }) => plugins.rollback(input, requestOf('plugins.rollback', input))),
  setPin: server.plugins.setPin.handler(({ input }) => plugins.setPin(input, requestOf('plugins.setPin', input))),
  preview: server.plugins.preview.handler(({ input }) => plugins.preview(input)),
  setUpdatePolicy: server.plugins.setUpdatePolicy.handler(({ input }) => plugins.setUpdatePolicy(input, requestOf('plugins.setUpdatePolicy', input))),
  setEnabled: server.plugins.setEnabled.handler(({ input }) => plugins.setEnabled(input, requestOf('plugins.setEnabled', input))),
  verify: server.plugins.verify.handler(({ input }) => plugins.verify(input)),
  lockfile: server.plugins.lockfile.handler(async () => ({ text: await plugins.lockfile() })),
  operations: server.plugins.operations.handler(({ input }) => plugins.operations(input)),
  events: server.plugins.events.handler(({ input, context, signal }) => context.paced(input.stream, signal, plugins.events(input.operationId, input.after, signal ?? new AbortController().signal))),
  consent: server.plugins.consent.handler(({ input }) => plugins.consent(input, requestOf('plugins.consent', input))),
  retry: server.plugins.retry.handler(({ input }) => plugins.retry(input, requestOf('plugins.retry', input))),
  cancel: server.plugins.cancel.handler(({ input }) => plugins.cancel(input, requestOf('plugins.cancel', input))),
  permissions: server.plugins.permissions.handler(({ input }) => permissions.list(input)),
  revokePermission: server.plugins.revokePermission.handler(({ input }) => permissions.revoke(input, requestOf('plugins.revokePermission', input))),
  grantPermission: server.plugins.grantPermission.handler(({ input }) => permissions.grant(input, requestOf('plugins.grantPermission', input))),
  calls: server.plugins.calls.handler(async ({ input }) => ({ calls: await audit.calls(input.id) })),
  configuration: server.plugins.configuration.handler(({ input }) => plugins.configuration(input)),
  configure: server.plugins.configure.handler(({ input }) => plugins.configure(input, requestOf('plugins.configure', input))),
  checkCredentials: server.plugins.checkCredentials.handler(({ input, signal }) => once('plugins.checkCredentials', input, () => check(input.id, signal))),
  exportConfiguration: server.plugins.exportConfiguration.handler(({ input }) => plugins.exportConfiguration(input)),
  compareConfiguration: server.plugins.compareConfiguration.handler(({ input }) => plugins.compareConfiguration(input)),
  importConfiguration: server.plugins.importConfiguration.handler(({ input }) => plugins.importConfiguration(input, requestOf('plugins.importConfiguration', input))),
  folders: server.plugins.folders.handler(({ input }) => plugins.folders(input)),
  pickFolder: server.plugins.pickFolder.handler(({ input }) => once('plugins.pickFolder', input, async () => {
    const plugin = await plugins.get({ id: input.id });
    const wanted = (await plugins.folders({ id: input.id })).folders.find((folder) => folder.key === input.key);
    if (!wanted) throw new AppError('core/bad-input', `${plugin.name} asks for no folder "${input.key}".`);
    const title = `Pick a folder that ${plugin.name} may ${wanted.access === 'read' ? 'read' : 'read and change'}`;
    const grant = (path: string): Promise<FolderGrant> => plugins.grantFolder({ id: input.id, key: input.key, path }, requestOf('plugins.pickFolder', input));
    try {
      const path = await picking.dialog(title, 'folder');
      if (path === null) throw new AppError('host/cancelled', 'No folder was picked; nothing was changed.');
      return { folder: await grant(path), confirmAt: null };
    } catch (error) {
      if (!hasCode(error, 'host/unavailable')) throw error;
      return { folder: null, confirmAt: await picking.page(title, `${input.id}, folder "${input.key}"`, async (path) => { await plugins.grantFolder({ id: input.id, key: input.key, path }); }) };
    }
  })),
  grantFolder: server.plugins.grantFolder.handler(({ input, context }) => {
    // The person at the terminal names the folder; a page could name any, so it must go through a dialog.
    if (context.client === 'page') throw new AppError('permission/denied', 'A page cannot name a folder itself. Use "Pick a folder".', { details: { permission: `folder:${input.key}` } });
    return plugins.grantFolder(input, requestOf('plugins.grantFolder', input));
  }),
  revokeFolder: server.plugins.revokeFolder.handler(({ input }) => plugins.revokeFolder(input, requestOf('plugins.revokeFolder', input))),
});
