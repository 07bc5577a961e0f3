import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import type { ChatMessage } from '../../../contract/model/chat.ts';
import { createProjection } from '../../../contract/model/chat-projection.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import type { CallError } from '../../bridge/procedures.ts';
import { followLog } from '../../bridge/use-logged.ts';

/** `endedAt` null while it goes on; then the instant (ms) from which on the stored messages have it. */
export interface LiveRun { runId: string | null; messages: readonly ChatMessage[]; endedAt: number | null; error: CallError | null }

const NOTHING: readonly ChatMessage[] = [];

/**
 * The messages of a run as its log tells them, painted at most once per frame however fast it grows. Keeps them after
 * the run has ended, until another run is given.
 */
export function useLiveRun(runId: string | null, conversationId: string): LiveRun {
  const { client } = useBridge();
  const queries = useQueryClient();
  const [run, setRun] = useState<LiveRun>({ runId, messages: NOTHING, endedAt: null, error: null });
  useEffect(() => {
    if (runId === null) return undefined;
    const stop = new AbortController();
    const projection = createProjection({ id: runId, conversationId });
    let frame: number | null = null;
    const paint = (ended: boolean, error: CallError | null): void => {
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
      if (!stop.signal.aborted) setRun({ runId, messages: projection.messages(), endedAt: ended ? Date.now() : null, error });
    };
    const end = (error: CallError | null): void => {
      paint(true, error);
      if (stop.signal.aborted) return;
      for (const domain of ['chat', 'team', 'runs']) void queries.invalidateQueries({ queryKey: [domain] });
    };
    followLog(client, 'run', { runId }, (rows) => {
      projection.add(rows);
      // Within the frame that comes next: left to React, it would be done after that frame and shown by the one that follows.
      frame ??= requestAnimationFrame(() => { flushSync(() => { paint(false, null); }); });
    }, { signal: stop.signal }).then(() => { end(null); }, end);
    return () => {
      stop.abort();
      if (frame !== null) cancelAnimationFrame(frame);
    };
  }, [client, queries, runId, conversationId]);
  return run.runId === runId ? run : { runId, messages: NOTHING, endedAt: null, error: null };
}
