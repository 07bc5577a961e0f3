import { useEffect, useEffectEvent, useState } from 'react';
import type { OperationEvent } from '../../contract/model/plugin.ts';
import type { RunEvent } from '../../contract/model/run.ts';
import type { TroupeClient } from '../../contract/link/client.ts';
import { useBridge } from './bridge-provider.tsx';
import type { CallError } from './procedures.ts';

/** The logs of the contract: what identifies one, and what its rows are. */
export interface Logs {
  operation: { key: { operationId: string }; row: OperationEvent };
  run: { key: { runId: string }; row: RunEvent };
}

/** Follows a log from `after` on until it ends or `signal` aborts; survives lost connections without a gap. */
export function followLog<L extends keyof Logs>(client: TroupeClient, log: L, key: Logs[L]['key'], onRows: (rows: Logs[L]['row'][]) => void | Promise<void>, options: { signal: AbortSignal; after?: number }): Promise<void> {
  const open = (stream: string, signal: AbortSignal, after: number): Promise<AsyncIterable<Logs[L]['row'][]>> => {
    const input = { ...key, stream, after };
    const answer = log === 'operation' ? client.call.plugins.events(input as never, { signal }) : client.call.runs.events(input as never, { signal });
    return answer as unknown as Promise<AsyncIterable<Logs[L]['row'][]>>;
  };
  return client.follow(open, onRows, { signal: options.signal, lastSeq: (rows) => rows.at(-1)?.seq, ...(options.after !== undefined && { after: options.after }) });
}

/**
 * Follows a log while the component is shown. `id` null follows nothing.
 * @returns whether the log ended, and what broke it, if anything did
 */
export function useLogged<L extends keyof Logs>(log: L, id: string | null, onRows: (rows: Logs[L]['row'][]) => void, after = 0): { ended: boolean; error: CallError | null } {
  const { client } = useBridge();
  const [state, setState] = useState<{ id: string | null; ended: boolean; error: CallError | null }>({ id, ended: false, error: null });
  const receive = useEffectEvent(onRows);
  const start = useEffectEvent(() => after);
  useEffect(() => {
    if (id === null) return undefined;
    const stop = new AbortController();
    const key = (log === 'operation' ? { operationId: id } : { runId: id }) as Logs[L]['key'];
    followLog(client, log, key, (rows) => { receive(rows); }, { signal: stop.signal, after: start() }).then(
      () => { if (!stop.signal.aborted) setState({ id, ended: true, error: null }); },
      (error: CallError) => { if (!stop.signal.aborted) setState({ id, ended: true, error }); },
    );
    return () => { stop.abort(); };
  }, [client, log, id]);
  return state.id === id ? { ended: state.ended, error: state.error } : { ended: false, error: null };
}
