import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { createProjection } from '../../../../contract/model/chat-projection.ts';
import type { ChatMessage } from '../../../../contract/model/chat.ts';
import { useBridge } from '../../../bridge/bridge-provider.tsx';
import type { CallError } from '../../../bridge/procedures.ts';
import { useCall } from '../../../bridge/use-call.ts';
import { followLog } from '../../../bridge/use-logged.ts';

/** The talk beside the form: what was said, and over it the answer under way as its log tells it. */
export function usePreview(id: string) {
  const { client } = useBridge();
  const queries = useQueryClient();
  const talk = useCall('builder', 'preview', { id });
  const [sent, setSent] = useState<{ runId: string; number: number } | null>(null);
  const [live, setLive] = useState<{ runId: string; messages: readonly ChatMessage[]; error: CallError | null } | null>(null);
  const number = talk.data?.number ?? 0;
  const runId = sent?.number === number ? sent.runId : (talk.data?.activeRunId ?? null);
  useEffect(() => {
    if (runId === null) return undefined;
    const stop = new AbortController();
    const projection = createProjection({ id: runId, conversationId: 'preview' });
    let frame: number | null = null;
    const paint = (error: CallError | null): void => {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
      if (!stop.signal.aborted) setLive({ runId, messages: projection.messages(), error });
    };
    const end = (error: CallError | null): void => {
      paint(error);
      if (!stop.signal.aborted) void queries.invalidateQueries({ queryKey: ['builder', 'preview'] });
    };
    followLog(client, 'run', { runId }, (rows) => { projection.add(rows); frame ??= requestAnimationFrame(() => { paint(null); }); }, { signal: stop.signal }).then(() => { end(null); }, end);
    return () => { stop.abort(); if (frame !== null) cancelAnimationFrame(frame); };
  }, [client, queries, runId]);
  const messages = useMemo(() => {
    const byId = new Map((talk.data?.messages ?? []).map((message) => [message.id, message]));
    // What is stored may be behind our copy of the log until the run has ended.
    if (live && live.runId === runId) for (const message of live.messages) if (byId.get(message.id)?.status !== 'done' || message.status === 'done') byId.set(message.id, message);
    return [...byId.values()].sort((a, b) => a.seq - b.seq);
  }, [talk.data, live, runId]);
  const last = messages.at(-1);
  const answering = (sent?.number === number && live?.runId !== sent.runId) || last?.status === 'streaming';
  return { talk, messages, runId: answering ? runId : null, answering, liveError: live?.error ?? null, began: (next: string) => { setSent({ runId: next, number }); } };
}
