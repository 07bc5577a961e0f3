import type { Catalog } from '../marketplace/catalog/index.ts';
import { server } from './context.ts';

export const catalogApi = (catalog: Catalog) => ({
  status: server.catalog.status.handler(() => catalog.status()),
  sync: server.catalog.sync.handler(() => catalog.sync()),
  search: server.catalog.search.handler(({ input }) => catalog.search(input)),
  get: server.catalog.get.handler(({ input }) => catalog.get(input)),
  categories: server.catalog.categories.handler(() => catalog.categories()),
  image: server.catalog.image.handler(({ input }) => catalog.image(input)),
});
