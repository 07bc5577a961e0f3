import type { MemoryService } from '../engine/memory/index.ts';
import { requestOf, server } from './context.ts';

export const memoryApi = (memory: MemoryService) => ({
  list: server.memory.list.handler(({ input }) => memory.list(input)),
  search: server.memory.search.handler(({ input }) => memory.search(input)),
  export: server.memory.export.handler(({ input }) => memory.export(input)),
  owners: server.memory.owners.handler(() => memory.owners()),
  add: server.memory.add.handler(({ input }) => memory.add(input, requestOf('memory.add', input))),
  update: server.memory.update.handler(({ input }) => memory.update(input, requestOf('memory.update', input))),
  pin: server.memory.pin.handler(({ input }) => memory.pin(input, requestOf('memory.pin', input))),
  forget: server.memory.forget.handler(({ input }) => memory.forget(input, requestOf('memory.forget', input))),
  forgetAll: server.memory.forgetAll.handler(({ input }) => memory.forgetAll(input, requestOf('memory.forgetAll', input))),
  restore: server.memory.restore.handler(({ input }) => memory.restore(input, requestOf('memory.restore', input))),
});
