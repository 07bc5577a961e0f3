import type { ChatMessage } from '../../../contract/model/chat.ts';

/** About so many characters are a token; right to about a quarter. */
const CHARACTERS_A_TOKEN = 4;
/** The core keeps a quarter free for the answer: from here on it leaves the oldest messages out. */
const FILLED = 0.75;

/** `tokens` of `length` would be read; `full`: not all of it can be. */
export interface ContextUse { readonly tokens: number; readonly length: number; readonly share: number; readonly full: boolean }

/** What the next message takes of the model's context: what the last answer read and wrote, and what is typed now. Null when it cannot be told. */
export function contextUse(messages: readonly ChatMessage[], draft: string, length: number | null): ContextUse | null {
  const last = messages.findLast(({ usage }) => usage?.contextTokens !== undefined)?.usage?.contextTokens;
  if (last === undefined || length === null || length <= 0) return null;
  const tokens = last + Math.ceil(draft.length / CHARACTERS_A_TOKEN);
  return { tokens, length, share: tokens / length, full: tokens > length * FILLED };
}
