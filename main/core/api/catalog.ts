import path from 'node:path';
import { AppError } from '../../../contract/errors/app-error.ts';
import type { Catalog } from '../marketplace/catalog/index.ts';
import { server } from './context.ts';

export const catalogApi = (catalog: Catalog) => ({
  status: server.catalog.status.handler(() => catalog.status()),
  sync: server.catalog.sync.handler(() => catalog.sync()),
  addRegistry: server.catalog.addRegistry.handler(({ input, context }) => {
    // The person at the terminal names the folder; a page could name any.
    if (context.client === 'page' && (path.isAbsolute(input.address.trim()) || /^\s*file:/i.test(input.address))) throw new AppError('permission/denied', 'A page cannot name a folder. Add it at the command line: troupe registry add <folder>.', { details: { permission: 'folder' } });
    return catalog.addRegistry(input);
  }),
  removeRegistry: server.catalog.removeRegistry.handler(({ input }) => catalog.removeRegistry(input)),
  search: server.catalog.search.handler(({ input }) => catalog.search(input)),
  get: server.catalog.get.handler(({ input }) => catalog.get(input)),
  categories: server.catalog.categories.handler(() => catalog.categories()),
  collections: server.catalog.collections.handler(() => catalog.collections()),
  image: server.catalog.image.handler(({ input }) => catalog.image(input)),
});
