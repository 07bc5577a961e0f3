import type { QueryClient } from '@tanstack/react-query';
import { create } from 'zustand';
import type { Attachment } from '../../../contract/model/attachment.ts';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { callProcedure, type CallError } from '../../bridge/procedures.ts';
import type { Bridge } from '../../bridge/bridge.ts';

/** The turn of a conversation that this page follows: sent here (`text`), or found under way (`text` null). */
export interface Turn {
  text: string | null;
  /** Files that were sent with it. */
  attachments?: readonly Attachment[] | undefined;
  at: number;
  runId: string | null;
  error: CallError | null;
  /** Who answers, when that is not who the conversation is with. */
  hireId?: string | undefined;
  /** The message that the sent one follows (null: it is the first); left out when it follows what is shown. */
  after?: string | null;
}

/** Outlives the screen: a message sent from "new chat" is followed in the conversation that it opened. */
export const useTurns = create<{ turns: Record<string, Turn> }>(() => ({ turns: {} }));

const put = (conversationId: string, turn: Turn): void => { useTurns.setState(({ turns }) => ({ turns: { ...turns, [conversationId]: turn } })); };

type Client = Bridge['client'];

async function begin(conversationId: string, said: Pick<Turn, 'text' | 'after' | 'attachments' | 'hireId'>, queries: QueryClient, call: () => Promise<{ runId: string }>): Promise<boolean> {
  const at = Date.now();
  put(conversationId, { ...said, at, runId: null, error: null });
  try {
    const { runId } = await call();
    put(conversationId, { ...said, at, runId, error: null });
    return true;
  } catch (error) {
    put(conversationId, { text: null, at, runId: null, error: error as CallError });
    return false;
  } finally {
    void queries.invalidateQueries({ queryKey: ['chat', 'conversations'] });
  }
}

/** Shows the message at once and sends it. @returns whether the core took it; if not, the turn says why. */
export const sendMessage = (client: Client, queries: QueryClient, conversationId: string, text: string, attachments: readonly Attachment[]): Promise<boolean> =>
  begin(conversationId, { text, attachments }, queries, () => callProcedure(client, 'chat', 'send', { id: conversationId, text, ...(attachments.length > 0 && { attachments: attachments.map(({ id, name }) => ({ id, name })) }) }));

/** Says something else in the place of an earlier message, as a branch beside it, with these files and no others. */
export const editMessage = (client: Client, queries: QueryClient, { conversationId, id, parentId }: ChatMessage, { text, attachments }: { text: string; attachments: readonly Attachment[] }): Promise<boolean> =>
  begin(conversationId, { text, attachments, after: parentId }, queries, () => callProcedure(client, 'chat', 'edit', { id: conversationId, messageId: id, text, attachments: attachments.map((one) => ({ id: one.id, name: one.name })) }));

/** Has a message answered again. */
export const retryAnswer = (client: Client, queries: QueryClient, { conversationId, id }: ChatMessage): Promise<boolean> =>
  begin(conversationId, { text: null }, queries, () => callProcedure(client, 'chat', 'retry', { id: conversationId, messageId: id }));

/** Has somebody of the team, or another model (null: their own), answer the same beside it. */
export const askToo = (client: Client, queries: QueryClient, { conversationId, id }: ChatMessage, { hireId, model }: { hireId: string; model: string | null }): Promise<boolean> =>
  begin(conversationId, { text: null, hireId }, queries, () => callProcedure(client, 'chat', 'retry', { id: conversationId, messageId: id, hireId, ...(model !== null && { model }) }));

/** Has the last answer, which was cut off, gone on with. */
export const continueAnswer = (client: Client, queries: QueryClient, conversationId: string): Promise<boolean> =>
  begin(conversationId, { text: null }, queries, () => callProcedure(client, 'chat', 'continue', { id: conversationId }));

/** Follows a run that was started elsewhere or before this page was opened. */
export function followRun(conversationId: string, runId: string): void {
  if (useTurns.getState().turns[conversationId]?.runId !== runId) put(conversationId, { text: null, at: Date.now(), runId, error: null });
}

export const forgetError = (conversationId: string): void => {
  const turn = useTurns.getState().turns[conversationId];
  if (turn?.error) put(conversationId, { ...turn, error: null });
};
