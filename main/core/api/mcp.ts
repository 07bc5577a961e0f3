import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import type { McpServer, McpTransport } from '../../../contract/model/mcp.ts';
import type { Mcp } from '../engine/mcp/index.ts';
import { requestOf, server, type ApiContext } from './context.ts';
import type { Once } from './once.ts';
import type { FolderPicking } from './plugins.ts';

/** What a person is asked before a program is added that nobody reviewed. */
export interface Confirmation { readonly title: string; readonly message: string; readonly detail: string; readonly accept: string }

/** How a person confirms outside the page: the shell's own dialog, or the address of a page on the core's second origin. */
export interface Confirming {
  /** @throws AppError `host/unavailable` when the shell has no dialog */
  dialog(question: Confirmation): Promise<boolean>;
  page(question: Confirmation, accepted: () => Promise<void>): Promise<string>;
}

export interface McpApiParts {
  readonly once: Once;
  readonly confirming: Confirming;
  readonly picking: FolderPicking;
  /** Shows an address in the person's browser; false when the shell cannot or the person did not want it. */
  readonly openOutside: (url: string) => Promise<boolean>;
}

const RIGHTS = 'It runs with your rights: it can read and change whatever you can, whether an agent uses it or not. Add only what you trust.';

export const mcpApi = (mcp: Mcp, { once, confirming, picking, openOutside }: McpApiParts) => {
  /** Does the work after the person confirmed it; answers an address instead where they do that on a page. The command line is the person's own. */
  async function whenConfirmed<T>(client: ApiContext['client'], programs: readonly { name: string; detail: string }[], work: () => Promise<T>): Promise<{ done: T | null; confirmAt: string | null }> {
    if (client !== 'page' || programs.length === 0) return { done: await work(), confirmAt: null };
    const [first] = programs;
    const question: Confirmation = {
      title: programs.length === 1 ? `Add the program "${first?.name ?? ''}"?` : `Add ${programs.length} programs?`,
      message: RIGHTS, detail: programs.map(({ name, detail }) => (programs.length === 1 ? detail : `${name}\n${detail}`)).join('\n\n'), accept: 'Add',
    };
    try {
      if (!await confirming.dialog(question)) throw new AppError('mcp/not-confirmed', 'You did not confirm it; nothing was changed.');
      return { done: await work(), confirmAt: null };
    } catch (error) {
      if (!hasCode(error, 'host/unavailable')) throw error;
      return { done: null, confirmAt: await confirming.page(question, async () => { await work(); }) };
    }
  }
  const programOf = (name: string, transport: McpTransport): { name: string; detail: string }[] => {
    const detail = mcp.confirmation(name, transport);
    return detail === null ? [] : [{ name, detail }];
  };
  const single = ({ done, confirmAt }: { done: McpServer | null; confirmAt: string | null }): { server: McpServer | null; confirmAt: string | null } => ({ server: done, confirmAt });

  return {
    list: server.mcp.list.handler(() => mcp.list()),
    add: server.mcp.add.handler(({ input, context }) => once('mcp.add', input, async () => single(await whenConfirmed(context.client, programOf(input.name, input.transport), () => mcp.add(input, requestOf('mcp.add', input)))))),
    update: server.mcp.update.handler(({ input, context }) => once('mcp.update', input, async () => {
      const before = await mcp.get(input);
      const isOther = input.transport !== undefined && JSON.stringify(input.transport) !== JSON.stringify(before.transport);
      // Other values for the same program can make it do something else, too.
      const programs = isOther || Object.keys(input.values).length > 0 ? programOf(input.name ?? before.name, input.transport ?? before.transport) : [];
      return single(await whenConfirmed(context.client, programs, () => mcp.update(input, requestOf('mcp.update', input))));
    })),
    pickFolder: server.mcp.pickFolder.handler(({ input }) => once('mcp.pickFolder', input, async () => {
      const { name } = await mcp.checkFolders(input);
      const title = `Pick a folder that "${name}" is told of`;
      try {
        const path = await picking.dialog(title, 'folder');
        if (path === null) throw new AppError('host/cancelled', 'No folder was picked; nothing was changed.');
        return { server: await mcp.addFolder({ id: input.id, path }, requestOf('mcp.pickFolder', input)), confirmAt: null };
      } catch (error) {
        if (!hasCode(error, 'host/unavailable')) throw error;
        return { server: null, confirmAt: await picking.page(title, 'It may read and change what lies there', async (path) => { await mcp.addFolder({ id: input.id, path }); }) };
      }
    })),
    addFolder: server.mcp.addFolder.handler(({ input, context }) => {
      if (context.client === 'page') throw new AppError('permission/denied', 'A page cannot name a folder itself. Use "Add a folder".');
      return mcp.addFolder(input, requestOf('mcp.addFolder', input));
    }),
    removeFolder: server.mcp.removeFolder.handler(({ input }) => mcp.removeFolder(input, requestOf('mcp.removeFolder', input))),
    setEnabled: server.mcp.setEnabled.handler(({ input }) => mcp.setEnabled(input, requestOf('mcp.setEnabled', input))),
    remove: server.mcp.remove.handler(({ input }) => mcp.remove(input, requestOf('mcp.remove', input))),
    restore: server.mcp.restore.handler(({ input }) => mcp.restore(input, requestOf('mcp.restore', input))),
    test: server.mcp.test.handler(({ input, signal }) => once('mcp.test', input, () => mcp.test(input, signal ?? AbortSignal.timeout(120_000)))),
    tools: server.mcp.tools.handler(({ input }) => mcp.tools(input)),
    setEffect: server.mcp.setEffect.handler(({ input }) => mcp.setEffect(input, requestOf('mcp.setEffect', input))),
    acceptTool: server.mcp.acceptTool.handler(({ input }) => mcp.acceptTool(input, requestOf('mcp.acceptTool', input))),
    signIn: server.mcp.signIn.handler(({ input, context }) => once('mcp.signIn', input, async () => {
      const { at } = await mcp.signIn(input);
      return { signInAt: at !== null && context.client === 'page' && await openOutside(at) ? null : at };
    })),
    signOut: server.mcp.signOut.handler(({ input }) => mcp.signOut(input)),
    log: server.mcp.log.handler(({ input }) => mcp.log(input)),
    openBundle: server.mcp.openBundle.handler(async ({ input, context }) => {
      if (context.client === 'page') throw new AppError('permission/denied', 'A page names no files of this machine.');
      return { bundle: await mcp.openBundle(input) };
    }),
    uploadBundle: server.mcp.uploadBundle.handler(({ input }) => once('mcp.uploadBundle', input, async () => ({ bundle: await mcp.bringBundle(input) }))),
    addBundle: server.mcp.addBundle.handler(({ input, context }) => once('mcp.addBundle', input, async () =>
      single(await whenConfirmed(context.client, programOf(input.name, await mcp.previewBundle(input)), () => mcp.addBundle(input, requestOf('mcp.addBundle', input)))))),
    previewImport: server.mcp.previewImport.handler(({ input }) => ({ servers: mcp.previewImport(input) })),
    import: server.mcp.import.handler(({ input, context }) => once('mcp.import', input, async () => {
      const chosen = mcp.previewImport(input).filter(({ key }) => input.keys.includes(key));
      const programs = chosen.flatMap(({ name, transport }) => (transport ? programOf(name, transport) : []));
      const { done, confirmAt } = await whenConfirmed(context.client, programs, () => mcp.import(input));
      return { servers: done ?? [], confirmAt };
    })),
  };
};
