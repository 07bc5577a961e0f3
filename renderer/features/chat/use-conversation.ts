import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { callProcedure, type CallError, type Output } from '../../bridge/procedures.ts';
import { useCall } from '../../bridge/use-call.ts';
import { mergeMessages } from './merge-messages.ts';
import { followRun, useTurns } from './turns.ts';
import { useLiveRun } from './use-live-run.ts';

type Page = Output<'chat', 'messages'>;

/** Everything the screen of one conversation shows: its head, its messages as far as they have come, and what is under way. */
export function useConversation(id: string) {
  const { client } = useBridge();
  const head = useCall('chat', 'get', { id });
  const pages = useInfiniteQuery<Page, CallError, { pages: Page[] }, readonly unknown[], string | null>({
    queryKey: ['chat', 'messages', id],
    queryFn: ({ pageParam, signal }) => callProcedure(client, 'chat', 'messages', { id, ...(pageParam !== null && { before: pageParam }) }, signal),
    initialPageParam: null,
    getNextPageParam: (page) => (page.earlier ? (page.messages[0]?.id ?? null) : null),
  });
  const turn = useTurns(({ turns }) => turns[id]);
  const active = head.data?.activeRunId ?? null;
  useEffect(() => {
    // An answer asked for before our own message was sent may still name the run before it.
    if (active !== null && head.dataUpdatedAt > (turn?.at ?? 0) && !(turn && turn.text !== null && turn.runId === null)) followRun(id, active);
  }, [id, active, head.dataUpdatedAt, turn]);
  const live = useLiveRun(turn?.runId ?? null, id);
  const stored = useMemo(() => (pages.data?.pages ?? []).toReversed().flatMap((page) => page.messages), [pages.data]);
  const messages = useMemo<ChatMessage[]>(() => {
    // Once it is over and the core was asked since, the core knows what is shown: the person may look at another branch.
    if (live.endedAt !== null && pages.dataUpdatedAt > live.endedAt) return stored;
    const pending = turn && turn.text !== null && turn.error === null ? { text: turn.text, at: turn.at, runId: turn.runId, attachments: turn.attachments, ...(turn.after !== undefined && { after: turn.after }) } : null;
    return mergeMessages(stored, live.messages, pending, id, turn?.hireId);
  }, [stored, live, pages.dataUpdatedAt, turn, id]);
  const last = messages.at(-1);
  return {
    head, pages, messages, turn,
    /** The run that answers now; null when nothing is under way. */
    runId: last?.role === 'assistant' && last.status === 'streaming' ? (turn?.runId ?? active) : null,
    /** Between sending and the answer's last word. */
    answering: (turn !== undefined && turn.runId === null && turn.error === null) || (last?.role === 'assistant' && last.status === 'streaming'),
    liveError: live.error,
  };
}
