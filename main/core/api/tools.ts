import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import type { Connections, Tools } from '../engine/tools/index.ts';
import { requestOf, server } from './context.ts';
import type { Once } from './once.ts';
import type { FolderPicking } from './plugins.ts';

export const toolsApi = (connections: Connections, tools: Tools, { picking, once }: { readonly picking: FolderPicking; readonly once: Once }) => ({
  list: server.tools.list.handler(async () => ({
    tools: tools.builtin.map(({ id, title, description, effect }) => ({ id, title, description, effect })), connections: await connections.list(), circuits: connections.circuits.list(), secretsKept: connections.secretsKept(),
  })),
  forms: server.tools.forms.handler(() => ({ forms: connections.forms() })),
  connect: server.tools.connect.handler(({ input, context }) => once('tools.connect', input, async () => {
    const { requestId: _, folder, ...asked } = input;
    const keep = (path: string | null) => connections.connect({ ...asked, folder: path }, requestOf('tools.connect', input));
    // The person at the terminal names the folder; a page could name any, so it must go through a dialog.
    if (folder !== undefined && context.client === 'page') throw new AppError('permission/denied', 'A page cannot name a folder itself. Leave it out, and a dialog asks for it.', { details: { permission: 'folder' } });
    if (folder !== undefined || !connections.forms().some(({ kind, picks }) => kind === input.kind && picks)) return { connection: await keep(folder ?? null), confirmAt: null };
    connections.check(input.kind, asked);
    const title = `Pick a folder for "${input.name}"`;
    try {
      const path = await picking.dialog(title, 'folder');
      if (path === null) throw new AppError('host/cancelled', 'No folder was picked; nothing was kept.');
      return { connection: await keep(path), confirmAt: null };
    } catch (error) {
      if (!hasCode(error, 'host/unavailable')) throw error;
      return { connection: null, confirmAt: await picking.page(title, 'Agents reach it only when you give them this connection', async (path) => { await keep(path); }) };
    }
  })),
  configure: server.tools.configure.handler(({ input }) => connections.configure(input, requestOf('tools.configure', input))),
  test: server.tools.test.handler(({ input, signal }) => once('tools.test', input, () => connections.test(input, signal ?? AbortSignal.timeout(60_000)))),
  disconnect: server.tools.disconnect.handler(({ input }) => connections.disconnect(input, requestOf('tools.disconnect', input))),
  give: server.tools.give.handler(({ input }) => connections.give(input, requestOf('tools.give', input))),
  resetCircuit: server.tools.resetCircuit.handler(({ input }) => { connections.circuits.reset(input.host); return {}; }),
});
