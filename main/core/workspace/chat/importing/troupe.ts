import * as z from 'zod/mini';
import { MOST_ATTACHMENTS, type Attachment } from '../../../../../contract/model/attachment.ts';
import { messageSchema, type ChatMessage } from '../../../../../contract/model/chat.ts';
import { instant, line, Refusal, type Draft } from './draft.ts';

const MOST_TEXT = 4_000_000;
const key = z.string().check(z.minLength(1), z.maxLength(200));
const count = z.number().check(z.nonnegative());
const time = z.string().check(z.maxLength(40));
const { blocks: blocksSchema, status: statusSchema } = messageSchema.shape;

const fileSchema = z.object({
  format: z.literal('troupe-conversation'), version: z.literal(1), id: z.optional(key), title: z.string().check(z.maxLength(2_000)), agent: z.string().check(z.maxLength(400)), created_at: time, shown: z.nullable(key),
  messages: z.array(z.object({
    id: key, parent_id: z.nullable(key), role: z.enum(['user', 'assistant']), at: time, status: statusSchema, model: z.nullable(z.string().check(z.maxLength(400))),
    usage: z.nullable(z.object({ promptTokens: count, completionTokens: count, estimated: z.boolean(), contextTokens: z.optional(count), cost: z.optional(z.nullable(count)) })),
    blocks: blocksSchema.check(z.maxLength(5_000)), author: z.optional(z.string().check(z.maxLength(400))), continues: z.optional(z.literal(true)),
    attachments: z.optional(z.array(z.object({ sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)), name: z.string().check(z.minLength(1), z.maxLength(200)), media_type: z.string().check(z.regex(/^(text\/plain|image\/(png|jpeg|webp|gif))$/)), bytes: count })).check(z.maxLength(MOST_ATTACHMENTS))),
  })),
});

export const isTroupe = (value: object): boolean => 'format' in value && value.format === 'troupe-conversation';

/** A conversation as `chat.export` writes it. Nothing that asks, runs or waits comes over: what was under way is interrupted. @throws Refusal */
export function readTroupe(value: object): Draft {
  if ('version' in value && value.version !== 1) throw new Refusal('It was written by a newer Troupe. Update this one and import again.');
  const { data, error } = fileSchema.safeParse(value);
  if (!data) throw new Refusal(`${placeOf(error)} is not as Troupe writes it.`);
  const agent = line(data.agent, 80) || 'Agent';
  return {
    source: 'troupe', sourceId: data.id ?? null, title: line(data.title, 120), agent, createdAt: timeOf(data.created_at, 'created_at'), shown: data.shown,
    nodes: data.messages.map((one, at) => ({
      id: one.id, parentId: one.parent_id,
      message: {
        role: one.role, at: timeOf(one.at, `messages[${at}].at`), status: one.status === 'streaming' ? 'interrupted' : one.status, model: one.model, usage: one.usage, blocks: one.blocks.map((block, place) => blockOf(block, `messages[${at}].blocks[${place}]`)),
        ...(one.role === 'assistant' && { author: line(one.author ?? agent, 80) || agent, ...(one.continues && { continues: true as const }) }),
        ...(one.attachments && one.attachments.length > 0 && { attachments: one.attachments.map((file): Attachment => ({ id: file.sha256, name: line(file.name, 200) || 'file', kind: file.media_type === 'text/plain' ? 'text' : 'image', mediaType: file.media_type, bytes: file.bytes, width: null, height: null })) }),
      },
    })),
  };
}

function blockOf(block: ChatMessage['blocks'][number], where: string): ChatMessage['blocks'][number] {
  if (block.type === 'text' && block.text.length > MOST_TEXT) throw new Refusal(`${where}.text has more than ${MOST_TEXT / 1e6} million characters.`);
  if (block.type !== 'tool') return block;
  const { questionId: _question, ...call } = block.call;
  return { type: 'tool', call: call.state === 'running' || call.state === 'waiting_for_approval' ? { ...call, state: 'failed', error: call.error ?? 'This was not finished.' } : call };
}

function timeOf(text: string, where: string): number {
  const at = instant(Date.parse(text));
  if (at === null) throw new Refusal(`${where} is no time.`);
  return at;
}

/** `messages[3].role`, of the first thing that is wrong. */
const placeOf = (error: z.core.$ZodError | undefined): string => (error?.issues[0]?.path ?? []).reduce<string>((place, step) => (typeof step === 'number' ? `${place}[${step}]` : place === '' ? String(step) : `${place}.${String(step)}`), '') || 'The whole';
