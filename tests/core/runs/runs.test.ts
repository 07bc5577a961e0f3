import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, hasCode } from '../../../contract/errors/app-error.ts';
import type { RunEvent } from '../../../contract/model/run.ts';
import { createRuns, type RunContext, type Runnable, type Runs } from '../../../main/core/engine/runs/index.ts';
import { collect, countingIds, openTestHome, questionOf, systemClock, type TestHome, until } from './home.ts';

let home: TestHome;
let lives = 0;
beforeEach(async () => { home = await openTestHome(); });
afterEach(async () => { await home.close(); });

const warnings: string[] = [];
const make = (options: { maxActive?: number; store?: Parameters<typeof createRuns>[0]['store'] } = {}): Runs => createRuns({
  store: home.store, clock: systemClock, ids: countingIds(`l${lives += 1}_`), changed: () => undefined, log: { warn: (_facts, message) => { warnings.push(message); } }, ...options,
});
const runnable = (execute: (context: RunContext) => Promise<unknown>, limits: Runnable['limits'] = {}): Runnable => ({ type: 'tool', target: 'test', limits, execute });
const spec = { pluginId: 'dev.troupe.test', parameters: { a: 1 }, model: null };
const types = (events: readonly RunEvent[]): string[] => events.map((event) => event.type);
const forever = new AbortController().signal;
const aborted = (context: RunContext): Promise<never> => new Promise((_, reject) => {
  context.signal.addEventListener('abort', () => { reject(context.signal.reason as Error); }, { once: true });
});
const call = { callId: 'c1', toolId: 'x/y', name: 'y', effect: 'write' as const, arguments: { q: 1 }, hash: 'h1' };

describe('R2 a run as an append-only log', () => {
  it('stores what happens in order, with its result', async () => {
    const runs = make();
    const { runId } = await runs.start(spec, runnable(async (context) => {
      context.emit('notice_added', { code: 'x', message: 'one' });
      context.stream('hel');
      context.stream('lo');
      await context.durable();
      return { answer: 42 };
    }));
    const events = await collect(runs.events(runId, 0, forever));
    expect([...new Set(types(events))]).toEqual(['run_started', 'notice_added', 'llm_stream_chunk', 'run_finished']);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map((event) => event.data.text ?? '').join('')).toBe('hello');
    const run = await runs.get({ id: runId });
    expect(run).toMatchObject({ status: 'completed', result: { answer: 42 }, error: null, lastSeq: events.length, parameters: { a: 1 } });
    expect(run.startedAt).not.toBeNull();
  });

  it('lets a late reader go on after what it has seen, and ends when the run ends', async () => {
    const runs = make();
    const { runId } = await runs.start(spec, runnable(() => Promise.resolve('done')));
    await runs.settled(runId);
    const rest = await collect(runs.events(runId, 1, forever));
    expect(types(rest)).toEqual(['run_finished']);
    await expect(collect(runs.events('none', 0, forever))).rejects.toMatchObject({ code: 'run/not-found' });
  });

  it('wakes a live reader and frees it when its signal aborts', async () => {
    const runs = make();
    const gate = Promise.withResolvers<void>();
    const { runId } = await runs.start(spec, runnable(async (context) => { await gate.promise; context.emit('notice_added', { code: 'x', message: 'later' }); return aborted(context); }));
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = (async () => { for await (const batch of runs.events(runId, 0, stop.signal)) seen.push(...types(batch)); })();
    await until(() => seen.includes('run_started'));
    gate.resolve();
    await until(() => seen.includes('notice_added'));
    stop.abort();
    await reading;
    await runs.cancel({ id: runId });
    expect(seen).not.toContain('run_cancelled');
  });

  it('turns an error into the end of the run and hides what only the log may know', async () => {
    const runs = make();
    const known = await runs.start(spec, runnable(() => Promise.reject(new AppError('models/no-key', 'No key.'))));
    const odd = await runs.start(spec, runnable(() => Promise.reject(new Error('a path /home/x'))));
    await Promise.all([runs.settled(known.runId), runs.settled(odd.runId)]);
    expect((await runs.get({ id: known.runId })).error).toEqual({ code: 'models/no-key', message: 'No key.' });
    expect((await runs.get({ id: odd.runId })).error?.code).toBe('core/internal');
    expect(JSON.stringify(await runs.get({ id: odd.runId }))).not.toContain('/home/x');
  });

  it('answers a repeated request with the first run and starts nothing twice', async () => {
    const runs = make();
    let started = 0;
    const once = runnable(() => { started += 1; return Promise.resolve(null); });
    const request = { id: 'request-1', procedure: 'runs.start' };
    const [a, b] = [await runs.start(spec, once, request), await runs.start(spec, once, request)];
    expect(b).toEqual(a);
    await runs.settled(a.runId);
    expect(started).toBe(1);
  });
});

