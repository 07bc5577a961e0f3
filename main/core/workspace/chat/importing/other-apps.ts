import * as z from 'zod/mini';
import { byTime, instant, line, Refusal, type Draft, type DraftMessage, type DraftNode, type Leave } from './draft.ts';

const text = z.optional(z.nullable(z.string()));
const time = z.optional(z.nullable(z.union([z.string(), z.number()])));
const timeOf = (value: string | number | null | undefined): number | null => (value == null ? null : instant(typeof value === 'number' ? value : Date.parse(value)));

const libreMessageSchema = z.object({
  messageId: z.string(), parentMessageId: text, isCreatedByUser: z.optional(z.nullable(z.boolean())), sender: text, text, model: text, createdAt: time, unfinished: z.optional(z.nullable(z.boolean())),
  content: z.optional(z.nullable(z.array(z.object({ type: z.optional(z.string()), text: z.optional(z.nullable(z.union([z.string(), z.object({ value: z.string() })]))) })))),
  files: z.optional(z.nullable(z.array(z.unknown()))), children: z.optional(z.nullable(z.array(z.unknown()))),
});
const libreSchema = z.object({ conversationId: z.string(), title: text, exportAt: z.optional(z.unknown()), messages: z.optional(z.array(z.unknown())), messagesTree: z.optional(z.array(z.unknown())) });
/** LibreChat's first messages follow this one, which is in no file. */
const LIBRE_ROOT = '00000000-0000-0000-0000-000000000000';

export const isLibreChat = (value: object): boolean => 'conversationId' in value && ('messages' in value || 'messagesTree' in value);

/** A conversation that LibreChat exports as JSON: as a list, or as a tree. @throws Refusal */
export function readLibreChat(value: object, leave: Leave): Draft {
  const { data } = libreSchema.safeParse(value);
  if (!data) throw new Refusal('Its title or its list of messages are not as LibreChat writes them.');
  const nodes: DraftNode[] = [];
  const open = (data.messages ?? data.messagesTree ?? []).map((given) => ({ given, parent: undefined as string | undefined })).toReversed();
  for (let next = open.pop(); next; next = open.pop()) {
    const message = libreMessageSchema.safeParse(next.given).data;
    if (!message) throw new Refusal(`Message ${nodes.length + 1} is not as LibreChat writes it.`);
    const parentId = next.parent ?? message.parentMessageId ?? null;
    nodes.push({ id: message.messageId, parentId: parentId === LIBRE_ROOT ? null : parentId, message: libreMessage(message, leave) });
    for (const child of (message.children ?? []).toReversed()) open.push({ given: child, parent: message.messageId });
  }
  return { source: 'librechat', sourceId: data.conversationId, title: line(data.title ?? '', 120), agent: nodes.find(({ message }) => message?.author !== undefined)?.message?.author ?? 'LibreChat', createdAt: null, shown: null, nodes };
}

function libreMessage(message: z.infer<typeof libreMessageSchema>, leave: Leave): DraftMessage | null {
  const parts = (message.content ?? []).flatMap((part) => {
    const said = typeof part.text === 'string' ? part.text : part.text?.value;
    if (part.type === 'text' && said !== undefined) return [said];
    leave(part.type === 'tool_call' ? 'tool' : part.type === 'think' ? 'reasoning' : 'file');
    return [];
  });
  for (const _file of message.files ?? []) leave('file');
  const said = parts.length > 0 ? parts.join('\n\n') : message.text ?? '';
  if (said.trim() === '') { leave('empty'); return null; }
  const mine = message.isCreatedByUser === true;
  return { role: mine ? 'user' : 'assistant', at: timeOf(message.createdAt), status: message.unfinished === true ? 'interrupted' : 'done', model: mine ? null : line(message.model ?? '', 200) || null, usage: null, blocks: [{ type: 'text', text: said }], ...(!mine && { author: line(message.sender ?? '', 80) || 'LibreChat' }) };
}

const lobeStateSchema = z.object({
  messages: z.array(z.object({ id: z.string(), role: z.string(), content: text, createdAt: time, sessionId: text, topicId: text, model: text, files: z.optional(z.nullable(z.array(z.unknown()))) })),
  sessions: z.optional(z.array(z.object({ id: z.string(), meta: z.optional(z.nullable(z.object({ title: text }))), title: text }))),
  topics: z.optional(z.array(z.object({ id: z.string(), title: text }))),
});
const lobeSchema = z.union([z.object({ state: lobeStateSchema }), z.object({ data: lobeStateSchema })]);

export const isLobeChat = (value: object): boolean => ['state', 'data'].some((key) => { const held: unknown = (value as Record<string, unknown>)[key]; return typeof held === 'object' && held !== null && Array.isArray((held as { messages?: unknown }).messages); });

/** A backup of LobeChat: a conversation for each topic, and for what is said outside of topics. @throws Refusal */
export function readLobeChat(value: object, leave: Leave): Draft[] {
  const { data } = lobeSchema.safeParse(value);
  if (!data) throw new Refusal('Its messages are not as LobeChat writes them.');
  const state = 'state' in data ? data.state : data.data;
  const titles = new Map([...(state.sessions ?? []).map((one): [string, string] => [one.id, one.meta?.title ?? one.title ?? '']), ...(state.topics ?? []).map((one): [string, string] => [one.id, one.title ?? ''])]);
  const talks = Map.groupBy(state.messages, (message) => message.topicId ?? message.sessionId ?? '');
  return [...talks].map(([id, messages]): Draft => {
    const author = line(titles.get(messages[0]?.sessionId ?? '') ?? '', 80) || 'LobeChat';
    const nodes = byTime(messages.map((message): DraftNode => {
      for (const _file of message.files ?? []) leave('file');
      const mine = message.role === 'user';
      const what = !mine && message.role !== 'assistant' ? message.role === 'system' ? 'instructions' : 'tool' : (message.content ?? '').trim() === '' ? 'empty' : null;
      if (what !== null) leave(what);
      return { id: message.id, parentId: null, message: what !== null ? null : { role: mine ? 'user' : 'assistant', at: timeOf(message.createdAt), status: 'done', model: mine ? null : line(message.model ?? '', 200) || null, usage: null, blocks: [{ type: 'text', text: message.content ?? '' }], ...(!mine && { author }) } };
    }));
    // It keeps no branches: one message follows the other.
    return { source: 'lobechat', sourceId: id || null, title: line(titles.get(id) ?? '', 120), agent: author, createdAt: null, shown: null, nodes: nodes.map((node, at) => ({ ...node, parentId: nodes[at - 1]?.id ?? null })) };
  });
}
