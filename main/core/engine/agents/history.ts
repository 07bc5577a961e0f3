import type { ChatMessage, ToolCallView } from '../../../../contract/model/chat.ts';
import { textMessage, type Message, type Part } from '../../../../contract/model/message.ts';
import { shortNameOf } from '../tools/index.ts';

/** One earlier message of the conversation as the model reads it; the log names it by its id. */
export interface HistoryEntry {
  readonly id: string;
  readonly messages: readonly Message[];
  /** What stands before this was not read, and no summary stands for it. */
  readonly afterOlder?: true | undefined;
  /** Made while this was answered, of everything up to the message `through`. */
  readonly summary?: { readonly text: string; readonly through: string } | undefined;
}

/** What the model is told when it is to go on; said again wherever its two halves are read later. */
export const CONTINUE = 'Your answer was cut off. Go on exactly where it stopped, without repeating what you said.';

interface Segment { text: string; readonly calls: ToolCallView[] }

/**
 * What was said before, from the stored messages. Their tool calls get ids of our own, since providers refuse each
 * other's (`callId` is unique in one run only). What never ended is told as far as it came. `attached` has the files of a
 * message by its id; `older`: something stands before these that is left out.
 */
export function historyOf(messages: readonly ChatMessage[], attached: ReadonlyMap<string, readonly Part[]> = new Map(), older = false): HistoryEntry[] {
  let count = 0;
  const nextId = (): string => { count += 1; return `h${String(count).padStart(8, '0')}`; };
  return messages.map((message, at) => ({ id: message.id, ...(older && at === 0 && { afterOlder: true as const }), summary: message.blocks.findLast((block) => block.type === 'summary'), messages: message.role === 'user' ? [{ role: 'user', parts: [{ type: 'text', text: textsOf(message) }, ...attached.get(message.id) ?? []] }] : answered(message, nextId) }));
}

function answered(message: ChatMessage, nextId: () => string): Message[] {
  const said = segmentsOf(message).flatMap((segment) => told(segment, nextId));
  return message.continues ? [textMessage('user', CONTINUE), ...said] : said;
}

const textsOf = (message: ChatMessage): string => message.blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');

/** A text after tool calls begins the next answer of the model. */
function segmentsOf(message: ChatMessage): Segment[] {
  const segments: Segment[] = [];
  for (const block of message.blocks) {
    const last = segments.at(-1);
    if (block.type === 'text') {
      if (last && last.calls.length === 0) last.text += `\n${block.text}`;
      else segments.push({ text: block.text, calls: [] });
    }
    // A call that a tool made of another is part of that tool's own work.
    if (block.type === 'tool' && !block.call.callId.includes('/')) {
      if (last) last.calls.push(block.call);
      else segments.push({ text: '', calls: [block.call] });
    }
  }
  return segments;
}

function told(segment: Segment, nextId: () => string): Message[] {
  const parts: Part[] = segment.text === '' ? [] : [{ type: 'text', text: segment.text }];
  const results: Message[] = [];
  for (const call of segment.calls) {
    const [id, name] = [nextId(), shortNameOf(call.toolId || call.name).replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'tool'];
    parts.push({ type: 'tool_call', id, tool: call.toolId, name, arguments: call.arguments ?? {} });
    results.push({ role: 'tool', parts: [{ type: 'tool_result', callId: id, name, content: call.result ?? call.error ?? 'This was not finished.', isError: call.state !== 'done' }] });
  }
  return [{ role: 'assistant', parts }, ...results];
}

/** Leaves out whole turns from the front: what is left begins with something the user said. */
export function withoutOldest(history: readonly HistoryEntry[], count: number): readonly HistoryEntry[] {
  let from = Math.min(count, history.length);
  while (from < history.length && history[from]?.messages[0]?.role !== 'user') from += 1;
  return history.slice(from);
}