describe('R2 R10 stopping a run', () => {
  it('cancels one under way; a second cancel and one after the end change nothing', async () => {
    const runs = make();
    const { runId } = await runs.start(spec, runnable(aborted));
    await until(async () => (await runs.get({ id: runId })).status === 'running');
    await runs.cancel({ id: runId });
    await runs.cancel({ id: runId });
    expect((await runs.get({ id: runId })).status).toBe('cancelled');
    expect(types(await collect(runs.events(runId, 0, forever))).at(-1)).toBe('run_cancelled');
    await expect(runs.cancel({ id: 'none' })).rejects.toMatchObject({ code: 'run/not-found' });
  });

  it('ends at its deadline with a clear error', async () => {
    const runs = make();
    const { runId } = await runs.start(spec, runnable(aborted, { deadlineMs: 30 }));
    await runs.settled(runId);
    expect((await runs.get({ id: runId })).error?.code).toBe('run/limit-reached');
  });

  it('runs only so many at once; one that waits can be cancelled', async () => {
    const runs = make({ maxActive: 1 });
    const first = await runs.start(spec, runnable(aborted));
    const second = await runs.start(spec, runnable(aborted));
    const third = await runs.start(spec, runnable(() => Promise.resolve('ran')));
    await until(async () => (await runs.get({ id: first.runId })).status === 'running');
    expect((await runs.get({ id: second.runId })).status).toBe('pending');
    await runs.cancel({ id: second.runId });
    await runs.cancel({ id: first.runId });
    await runs.settled(third.runId);
    expect((await runs.get({ id: third.runId })).result).toBe('ran');
    expect((await runs.get({ id: second.runId })).status).toBe('cancelled');
  });
});

describe('A3 approvals', () => {
  const asking = runnable(async (context) => {
    const kept = await context.keptApproval(call.toolId, call.hash);
    return kept ?? (await context.ask(call, 'policy')).decision;
  });

  it('waits for the person, stores the answer, and goes on', async () => {
    const runs = make();
    const { runId } = await runs.start(spec, asking);
    await until(async () => (await runs.get({ id: runId })).status === 'waiting');
    await expect(runs.approve({ ...await questionOf(home.store, runId, 'other'), decision: 'allow', scope: 'once' })).rejects.toMatchObject({ code: 'run/not-found' });
    const request = { id: 'approve-1', procedure: 'runs.approve' };
    await runs.approve({ ...await questionOf(home.store, runId, 'c1'), decision: 'deny', scope: 'once' }, request);
    await runs.approve({ ...await questionOf(home.store, runId, 'c1'), decision: 'deny', scope: 'once' }, request);
    await runs.settled(runId);
    expect((await runs.get({ id: runId })).result).toBe('deny');
    expect(types(await collect(runs.events(runId, 0, forever)))).toEqual(['run_started', 'tool_approval_requested', 'tool_approval_answered', 'run_finished']);
    await expect(runs.approve({ ...await questionOf(home.store, runId, 'c1'), decision: 'allow', scope: 'once' })).rejects.toMatchObject({ code: 'run/not-found' });
  });

  it('does not count the time a person takes', async () => {
    const runs = make();
    const { runId } = await runs.start(spec, runnable(async (context) => (await context.ask(call, 'policy')).decision, { deadlineMs: 150 }));
    await until(async () => (await runs.get({ id: runId })).status === 'waiting');
    await new Promise((resolve) => { setTimeout(resolve, 250); });
    await runs.approve({ ...await questionOf(home.store, runId, 'c1'), decision: 'allow', scope: 'once' });
    await runs.settled(runId);
    expect((await runs.get({ id: runId })).status).toBe('completed');
  });

  it('holds an answer for longer only for exactly the same tool', async () => {
    const runs = make();
    const { runId } = await runs.start(spec, runnable(async (context) => {
      await context.ask(call, 'policy');
      return [await context.keptApproval(call.toolId, 'h1'), (await context.keptApproval(call.toolId, 'changed')) ?? null];
    }));
    await until(async () => (await runs.get({ id: runId })).status === 'waiting');
    await runs.approve({ ...await questionOf(home.store, runId, 'c1'), decision: 'allow', scope: 'always' });
    await runs.settled(runId);
    expect((await runs.get({ id: runId })).result).toEqual(['allow', null]);
  });
});

