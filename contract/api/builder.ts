import * as z from 'zod/mini';
import { agentTemplateSchema, agentVersionSchema, differenceLineSchema, draftProblemSchema, draftSchema, ownAgentDetailSchema, ownAgentSchema, pickableToolSchema, previewSchema } from '../model/builder.ts';
import { exportedConversationSchema } from '../model/chat.ts';
import { idSchema, sourceIdSchema } from '../model/ids.ts';
import { read, write } from './procedure.ts';

const errors = ['builder/not-found'] as const;
const version = z.number().check(z.int(), z.gte(1));
const revision = z.number().check(z.int(), z.gte(1));

/** Agents of one's own: drafts, their versions, and the preview beside the form. */
export const builder = {
  list: read('/builder/agents', {}, z.object({ agents: z.array(ownAgentSchema) })),
  get: read('/builder/agents/{id}', { id: idSchema }, ownAgentDetailSchema, { errors }),
  /** Begins with nothing, a template, an agent of an installed plugin or of one's own, or a hired agent. */
  create: write('POST /builder/agents', { from: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('nothing') }), z.object({ kind: z.literal('template'), id: z.string().check(z.maxLength(64)) }),
    z.object({ kind: z.literal('agent'), pluginId: sourceIdSchema, agentId: z.string().check(z.maxLength(64)) }), z.object({ kind: z.literal('hire'), id: idSchema }),
  ]) }, ownAgentDetailSchema, { errors: ['builder/not-found', 'team/not-found', 'team/no-agent', 'plugins/not-installed'] }),
  /** Keeps the draft as it is written, right or wrong. `revision` is the one that was changed. */
  change: write('PUT /builder/agents/{id}/draft', { id: idSchema, revision, draft: draftSchema }, z.object({ revision: z.number(), unsaved: z.boolean(), problems: z.array(draftProblemSchema) }), { errors: ['builder/not-found', 'builder/changed', 'core/bad-input'] }),
  /** Makes the draft the next version: hired agents work by it from their next message on. Answers the newest version when nothing differs from it. */
  save: write('POST /builder/agents/{id}/versions', { id: idSchema, note: z._default(z.string().check(z.maxLength(500)), '') }, agentVersionSchema, { errors: ['builder/not-found', 'builder/bad-agent'] }),
  /** Newest first. */
  versions: read('/builder/agents/{id}/versions', { id: idSchema }, z.object({ versions: z.array(agentVersionSchema) }), { errors }),
  /** What differs between two versions; null is the draft. */
  difference: read('/builder/agents/{id}/difference', { id: idSchema, from: z.nullable(version), to: z._default(z.nullable(version), null) }, z.object({ lines: z.array(differenceLineSchema) }), { errors }),
  /** Makes an older version the draft. */
  takeBack: write('POST /builder/agents/{id}/take-back', { id: idSchema, version }, ownAgentDetailSchema, { errors }),
  duplicate: write('POST /builder/agents/{id}/duplicate', { id: idSchema }, ownAgentDetailSchema, { errors }),
  /** Takes it from the list; those hired from it keep working. */
  remove: write('DELETE /builder/agents/{id}', { id: idSchema }, z.object({}), { errors }),
  /** Undoes a removal. */
  restore: write('POST /builder/agents/{id}/restore', { id: idSchema }, ownAgentDetailSchema, { errors }),
  templates: read('/builder/templates', {}, z.object({ templates: z.array(agentTemplateSchema) })),
  /** Built-in tools and those of plugins that are switched on. */
  tools: read('/builder/tools', {}, z.object({ tools: z.array(pickableToolSchema) })),
  /** One YAML file: the newest version, or the draft as it stands. */
  export: read('/builder/agents/{id}/export', { id: idSchema, draft: z._default(z.boolean(), false) }, exportedConversationSchema, { errors: ['builder/not-found', 'builder/bad-agent'] }),
  /** Reads an agent document as a new draft; nothing in it is run, and tools that are not there are told as problems. */
  import: write('POST /builder/import', { text: z.string().check(z.maxLength(300_000)) }, ownAgentDetailSchema, { errors: ['builder/bad-agent'] }),
  preview: read('/builder/agents/{id}/preview', { id: idSchema }, previewSchema, { errors }),
  /** Asks the draft as it stands; follow the answer with `runs.events`. `model` null takes the draft's own. */
  send: write('POST /builder/agents/{id}/preview', { id: idSchema, text: z.string().check(z.minLength(1), z.maxLength(200_000)), model: z._default(z.nullable(z.string()), null) }, z.object({ runId: idSchema }), { errors: ['builder/not-found', 'builder/busy', 'builder/bad-agent', 'models/not-found'] }),
  /** Begins the preview anew; what was said is no longer put to the model. */
  reset: write('POST /builder/agents/{id}/preview/reset', { id: idSchema }, z.object({}), { errors }),
};
