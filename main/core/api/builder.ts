import type { Builder } from '../workspace/builder/index.ts';
import { requestOf, server } from './context.ts';

export const builderApi = (builder: Builder) => ({
  list: server.builder.list.handler(() => builder.list()),
  get: server.builder.get.handler(({ input }) => builder.get(input)),
  create: server.builder.create.handler(({ input }) => builder.create(input, requestOf('builder.create', input))),
  change: server.builder.change.handler(({ input }) => builder.change(input, requestOf('builder.change', input))),
  save: server.builder.save.handler(({ input }) => builder.save(input, requestOf('builder.save', input))),
  versions: server.builder.versions.handler(({ input }) => builder.versions(input)),
  difference: server.builder.difference.handler(({ input }) => builder.difference(input)),
  takeBack: server.builder.takeBack.handler(({ input }) => builder.takeBack(input, requestOf('builder.takeBack', input))),
  duplicate: server.builder.duplicate.handler(({ input }) => builder.duplicate(input, requestOf('builder.duplicate', input))),
  remove: server.builder.remove.handler(({ input }) => builder.remove(input, requestOf('builder.remove', input))),
  restore: server.builder.restore.handler(({ input }) => builder.restore(input, requestOf('builder.restore', input))),
  templates: server.builder.templates.handler(() => builder.templates()),
  tools: server.builder.tools.handler(() => builder.tools()),
  export: server.builder.export.handler(({ input }) => builder.export(input)),
  import: server.builder.import.handler(({ input }) => builder.import(input, requestOf('builder.import', input))),
  preview: server.builder.preview.handler(({ input }) => builder.preview(input)),
  send: server.builder.send.handler(({ input }) => builder.send(input, requestOf('builder.send', input))),
  reset: server.builder.reset.handler(({ input }) => builder.reset(input, requestOf('builder.reset', input))),
});
