import { AppError, toWire } from '../../../../contract/errors/app-error.ts';
import { addCost } from '../../../../contract/model/price.ts';
import type { Run, RunEvent, TokenUsage } from '../../../../contract/model/run.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { Store } from '../../base/store/index.ts';
import { createApprovals, type Approvals } from './approvals.ts';
import { createDeadline } from './deadline.ts';
import { makeEvent, type EventData, type EventType, type RunError } from './run-events.ts';
import { createRunLog } from './run-log.ts';
import { DEFAULT_LIMITS, type Clock, type Ids, type RunContext, type Runnable } from './runnable.ts';

/** The reasons for which a run's signal aborts; which one it was decides how the run ends. */
export const cancelled = (): AppError => new AppError('run/cancelled', 'The run was stopped by you.');
export const stopping = (): AppError => new AppError('core/stopping', 'Troupe is stopping. The run goes on when Troupe starts again.');

export interface DriveOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The run's log grew; `status` when its status is another now. */
  readonly changed: (runId: string, status: boolean) => void;
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Awaited before the end of a run is stored: what others gathered about it is written first. Never rejects. */
  readonly ending?: (() => Promise<void>) | undefined;
}

/** One run under way. */
export interface LiveRun {
  readonly run: Run;
  readonly approvals: Approvals;
  readonly abort: (reason: AppError) => void;
  readonly signal: AbortSignal;
}

export function createLiveRun(run: Run): LiveRun {
  const controller = new AbortController();
  return { run, approvals: createApprovals(), abort: (reason) => { controller.abort(reason); }, signal: controller.signal };
}

/**
 * Runs it to its end and stores the end. Never rejects: what goes wrong becomes the run's own error. When the core is
 * stopping nothing is stored, so that the run goes on at the next start.
 */
export async function drive(options: DriveOptions, live: LiveRun, runnable: Runnable, past: readonly RunEvent[]): Promise<void> {
  const { store, clock, ids } = options;
  const { run, approvals } = live;
  const limits = { ...DEFAULT_LIMITS, ...runnable.limits };
  const usage = createTally(past);
  const log = createRunLog({
    runId: run.id, store, now: () => clock.now(), written: (status) => { options.changed(run.id, status); },
    streamed: (text) => makeEvent(ids.next(), clock.now(), 'llm_stream_chunk', { text }),
    broken: (error) => { live.abort(new AppError('store/full', 'The run could not be written to the disk and was stopped. Free some space and try again.', { cause: error })); },
  });
  const deadline = createDeadline(limits.deadlineMs, () => clock.now(), (ms) => {
    live.abort(new AppError('run/limit-reached', `The run was stopped after ${Math.round(ms / 1000)} seconds, its limit. Ask for less at once, or raise the limit.`));
  });
  const emit = <T extends EventType>(type: T, data: EventData[T], parent?: string, status?: 'running' | 'waiting'): string => {
    const event = makeEvent(ids.next(), clock.now(), type, data, parent ?? null);
    usage.add(event);
    log.add(event, status);
    return event.id;
  };
  const context: RunContext = {
    run, past, limits, clock, ids, signal: live.signal,
    emit: (type, data, parent) => emit(type, data, parent),
    stream: (text) => { log.stream(text); },
    durable: () => log.durable(),
    lowerDeadline: (ms) => { deadline.lower(ms); },
    wait(what) {
      emit('llm_call_delayed', what);
      deadline.pause();
      return () => {
        deadline.resume();
        emit('llm_call_admitted', {});
      };
    },
    async ask(call, reason, parent, check, withdrawn) {
      withdrawn?.throwIfAborted();
      const questionId = approvals.openQuestion(call) ?? emit('tool_approval_requested', { ...call, reason }, parent, 'waiting');
      deadline.pause();
      try {
        return await approvals.wait(questionId, call, withdrawn ? AbortSignal.any([live.signal, withdrawn]) : live.signal, check);
      } catch (error) {
        if (withdrawn?.aborted && !live.signal.aborted) emit('tool_approval_withdrawn', { callId: call.callId, message: toWire(error).message }, parent, approvals.waiting() > 0 ? 'waiting' : 'running');
        throw error;
      } finally {
        deadline.resume();
      }
    },
    keptApproval: async (toolId, hash) => approvals.kept(toolId, hash)
      ?? (run.hireId === null ? undefined : store.read('keptApproval', { hireId: run.hireId, conversationId: run.conversationId ?? run.id, toolId, hash })),
  };

  let ending: Ending;
  try {
    live.signal.throwIfAborted();
    if (past.length > 0) emit('run_resumed', { after: past.at(-1)?.seq ?? 0 }, undefined, 'running');
    else emit('run_started', { type: runnable.type, target: runnable.target, pluginId: run.pluginId, model: run.model }, undefined, 'running');
    const result = await runnable.execute(context);
    live.signal.throwIfAborted();
    ending = { status: 'completed', result: result ?? null, error: null };
  } catch (error) {
    ending = endingOf(error, live.signal, options.warn, run.id);
  }
  deadline.clear();
  if (ending.status === 'stopping') {
    emit('run_suspended', {});
    await log.durable().catch((error: unknown) => { options.warn('a run could not note that it was suspended', { runId: run.id, code: toWire(error).code }); });
    await log.close();
    return;
  }
  const rest = await log.close();
  failpoint('run.before-finish');
  await finish(options, run.id, ending, rest, usage.total());
  failpoint('run.after-finish');
}

