import { AppError, toWire } from '../../../../contract/errors/app-error.ts';
import type { KeptApproval, Run, RunEvent } from '../../../../contract/model/run.ts';
import type { Log } from '../../base/observe/index.ts';
import { createWakeups, followLog, type Store, type WriteRequest } from '../../base/store/index.ts';
import { cancelled, createLiveRun, drive, finish, stopping, tokensOf, type DriveOptions, type Ending, type LiveRun } from './drive.ts';
import { makeEvent } from './run-events.ts';
import type { ApprovalAnswer, Clock, Ids, Runnable } from './runnable.ts';
import { createSlots } from './slots.ts';

export interface RunsOptions {
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told when a run began, changed its status or ended. */
  readonly changed: (topic: 'runs' | 'chat' | 'team') => void;
  readonly log: Pick<Log, 'warn'>;
  /** Awaited before the end of a run is stored. Never rejects. */
  readonly ending?: () => Promise<void>;
  /** How many run at once; more wait as `pending`. Default 100. */
  readonly maxActive?: number;
}

/** Who wants to run what. `parameters` is plain JSON. */
export interface RunSpec {
  readonly pluginId: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly model: string | null;
  readonly hireId?: string | null;
  readonly parentRunId?: string | null;
}

export interface Runs {
  /** Stores a run and starts it. Answers when it is stored. A repeat of the request answers the first run and starts nothing. */
  start(spec: RunSpec, runnable: Runnable, request?: WriteRequest): Promise<{ runId: string }>;
  /** Starts a run that another transaction has just stored as `pending`. */
  launch(run: Run, runnable: Runnable): void;
  list(input: { limit: number; active: boolean }): Promise<{ runs: Run[] }>;
  /** Errors: `run/not-found`. */
  get(input: { id: string }): Promise<Run>;
  /** The log after `after` and what follows, in batches, until the run ends. Errors: `run/not-found`. */
  events(runId: string, after: number, signal: AbortSignal): AsyncGenerator<RunEvent[], void, undefined>;
  /** Answers when the run has ended. A run that ended before stays as it is. Errors: `run/not-found`. */
  cancel(input: { id: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /**
   * Answers one question of `RunContext.ask`: the event that asked it. Errors: `run/not-found` when it is not open, `run/question-replaced`
   * when another about the same call took its place, `run/bad-parameters` when changed arguments do not fit the tool.
   */
  approve(input: { id: string; callId: string; questionId: string } & ApprovalAnswer, request?: WriteRequest): Promise<Record<string, never>>;
  approvals(): Promise<{ approvals: KeptApproval[] }>;
  /** The tool asks again. */
  revokeApproval(input: { hireId: string; toolId: string; scope: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /**
   * Takes up what an earlier life of the core left: to be called once at the start. `runnableOf` makes the Runnable of a
   * stored run; when it cannot, the run ends as interrupted with that reason. So does a turn of a conversation whose answer was shown
   * in part: the person decides whether it goes on.
   */
  recover(runnableOf: (run: Run) => Runnable | Promise<Runnable>): Promise<{ resumed: number; ended: number }>;
  /** How many are under way. */
  active(): number;
  /** Resolves when the run is no longer under way in this process. */
  settled(runId: string): Promise<void>;
  /** Lets go of every run without ending it; each goes on at the next start. */
  stop(): Promise<void>;
}

const EVENTS_A_PAGE = 500;
const noRun = (id: string): AppError => new AppError('run/not-found', `There is no run "${id}". It may have been deleted; open the list of runs.`);

/** A run that brought the core down this often is not taken up again. */
const MAX_RESUMES = 3;

/** The room's one service: keeps runs, drives them, and tells who follows. */
export function createRuns(options: RunsOptions): Runs {
  const { store, clock, ids } = options;
  const wakeups = createWakeups();
  const slots = createSlots(options.maxActive ?? 100);
  const live = new Map<string, { run: LiveRun; done: Promise<void> }>();
  const told = (): void => { for (const topic of ['runs', 'chat', 'team'] as const) options.changed(topic); };
  const driving: DriveOptions = {
    store, clock, ids, ending: options.ending, changed: (runId, status) => { wakeups.ring(runId); if (status) told(); },
    warn: (message, facts) => { options.log.warn(facts, message); },
  };
  const end = (run: Run, ending: Exclude<Ending, { status: 'stopping' }>, past: readonly RunEvent[] = []): Promise<void> => finish(driving, run.id, ending, [], tokensOf(past));

  const launch = (run: Run, prepare: (own: LiveRun) => Promise<{ runnable: Runnable; past: readonly RunEvent[] } | undefined>): Promise<void> => {
    const own = createLiveRun(run);
    const work = async (): Promise<void> => {
      let release: (() => void) | undefined;
      try {
        release = await slots.take(own.signal);
        const ready = await prepare(own);
        if (ready) await drive(driving, own, ready.runnable, ready.past);
      } catch (error) {
        const { code, message } = toWire(own.signal.aborted ? own.signal.reason : error);
        if (code === 'run/cancelled') await end(run, { status: 'cancelled', error: { code, message } });
        else if (code !== 'core/stopping') await end(run, { status: 'interrupted', error: { code, message } });
      } finally {
        release?.();
        live.delete(run.id);
        wakeups.ring(run.id);
        told();
      }
    };
    const entry = { run: own, done: Promise.resolve() };
    live.set(run.id, entry);
    entry.done = work();
    return entry.done;
  };

  const runs: Runs = {
    async start(spec, runnable, request) {
      const id = ids.next();
      const now = clock.now();
      const row = {
        id, pluginId: spec.pluginId, executionType: runnable.type, executionTarget: runnable.target, parameters: spec.parameters, conversationId: null,
        hireId: spec.hireId ?? null, parentRunId: spec.parentRunId ?? null, model: spec.model, createdAt: now,
      };
      const { runId } = await store.write('startRun', { run: row, events: [] }, request ? { request } : {});
      if (runId === id) runs.launch(pendingRun(row), runnable);
      return { runId };
    },
    launch(run, runnable) {
      void launch(run, async () => {
        // Between its first row and here it was stored and not yet under way: a cancel then left its wish in the log alone.
        if ((await store.read('runLog', { runId: run.id })).some(({ type }) => type === 'run_cancel_requested')) throw cancelled();
        return { runnable, past: [] };
      });
    },
    list: async (input) => ({ runs: await store.read('runList', input) }),
    async get({ id }) {
      const run = await store.read('runById', { id });
      if (!run) throw noRun(id);
      return run;
    },
    events: (runId, after, signal) => followLog(wakeups, runId, after, signal, async (seq) => {
      const page = await store.read('runEventsAfter', { runId, after: seq, limit: EVENTS_A_PAGE });
      if (!page) throw noRun(runId);
      return page;
    }),
    async cancel({ id }, request) {
      const stored = store.write('requestRunCancel', { runId: id, event: makeEvent(ids.next(), clock.now(), 'run_cancel_requested', {}) }, request ? { request } : {});
      const entry = live.get(id);
      // At once, however long the disk takes: the model's connection is closed and no tool begins any more.
      entry?.run.abort(cancelled());
      await stored;
      // It may have come under way meanwhile, after it had looked for this.
      const late = live.get(id);
      late?.run.abort(cancelled());
      await (late ?? entry)?.done;
      return {};
    },
    async approve({ id, callId, questionId, decision, scope, arguments: written }, request) {
      const edited = decision === 'allow' && written !== undefined ? { arguments: written } : {};
      const problem = edited.arguments && await live.get(id)?.run.approvals.problem(questionId, edited.arguments);
      if (problem !== undefined) throw new AppError('run/bad-parameters', `The changed arguments do not fit the tool. ${problem} Correct them and allow it again.`);
      const event = makeEvent(ids.next(), clock.now(), 'tool_approval_answered', { callId, decision, scope, ...edited }, questionId);
      await store.write('answerRunApproval', { runId: id, callId, questionId, decision, scope, event, at: clock.now() }, request ? { request } : {});
      live.get(id)?.run.approvals.answer(questionId, { decision, scope, ...edited });
      wakeups.ring(id);
      told();
      return {};
    },
    approvals: async () => ({ approvals: (await store.read('keptApprovals', {})).map((one) => ({ ...one, decision: one.decision === 'allow' ? 'allow' as const : 'deny' as const })) }),
    async revokeApproval({ hireId, toolId, scope }, request) {
      await store.write('revokeApproval', { hireId, toolId, scope }, request ? { request } : {});
      told();
      return {};
    },
    async recover(runnableOf) {
      let [resumed, ended] = [0, 0];
      for (const run of await store.read('unfinishedRuns', undefined)) {
        if (live.has(run.id)) continue;
        const past = await store.read('runLog', { runId: run.id });
        const reason = whyNot(run, past);
        if (reason) {
          await end(run, reason, past);
          ended += 1;
          continue;
        }
        resumed += 1;
        void launch(run, async (own) => {
          // Read again: an answer may have come since, and from here on `approvals` hears of it.
          const log = await store.read('runLog', { runId: run.id });
          own.approvals.load(log);
          return { runnable: await runnableOf(run), past: log };
        });
      }
      return { resumed, ended };
    },
    active: () => live.size,
    settled: async (runId) => { await live.get(runId)?.done; },
    async stop() {
      const all = [...live.values()];
      for (const entry of all) entry.run.abort(stopping());
      await Promise.all(all.map((entry) => entry.done));
    },
  };
  return runs;
}

/** Why a run of an earlier life is ended instead of taken up again; undefined when it goes on. */
function whyNot(run: Run, past: readonly RunEvent[]): Exclude<Ending, { status: 'stopping' }> | undefined {
  if (past.some((event) => event.type === 'run_cancel_requested')) return { status: 'cancelled', error: { code: 'run/cancelled', message: 'The run was stopped by you.' } };
  // Somebody was reading: a second call would say something else in the place of what they read.
  if (run.conversationId !== null && wasReadInPart(past)) return { status: 'interrupted', error: { code: 'run/interrupted', message: 'Troupe ended while this was being written. What was shown is kept; continue, and the agent goes on from there.' } };
  // Stopped in good order is no crash: counting starts over there.
  const lastCalm = past.findLastIndex((event) => event.type === 'run_suspended');
  if (past.slice(lastCalm + 1).filter((event) => event.type === 'run_resumed').length < MAX_RESUMES) return undefined;
  return { status: 'interrupted', error: { code: 'run/interrupted', message: `Troupe ended ${MAX_RESUMES + 1} times while this was running, so it was not taken up again. What was done until then is kept; try again when you like.` } };
}

/** Whether text of the last model call was shown and the call never finished. */
function wasReadInPart(past: readonly RunEvent[]): boolean {
  const call = past.slice(past.findLastIndex(({ type }) => type === 'llm_call_started') + 1);
  return call.some(({ type }) => type === 'llm_stream_chunk') && !call.some(({ type }) => type === 'llm_call_finished');
}

/** A run as it is right after it was stored. */
export const pendingRun = (row: Pick<Run, 'id' | 'pluginId' | 'executionType' | 'executionTarget' | 'parameters' | 'conversationId' | 'hireId' | 'parentRunId' | 'model' | 'createdAt'>): Run => ({
  ...row, status: 'pending', startedAt: null, completedAt: null, result: null, error: null, tokenUsage: null, lastSeq: 0,
});
