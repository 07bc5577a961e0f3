import * as z from 'zod/mini';
import { byTime, instant, line, quoted, Refusal, type Draft, type DraftMessage, type DraftNode, type Leave } from './draft.ts';

const seconds = z.optional(z.nullable(z.number()));
const messageSchema = z.object({
  author: z.object({ role: z.string() }), create_time: seconds, status: z.optional(z.nullable(z.string())),
  content: z.object({ content_type: z.string(), parts: z.optional(z.array(z.unknown())), text: z.optional(z.string()), language: z.optional(z.string()) }),
  metadata: z.optional(z.nullable(z.object({ model_slug: z.optional(z.nullable(z.string())), is_visually_hidden_from_conversation: z.optional(z.nullable(z.boolean())), attachments: z.optional(z.nullable(z.array(z.unknown()))) }))),
});
const nodeSchema = z.object({ message: z.optional(z.nullable(z.unknown())), parent: z.optional(z.nullable(z.string())) });
const conversationSchema = z.object({ id: z.optional(z.string()), conversation_id: z.optional(z.string()), title: z.optional(z.nullable(z.string())), create_time: seconds, current_node: z.optional(z.nullable(z.string())), mapping: z.record(z.string(), z.unknown()) });

export const isChatgpt = (value: object): boolean => 'mapping' in value;

/** A conversation of `conversations.json`: what people and models said, with all branches. Of the rest it is counted what it was. @throws Refusal */
export function readChatgpt(value: object, leave: Leave): Draft {
  const { data } = conversationSchema.safeParse(value);
  if (!data) throw new Refusal('Its title, its times or its list of messages are not as ChatGPT writes them.');
  const nodes = Object.entries(data.mapping).map(([id, given]): DraftNode => {
    const node = nodeSchema.safeParse(given).data;
    if (!node) throw new Refusal(`mapping[${quoted(id)}] is not written as a message.`);
    return { id, parentId: node.parent ?? null, message: node.message == null ? null : messageOf(node.message, id, leave) };
  });
  return { source: 'chatgpt', sourceId: data.conversation_id ?? data.id ?? null, title: line(data.title ?? '', 120), agent: 'ChatGPT', createdAt: instant((data.create_time ?? NaN) * 1_000), shown: data.current_node ?? null, nodes: byTime(nodes) };
}

function messageOf(given: unknown, id: string, leave: Leave): DraftMessage | null {
  const message = messageSchema.safeParse(given).data;
  if (!message) throw new Refusal(`mapping[${quoted(id)}].message is not as ChatGPT writes it.`);
  const { author: { role }, content, metadata } = message;
  const left = (what: Parameters<Leave>[0]): null => { leave(what); return null; };
  if (metadata?.is_visually_hidden_from_conversation === true) return left('hidden');
  if (role === 'system' || content.content_type === 'user_editable_context' || content.content_type === 'model_editable_context') return left('instructions');
  if (role !== 'user' && role !== 'assistant') return left('tool');
  if (content.content_type === 'thoughts' || content.content_type === 'reasoning_recap') return left('reasoning');
  for (const _file of metadata?.attachments ?? []) leave('file');
  const parts = (content.parts ?? []).flatMap((part) => {
    if (typeof part === 'string') return [part];
    // Pictures and sounds lie beside the file, not in it.
    leave('file');
    return [];
  });
  // What an assistant writes as code and not as text is for a tool of its own.
  if (content.content_type === 'code' && role === 'assistant') return left('tool');
  const text = content.text ?? parts.join('\n\n');
  if (text.trim() === '') return left('empty');
  return { role, at: instant((message.create_time ?? NaN) * 1_000), status: message.status === 'in_progress' ? 'interrupted' : 'done', model: role === 'assistant' ? line(metadata?.model_slug ?? '', 200) || null : null, usage: null, blocks: [{ type: 'text', text }], ...(role === 'assistant' && { author: 'ChatGPT' }) };
}
