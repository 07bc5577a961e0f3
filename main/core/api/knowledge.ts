import type { KnowledgeService } from '../engine/knowledge/index.ts';
import type { Vectors } from '../engine/memory/index.ts';
import { requestOf, server } from './context.ts';
import type { Once } from './once.ts';

export const knowledgeApi = (knowledge: KnowledgeService, vectors: Pick<Vectors, 'status'>, once: Once) => ({
  vectors: server.knowledge.vectors.handler(() => vectors.status()),
  list: server.knowledge.list.handler(({ input }) => knowledge.list(input)),
  search: server.knowledge.search.handler(({ input }) => knowledge.search(input)),
  read: server.knowledge.read.handler(({ input }) => knowledge.read(input)),
  add: server.knowledge.add.handler(({ input }) => once('knowledge.add', input, () => knowledge.add(input))),
  remove: server.knowledge.remove.handler(({ input }) => knowledge.remove(input, requestOf('knowledge.remove', input))),
  restore: server.knowledge.restore.handler(({ input }) => knowledge.restore(input, requestOf('knowledge.restore', input))),
});
