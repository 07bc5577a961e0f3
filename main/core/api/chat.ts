import type { Attachments, Chat, Imports } from '../workspace/chat/index.ts';
import { requestOf, server } from './context.ts';
import type { Once } from './once.ts';

export const chatApi = (chat: Chat, attachments: Attachments, imports: Imports, once: Once) => ({
  conversations: server.chat.conversations.handler(({ input }) => chat.conversations(input)),
  get: server.chat.get.handler(({ input }) => chat.get(input)),
  start: server.chat.start.handler(({ input }) => chat.start(input, requestOf('chat.start', input))),
  rename: server.chat.rename.handler(({ input }) => chat.rename(input, requestOf('chat.rename', input))),
  place: server.chat.place.handler(({ input }) => chat.place(input, requestOf('chat.place', input))),
  costs: server.chat.costs.handler(({ input }) => chat.costs(input)),
  limitCost: server.chat.limitCost.handler(({ input }) => chat.limitCost(input, requestOf('chat.limitCost', input))),
  remove: server.chat.remove.handler(({ input }) => chat.remove(input, requestOf('chat.remove', input))),
  restore: server.chat.restore.handler(({ input }) => chat.restore(input, requestOf('chat.restore', input))),
  messages: server.chat.messages.handler(({ input }) => chat.messages(input)),
  export: server.chat.export.handler(({ input }) => chat.export(input)),
  attach: server.chat.attach.handler(({ input }) => once('chat.attach', input, () => attachments.add(input))),
  attachment: server.chat.attachment.handler(({ input }) => attachments.read(input)),
  readImport: server.chat.readImport.handler(({ input }) => once('chat.readImport', input, () => imports.add(input))),
  storeImport: server.chat.storeImport.handler(({ input }) => once('chat.storeImport', input, () => imports.store(input))),
  dropImport: server.chat.dropImport.handler(({ input }) => imports.drop(input)),
  imports: server.chat.imports.handler(() => imports.list()),
  removeImport: server.chat.removeImport.handler(({ input }) => imports.remove(input, requestOf('chat.removeImport', input))),
  restoreImport: server.chat.restoreImport.handler(({ input }) => imports.restore(input, requestOf('chat.restoreImport', input))),
  send: server.chat.send.handler(({ input }) => chat.send(input, requestOf('chat.send', input))),
  edit: server.chat.edit.handler(({ input }) => chat.edit(input, requestOf('chat.edit', input))),
  retry: server.chat.retry.handler(({ input }) => chat.retry(input, requestOf('chat.retry', input))),
  answers: server.chat.answers.handler(({ input }) => chat.answers(input)),
  handOver: server.chat.handOver.handler(({ input }) => chat.handOver(input, requestOf('chat.handOver', input))),
  continue: server.chat.continue.handler(({ input }) => chat.continue(input, requestOf('chat.continue', input))),
  choose: server.chat.choose.handler(({ input }) => chat.choose(input, requestOf('chat.choose', input))),
});
