import { useCallback, useEffect, useRef, useState } from 'react';
import type { Draft, DraftProblem, OwnAgentDetail } from '../../../contract/model/builder.ts';
import { useBridge } from '../../bridge/bridge-provider.tsx';
import { callProcedure, type CallError } from '../../bridge/procedures.ts';

/** How long typing rests before it is kept. */
const REST_MS = 400;
/** Who types without a rest is kept so often; with the way to the disk less than a second is lost when everything ends. */
const MOST_MS = 600;
/** What could not be kept is tried again by itself. */
const AGAIN_MS = 2000;

export interface DraftInHand {
  readonly draft: Draft;
  readonly problems: readonly DraftProblem[];
  readonly unsaved: boolean;
  readonly keeping: 'kept' | 'changing' | 'failed';
  readonly error: CallError | null;
  /** Changes keys; null or undefined takes one out. */
  set(change: Readonly<Record<string, unknown>>): void;
  /** Keeps what is typed now. Answers whether it is kept. */
  flush(): Promise<boolean>;
  /** Shows what the core has instead of what is here. */
  replace(detail: OwnAgentDetail): void;
}

/** A draft while it is written: shown at once, kept by itself a moment later, one write after the other. */
export function useDraft(detail: OwnAgentDetail): DraftInHand {
  const { client } = useBridge();
  const [draft, setDraft] = useState(detail.draft);
  const [kept, setKept] = useState({ problems: detail.problems as readonly DraftProblem[], unsaved: detail.agent.unsaved });
  const [keeping, setKeeping] = useState<DraftInHand['keeping']>('kept');
  const [error, setError] = useState<CallError | null>(null);
  const hand = useRef({ draft: detail.draft, revision: detail.revision, dirty: false, since: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined, work: Promise.resolve(true) });
  const again = useRef<() => void>(() => undefined);
  const { id } = detail.agent;

  const write = useCallback(async (): Promise<boolean> => {
    const now = hand.current;
    if (!now.dirty) return true;
    now.dirty = false;
    try {
      const answer = await callProcedure(client, 'builder', 'change', { id, revision: now.revision, draft: now.draft });
      now.revision = answer.revision;
      setKept({ problems: answer.problems, unsaved: answer.unsaved });
      setError(null);
      if (!hand.current.dirty) setKeeping('kept');
      return true;
    } catch (failure) {
      now.dirty = true;
      now.since = performance.now();
      if ((failure as CallError).retryable) {
        clearTimeout(now.timer);
        now.timer = setTimeout(() => { again.current(); }, AGAIN_MS);
      }
      setError(failure as CallError);
      setKeeping('failed');
      return false;
    }
  }, [client, id]);

  const flush = useCallback((): Promise<boolean> => {
    clearTimeout(hand.current.timer);
    hand.current.work = hand.current.work.then(write);
    return hand.current.work;
  }, [write]);

  useEffect(() => { again.current = () => { void flush(); }; }, [flush]);

  const set = useCallback((change: Readonly<Record<string, unknown>>): void => {
    const next = Object.fromEntries(Object.entries({ ...hand.current.draft, ...change }).filter(([, value]) => value !== null && value !== undefined)) as Draft;
    hand.current.draft = next;
    if (!hand.current.dirty) hand.current.since = performance.now();
    hand.current.dirty = true;
    setDraft(next);
    setKeeping('changing');
    clearTimeout(hand.current.timer);
    hand.current.timer = setTimeout(() => { void flush(); }, Math.max(0, Math.min(REST_MS, hand.current.since + MOST_MS - performance.now())));
  }, [flush]);

  const replace = useCallback((given: OwnAgentDetail): void => {
    clearTimeout(hand.current.timer);
    hand.current = { ...hand.current, draft: given.draft, revision: given.revision, dirty: false };
    setDraft(given.draft);
    setKept({ problems: given.problems, unsaved: given.agent.unsaved });
    setKeeping('kept');
    setError(null);
  }, []);

  // Leaving the screen or the app keeps what was typed last.
  useEffect(() => {
    const leave = (): void => { void flush(); };
    window.addEventListener('pagehide', leave);
    return () => { window.removeEventListener('pagehide', leave); leave(); };
  }, [flush]);

  return { draft, ...kept, keeping, error, set, flush, replace };
}
