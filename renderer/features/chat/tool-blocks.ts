import type { ChatMessage, ToolCallView } from '../../../contract/model/chat.ts';

export type Part =
  | { type: 'text'; text: string }
  | { type: 'notice'; code: string; message: string }
  | Extract<ChatMessage['blocks'][number], { type: 'summary' }>
  | { type: 'tools'; folded: ToolCallView[]; calls: ToolCallView[] };

/** More finished calls in a row than this fold away; the newest stay in sight. */
const SHOWN = 3;

/** The blocks of a message with calls that follow each other put together, the older finished ones of a long row folded. */
export function partsOf(blocks: ChatMessage['blocks']): Part[] {
  const parts: Part[] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (block.type !== 'tool') parts.push(block);
    else if (last?.type === 'tools') last.calls.push(block.call);
    else parts.push({ type: 'tools', folded: [], calls: [block.call] });
  }
  return parts.map((part) => {
    if (part.type !== 'tools' || part.calls.length <= SHOWN + 1) return part;
    const open = part.calls.findIndex((call, index) => index >= part.calls.length - SHOWN || call.state === 'running' || call.state === 'waiting_for_approval');
    return { ...part, folded: part.calls.slice(0, open), calls: part.calls.slice(open) };
  });
}