export type Ending =
  | { readonly status: 'completed'; readonly result: unknown; readonly error: null }
  | { readonly status: 'failed' | 'cancelled' | 'interrupted'; readonly error: RunError }
  | { readonly status: 'stopping' };

function endingOf(error: unknown, signal: AbortSignal, warn: DriveOptions['warn'], runId: string): Ending {
  // What aborted the run names its end, whatever error the abort made elsewhere.
  const wire = toWire(signal.aborted ? signal.reason : error);
  if (wire.code === 'core/stopping') return { status: 'stopping' };
  if (wire.code === 'run/cancelled') return { status: 'cancelled', error: { code: wire.code, message: wire.message } };
  if (wire.code === 'core/internal') warn('a run failed with an unexpected error', { runId, error: error instanceof Error ? error.stack ?? error.message : String(error) });
  return { status: 'failed', error: { code: wire.code, message: wire.message } };
}

const TRIES = 4;

/** Stores the end of a run. A full or busy store is tried again; when it stays so, the run is taken up at the next start. */
export async function finish(options: Pick<DriveOptions, 'store' | 'clock' | 'ids' | 'changed' | 'warn' | 'ending'>, runId: string, ending: Exclude<Ending, { status: 'stopping' }>, rest: ReturnType<typeof makeEvent>[], tokenUsage: TokenUsage | null): Promise<void> {
  const { clock, ids } = options;
  const at = clock.now();
  const last = ending.status === 'completed' ? makeEvent(ids.next(), at, 'run_finished', { result: ending.result })
    : ending.status === 'cancelled' ? makeEvent(ids.next(), at, 'run_cancelled', {})
      : makeEvent(ids.next(), at, ending.status === 'failed' ? 'run_failed' : 'run_interrupted', { error: ending.error });
  const write = { runId, events: [...rest, last], status: ending.status, result: ending.status === 'completed' ? ending.result : null, error: ending.error, tokenUsage, at };
  await options.ending?.();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await options.store.write('finishRun', write);
      options.changed(runId, true);
      return;
    } catch (error) {
      const { code, retryable } = toWire(error);
      if (!retryable || code === 'core/stopping' || attempt === TRIES) {
        options.warn('the end of a run could not be stored', { runId, code });
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, 250 * 2 ** attempt); });
    }
  }
}

/** What the model calls in a log used; null when there were none. */
export const tokensOf = (past: readonly RunEvent[]): TokenUsage | null => createTally(past).total();

/** Adds up what the model calls of a run used, those of an earlier life included. */
function createTally(past: readonly RunEvent[]): { add(event: { type: string; data: unknown }): void; total(): TokenUsage | null } {
  let total: TokenUsage | null = null;
  const add = (event: { type: string; data: unknown }): void => {
    if (event.type !== 'llm_call_finished' && event.type !== 'tool_model_call_finished' && event.type !== 'guardrail_finished' && event.type !== 'history_summarised') return;
    const { usage } = event.data as EventData['llm_call_finished' | 'tool_model_call_finished' | 'guardrail_finished' | 'history_summarised'];
    if (usage === null) return;
    total = {
      promptTokens: (total?.promptTokens ?? 0) + usage.promptTokens, completionTokens: (total?.completionTokens ?? 0) + usage.completionTokens,
      totalTokens: (total?.totalTokens ?? 0) + usage.totalTokens, successfulRequests: (total?.successfulRequests ?? 0) + 1,
      estimated: (total?.estimated ?? false) || usage.estimated, cost: addCost(total?.cost, usage.cost ?? null),
    };
  };
  for (const event of past) add(event);
  return { add, total: () => total };
}
