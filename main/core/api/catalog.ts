import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import type { Catalog } from '../marketplace/catalog/index.ts';
import { server } from './context.ts';
import type { Once } from './once.ts';
import type { FolderPicking } from './plugins.ts';

const PICK_TITLE = 'Pick the folder of a registry';

/** The folder that an address names, or null for one on the web. */
function folderOf(address: string): string | null {
  const text = address.trim();
  if (path.isAbsolute(text)) return path.resolve(text);
  const url = URL.parse(text);
  // A file address that is none is refused below like any folder that was not picked.
  return url?.protocol === 'file:' ? (url.host === '' ? path.resolve(fileURLToPath(url)) : text) : null;
}

export function catalogApi(catalog: Catalog, { picking, once }: { picking: FolderPicking; once: Once }) {
  /** Folders that a person picked in a dialog that no page can operate. */
  const picked = new Set<string>();
  let last: string | null = null;
  const keep = (folder: string): string => {
    last = path.resolve(folder);
    picked.add(last);
    return last;
  };
  return {
    status: server.catalog.status.handler(() => catalog.status()),
    sync: server.catalog.sync.handler(() => catalog.sync()),
    addRegistry: server.catalog.addRegistry.handler(({ input, context }) => {
      // The person at the terminal names the folder; a page could name any, so it must have been picked in a dialog.
      const folder = folderOf(input.address);
      if (context.client === 'page' && folder !== null && !picked.has(folder)) throw new AppError('permission/denied', 'A page cannot name a folder itself. Use "Pick a folder", or the command line: troupe registry add <folder>.', { details: { permission: 'folder' } });
      return catalog.addRegistry(input);
    }),
    pickRegistry: server.catalog.pickRegistry.handler(({ input }) => once('catalog.pickRegistry', input, async () => {
      last = null;
      try {
        const folder = await picking.dialog(PICK_TITLE, 'folder');
        if (folder === null) throw new AppError('host/cancelled', 'No folder was picked; nothing was changed.');
        return { address: keep(folder), confirmAt: null };
      } catch (error) {
        if (!hasCode(error, 'host/unavailable')) throw error;
        return { address: null, confirmAt: await picking.page(PICK_TITLE, 'A catalog of plugins that somebody signed', (folder) => { keep(folder); return Promise.resolve(); }) };
      }
    })),
    pickedRegistry: server.catalog.pickedRegistry.handler(() => ({ address: last })),
    removeRegistry: server.catalog.removeRegistry.handler(({ input }) => catalog.removeRegistry(input)),
    search: server.catalog.search.handler(({ input }) => catalog.search(input)),
    get: server.catalog.get.handler(({ input }) => catalog.get(input)),
    publishers: server.catalog.publishers.handler(({ input }) => catalog.publishers(input)),
    reviews: server.catalog.reviews.handler(({ input }) => catalog.reviews(input)),
    categories: server.catalog.categories.handler(() => catalog.categories()),
    collections: server.catalog.collections.handler(() => catalog.collections()),
    image: server.catalog.image.handler(({ input }) => catalog.image(input)),
  };
}