describe('A3 an answer holds for the question that the person saw', () => {
  /** A run whose question was left open by an earlier life; the next life asks `next` under the same call id. */
  const leftOpen = async (): Promise<Awaited<ReturnType<typeof questionOf>>> => {
    const before = make();
    const { runId } = await before.start(spec, runnable(async (context) => (await context.ask(call, 'policy')).decision));
    await until(async () => (await before.get({ id: runId })).status === 'waiting');
    await before.stop();
    return questionOf(home.store, runId);
  };
  const asksAnew = (next: Partial<typeof call>, asked: () => void = () => undefined): Runnable => runnable(async (context) => {
    const answer = context.ask({ ...call, ...next }, 'policy');
    asked();
    return (await answer).decision;
  });
  const questions = async (runId: string): Promise<string[]> => (await home.store.read('runLog', { runId })).filter((event) => event.type === 'tool_approval_requested').map((event) => event.id);

  it.each([['other arguments', { arguments: { q: 2 } }], ['another schema', { hash: 'h2' }]])('the same call asked again with %s refuses the old answer and stays open', async (_name, next) => {
    const old = await leftOpen();
    const runs = make();
    await runs.recover(() => asksAnew(next as Partial<typeof call>));
    await until(async () => (await questions(old.id)).length === 2);
    for (const scope of ['once', 'conversation', 'always'] as const) await expect(runs.approve({ ...old, decision: 'allow', scope })).rejects.toMatchObject({ code: 'run/question-replaced' });
    expect((await runs.get({ id: old.id })).status).toBe('waiting');
    expect(await runs.approvals()).toEqual({ approvals: [] });
    await runs.approve({ ...await questionOf(home.store, old.id), decision: 'deny', scope: 'once' });
    await runs.settled(old.id);
    expect((await runs.get({ id: old.id })).result).toBe('deny');
  });

  it('an answer that is stored before the new question is does not reach the one who asks it', async () => {
    const old = await leftOpen();
    const [asked, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const slow: typeof home.store.write = async (name, ...rest) => { if (name === 'appendRunEvents') await release.promise; return home.store.write(name, ...rest); };
    const runs = make({ store: { read: home.store.read.bind(home.store), write: slow } });
    await runs.recover(() => asksAnew({ arguments: { q: 'all' } as never }, () => { asked.resolve(undefined); }));
    await asked.promise;
    await runs.approve({ ...old, decision: 'allow', scope: 'once' });
    release.resolve(undefined);
    await until(async () => (await questions(old.id)).length === 2);
    expect(await runs.get({ id: old.id })).toMatchObject({ status: 'waiting', result: null });
    await runs.approve({ ...await questionOf(home.store, old.id), decision: 'deny', scope: 'once' });
    await runs.settled(old.id);
    expect((await runs.get({ id: old.id })).result).toBe('deny');
  });

  it('the very same question of an earlier life is not asked twice, and its answer counts', async () => {
    const old = await leftOpen();
    const asked = Promise.withResolvers<undefined>();
    const runs = make();
    await runs.recover(() => asksAnew({}, () => { asked.resolve(undefined); }));
    // An answer that is in the log before the run reads it is found there by who calls the tool, and nothing is asked any more.
    await asked.promise;
    await runs.approve({ ...old, decision: 'allow', scope: 'once' });
    await runs.settled(old.id);
    expect((await runs.get({ id: old.id })).result).toBe('allow');
    expect(await questions(old.id)).toEqual([old.questionId]);
  });
});

describe('R9 what a restart finds', () => {
  it('lets go of a run when the core stops and takes it up again with its log', async () => {
    const before = make();
    const { runId } = await before.start(spec, runnable((context) => { context.emit('notice_added', { code: 'x', message: 'first life' }); return aborted(context); }));
    await until(async () => (await before.get({ id: runId })).lastSeq >= 2);
    await before.stop();
    expect((await before.get({ id: runId })).status).toBe('running');
    await home.reopen();
    const after = make();
    expect(await after.recover(() => runnable((context) => Promise.resolve(types(context.past))))).toEqual({ resumed: 1, ended: 0 });
    await after.settled(runId);
    expect((await after.get({ id: runId })).result).toEqual(['run_started', 'notice_added', 'run_suspended']);
    expect(types(await collect(after.events(runId, 0, forever))).slice(-2)).toEqual(['run_resumed', 'run_finished']);
  });

  it('keeps a question open, and takes an answer that comes before the run has asked again', async () => {
    const before = make();
    const { runId } = await before.start(spec, runnable(async (context) => (await context.ask(call, 'policy')).decision));
    await until(async () => (await before.get({ id: runId })).status === 'waiting');
    await before.stop();
    await home.reopen();
    const after = make();
    const gate = Promise.withResolvers<void>();
    await after.recover(() => runnable(async (context) => { await gate.promise; return (await context.ask(call, 'policy')).decision; }));
    await until(async () => (await after.get({ id: runId })).lastSeq >= 4);
    await after.approve({ ...await questionOf(home.store, runId, 'c1'), decision: 'allow', scope: 'once' });
    gate.resolve();
    await after.settled(runId);
    expect((await after.get({ id: runId })).result).toBe('allow');
    expect(types(await collect(after.events(runId, 0, forever))).filter((type) => type === 'tool_approval_requested')).toHaveLength(1);
  });

  it('says that it was interrupted when it cannot go on, and does not take up what crashed again and again', async () => {
    const before = make();
    const lost = await before.start(spec, runnable(aborted));
    await until(async () => (await before.get({ id: lost.runId })).status === 'running');
    await before.stop();
    const after = make();
    await after.recover(() => { throw new AppError('plugins/not-installed', 'The plugin is gone.'); });
    await after.settled(lost.runId);
    expect(await after.get({ id: lost.runId })).toMatchObject({ status: 'interrupted', error: { code: 'plugins/not-installed', message: 'The plugin is gone.' } });

    const { runId } = await home.store.write('startRun', { run: { id: 'crashing', pluginId: null, executionType: 'tool', executionTarget: 't', parameters: {}, conversationId: null, hireId: null, parentRunId: null, model: null, createdAt: 1 },
      events: [1, 2, 3].map((n) => ({ id: `e${n}`, parent: null, at: n, type: 'run_resumed', channel: 'lifecycle' as const, namespace: [], data: { after: 0 } })) });
    expect(await make().recover(() => runnable(() => Promise.resolve(1)))).toEqual({ resumed: 0, ended: 1 });
    expect((await after.get({ id: runId })).status).toBe('interrupted');
  });

  it('honours a cancel that the core did not live to carry out', async () => {
    const before = make();
    const { runId } = await before.start(spec, runnable(aborted));
    await until(async () => (await before.get({ id: runId })).status === 'running');
    await before.stop();
    await before.cancel({ id: runId });
    expect(await make().recover(() => runnable(() => Promise.resolve(1)))).toEqual({ resumed: 0, ended: 1 });
    expect((await before.get({ id: runId })).status).toBe('cancelled');
  });
});

describe('R8 many at once', () => {
  it('runs 50 side by side, each with its own whole log', async () => {
    const runs = make();
    const ids = await Promise.all(Array.from({ length: 50 }, (_, index) => runs.start(spec, runnable(async (context) => {
      for (let step = 0; step < 4; step += 1) { context.emit('notice_added', { code: 'step', message: String(step) }); await new Promise((resolve) => { setTimeout(resolve, 1); }); }
      return index;
    }))));
    await Promise.all(ids.map(({ runId }) => runs.settled(runId)));
    const all = await Promise.all(ids.map(({ runId }) => runs.get({ id: runId })));
    expect(all.every((run) => run.status === 'completed' && run.lastSeq === 6)).toBe(true);
    expect(all.map((run) => run.result)).toEqual(ids.map((_, index) => index));
    expect((await runs.list({ limit: 200, active: true })).runs).toEqual([]);
    expect((await runs.list({ limit: 200, active: false })).runs).toHaveLength(50);
    expect(runs.active()).toBe(0);
  });

  it('ends a run whose log cannot be written', async () => {
    const runs = createRuns({
      store: { read: home.store.read, write: (name, input, options) => (name === 'appendRunEvents' ? Promise.reject(new AppError('store/full', 'full')) : home.store.write(name, input, options)) },
      clock: systemClock, ids: countingIds('full'), changed: () => undefined, log: { warn: () => undefined },
    });
    const { runId } = await runs.start(spec, runnable(aborted));
    await runs.settled(runId);
    const { error } = await runs.get({ id: runId });
    expect(hasCode(error, 'store/full')).toBe(true);
  });
});
