import * as z from 'zod/mini';
import { attachedSchema, attachmentSchema, MOST_ATTACHMENTS } from '../model/attachment.ts';
import { chatImportSchema, importPreviewSchema } from '../model/chat-import.ts';
import { conversationSchema, exportedConversationSchema, exportFormatSchema, messageSchema } from '../model/chat.ts';
import { idSchema } from '../model/ids.ts';
import { chatCostsSchema, costLimitSchema } from '../model/spending.ts';
import { read, write } from './procedure.ts';

const errors = ['chat/not-found'] as const;
const turnErrors = ['chat/not-found', 'chat/busy', 'team/not-found', 'team/paused'] as const;
const saidErrors = [...turnErrors, 'chat/bad-attachment'] as const;
const attachments = z.optional(z.array(attachedSchema).check(z.maxLength(MOST_ATTACHMENTS)));
const textSchema = z.string().check(z.minLength(1), z.maxLength(200_000));
const started = z.object({ runId: idSchema });

export const chat = {
  conversations: read('/conversations', { hireId: z.optional(idSchema), words: z._default(z.string().check(z.maxLength(200)), ''), limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(200)), 100) }, z.object({ conversations: z.array(conversationSchema) })),
  get: read('/conversations/{id}', { id: idSchema }, conversationSchema, { errors }),
  start: write('POST /conversations', { hireId: idSchema }, conversationSchema, { errors: ['team/not-found'] }),
  rename: write('PATCH /conversations/{id}', { id: idSchema, title: z.string().check(z.trim(), z.minLength(1), z.maxLength(120)) }, conversationSchema, { errors }),
  /** Where it stands in the list: pinned or not, in a folder or (null) in none; what is left out stays. */
  place: write('PUT /conversations/{id}/place', { id: idSchema, pinned: z.optional(z.boolean()), folder: z.optional(z.nullable(z.string().check(z.trim(), z.minLength(1), z.maxLength(60)))) }, conversationSchema, { errors }),
  /** Hides the conversation; `restore` brings it back. */
  remove: write('DELETE /conversations/{id}', { id: idSchema }, z.object({}), { errors }),
  restore: write('POST /conversations/{id}/restore', { id: idSchema }, conversationSchema, { errors }),
  /** A page of the messages that are shown (one branch of them), in order, the newest page when `before` is left out. A message under way is included as far as it has come. */
  messages: read('/conversations/{id}/messages', { id: idSchema, before: z.optional(z.string()), limit: z._default(z.number().check(z.int(), z.gte(1), z.lte(200)), 50) }, z.object({ messages: z.array(messageSchema), earlier: z.boolean() }), { errors }),
  /** The conversation as a file: the branch that is shown for people (Markdown, or a page of HTML that needs nothing else), all branches as JSON. */
  export: read('/conversations/{id}/export', { id: idSchema, format: exportFormatSchema }, exportedConversationSchema, { errors, timeoutMs: 30_000 }),
  /** What the conversation took in all, and its agent in all conversations. */
  costs: read('/conversations/{id}/costs', { id: idSchema }, chatCostsSchema, { errors }),
  /** How much the conversation, or its agent in all conversations together, may cost; null: no limit. */
  limitCost: write('PUT /conversations/{id}/costs', { id: idSchema, of: z.enum(['conversation', 'agent']), limit: costLimitSchema }, chatCostsSchema, { errors }),
  /** A file for a message, in parts, one after another from `offset` 0; the answer to the last is what it was taken for. Its bytes say what it is, not its name. */
  attach: write('POST /attachments', { upload: idSchema, offset: z.int().check(z.nonnegative()), base64: z.string().check(z.maxLength(700_000)), last: z.boolean(), name: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)) },
    z.object({ attachment: z.nullable(attachmentSchema) }), { timeoutMs: 30_000, errors: ['core/bad-input', 'chat/bad-attachment'] }),
  /** A part of a file's bytes; there are more while `last` is false. */
  attachment: read('/attachments/{id}', { id: idSchema, offset: z._default(z.int().check(z.nonnegative()), 0) }, z.object({ mediaType: z.string(), base64: z.string(), last: z.boolean() }), { errors: ['chat/bad-attachment'] }),
  /** A file of conversations, in parts like a file of a message; the answer to the last is what is in it. Nothing of it is stored yet. */
  readImport: write('POST /imports/parts', { upload: idSchema, offset: z.int().check(z.nonnegative()), base64: z.string().check(z.maxLength(700_000)), last: z.boolean(), name: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)) },
    z.object({ preview: z.nullable(importPreviewSchema) }), { timeoutMs: 70_000, errors: ['core/bad-input', 'chat/bad-import'] }),
  /** Stores the next conversations of a file that was sent in full, each whole or not at all, for part of a second; call again while some are `left`. An agent of the name that the file gives has its own, `hireId` all others. What is here already is not stored again. */
  storeImport: write('POST /imports', { upload: idSchema, hireId: idSchema }, z.object({ importId: idSchema, imported: z.number(), already: z.number(), left: z.number() }), { timeoutMs: 120_000, errors: ['chat/bad-import', 'team/not-found'] }),
  /** Lets a file go that was sent and is not wanted. */
  dropImport: write('DELETE /imports/parts/{upload}', { upload: idSchema }, z.object({})),
  /** Imports of which something is still in the list, the newest first. */
  imports: read('/imports', {}, z.object({ imports: z.array(chatImportSchema) })),
  /** Hides all conversations of one import; `restoreImport` brings them back. */
  removeImport: write('DELETE /imports/{id}', { id: idSchema }, z.object({ conversations: z.number() }), { errors }),
  restoreImport: write('POST /imports/{id}/restore', { id: idSchema }, z.object({ conversations: z.number() }), { errors }),
  /** Stores the message and starts a run that answers it; follow it with `runs.events`. */
  send: write('POST /conversations/{id}/messages', { id: idSchema, text: textSchema, attachments }, started, { errors: saidErrors }),
  /** Says something else in the place of an earlier message of the person, as a branch beside it: nothing that stood there is lost. Its files are kept when `attachments` is left out. */
  edit: write('POST /conversations/{id}/messages/{messageId}/edit', { id: idSchema, messageId: idSchema, text: textSchema, attachments }, started, { errors: saidErrors }),
  /** Answers a message again, the last one when `messageId` (a message or its answer) is left out; the answer stands beside the earlier one. `hireId` and `model` let somebody else of the team, or another model, answer this once. */
  retry: write('POST /conversations/{id}/retry', { id: idSchema, messageId: z.optional(idSchema), hireId: z.optional(idSchema), model: z.optional(z.string().check(z.minLength(1), z.maxLength(200))) }, started, { errors: turnErrors }),
  /** All answers to what an answer answers, itself among them, in the order in which they were made. */
  answers: read('/conversations/{id}/messages/{messageId}/answers', { id: idSchema, messageId: idSchema }, z.object({ messages: z.array(messageSchema) }), { errors }),
  /** Somebody else of the team answers from now on, and knows what was said. */
  handOver: write('POST /conversations/{id}/hand-over', { id: idSchema, hireId: idSchema }, conversationSchema, { errors: turnErrors }),
  /** Goes on where the last answer was cut off: stopped, failed or interrupted. */
  continue: write('POST /conversations/{id}/continue', { id: idSchema }, started, { errors: turnErrors }),
  /** Shows the branch that a message lies on, down to where it was left. */
  choose: write('POST /conversations/{id}/messages/{messageId}/choose', { id: idSchema, messageId: idSchema }, z.object({}), { errors: ['chat/not-found', 'chat/busy'] }),
};
