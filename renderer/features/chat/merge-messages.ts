import type { ChatMessage } from '../../../contract/model/chat.ts';

/** What the person sent and the core has not told us back yet. */
export interface Pending { text: string; at: number; runId: string | null }

/**
 * The messages to show: what is stored, over it what the run under way has said so far, and below all what was just
 * sent. A new answer to an old message stands at the seq of the one it replaces.
 */
export function mergeMessages(stored: readonly ChatMessage[], live: readonly ChatMessage[], pending: Pending | null, conversationId: string): ChatMessage[] {
  const storedById = new Map(stored.map((message) => [message.id, message]));
  const liveSeqs = new Set(live.map((message) => message.seq));
  const shown = stored.filter((message) => !liveSeqs.has(message.seq));
  for (const message of live) {
    const kept = storedById.get(message.id);
    // The stored one may be further than our copy of the log, never the other way round once it is finished.
    shown.push(kept && kept.status !== 'streaming' && message.status === 'streaming' ? kept : message);
  }
  shown.sort((a, b) => a.seq - b.seq);
  if (!pending || (pending.runId !== null && shown.some((message) => message.runId === pending.runId))) return shown;
  const seq = (shown.at(-1)?.seq ?? 0) + 1;
  const base = { conversationId, runId: pending.runId ?? 'pending', at: pending.at, model: null, usage: null };
  shown.push(
    { ...base, id: 'pending_u', seq, role: 'user', status: 'done', blocks: [{ type: 'text', text: pending.text }] },
    { ...base, id: 'pending_a', seq: seq + 1, role: 'assistant', status: 'streaming', blocks: [] },
  );
  return shown;
}

/** Stays the same while a message goes from "sent" over "streaming" to "stored", so that nothing is measured or mounted anew. */
export const keyOf = (message: ChatMessage): string => `${message.role}:${message.seq}`;

/** The words of a message as they were written, without what its tools did. */
export const plainOf = (message: ChatMessage): string => message.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n').trim();
