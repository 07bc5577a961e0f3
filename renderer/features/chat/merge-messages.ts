import type { Attachment } from '../../../contract/model/attachment.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';

/** What the person sent and the core has not told us back yet; `after` as in a turn. */
export interface Pending { text: string; at: number; runId: string | null; after?: string | null; attachments?: readonly Attachment[] | undefined }

/**
 * The messages to show: what is stored, over it what the run under way has said so far, and below all what was just
 * sent. A new branch takes the place of what followed the same message. `by`: who writes the answer under way, when that is not who the
 * conversation is with.
 */
export function mergeMessages(stored: readonly ChatMessage[], live: readonly ChatMessage[], pending: Pending | null, conversationId: string, by?: string): ChatMessage[] {
  const storedById = new Map(stored.map((message) => [message.id, message]));
  const first = live[0];
  const known = first ? stored.findIndex((message) => message.id === first.id) : stored.length;
  const shown = first && known < 0 ? upTo(stored, first.parentId) : stored.slice(0, known);
  for (const message of live) {
    const kept = storedById.get(message.id);
    // The stored one may be further than our copy of the log, never the other way round once it is finished.
    shown.push(kept && kept.status !== 'streaming' && message.status === 'streaming' ? kept : withWhatIsKept(message, kept, by));
  }
  if (!pending || (pending.runId !== null && shown.some((message) => message.runId === pending.runId))) return shown;
  const before = pending.after === undefined ? shown : upTo(shown, pending.after);
  const last = before.at(-1);
  const seq = (shown.at(-1)?.seq ?? 0) + 1;
  const base = { conversationId, runId: pending.runId ?? 'pending', at: pending.at, model: null, usage: null };
  return [
    ...before,
    { ...base, id: 'pending_u', seq, parentId: last?.id ?? null, role: 'user', status: 'done', blocks: [{ type: 'text', text: pending.text }], ...(pending.attachments && pending.attachments.length > 0 && { attachments: [...pending.attachments] }) },
    { ...base, id: 'pending_a', seq: seq + 1, parentId: 'pending_u', role: 'assistant', status: 'streaming', blocks: [] },
  ];
}

/** What the log does not tell: where the message stands among others, and who answers. */
function withWhatIsKept(message: ChatMessage, kept: ChatMessage | undefined, by: string | undefined): ChatMessage {
  const hireId = message.role === 'assistant' ? kept?.hireId ?? by : undefined;
  return kept?.branch || hireId !== undefined ? { ...message, ...(kept?.branch && { branch: kept.branch }), ...(hireId !== undefined && { hireId }) } : message;
}

/** What leads to a message, itself included; everything when it is not among those that were loaded. */
function upTo(messages: readonly ChatMessage[], id: string | null): ChatMessage[] {
  const at = messages.findIndex((message) => message.id === id);
  return id === null ? [] : at < 0 ? [...messages] : messages.slice(0, at + 1);
}

/** Stays the same while a message goes from "sent" over "streaming" to "stored", so that nothing is measured or mounted anew. */
export const keyOf = (message: ChatMessage): string => `${message.role}:${message.seq}`;

/** The words of a message as they were written, without what its tools did. */
export const plainOf = (message: ChatMessage): string => message.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n').trim();
