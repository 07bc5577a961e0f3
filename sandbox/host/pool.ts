import { realpathSync } from 'node:fs';
import os from 'node:os';
import { AppError } from '../../contract/errors/app-error.ts';
import { BodyCount } from './bodies.ts';
import { ALL_GUARDS, type HostGuards } from './guards.ts';
import { CODE_CHARS, MAX_CALL_DEPTH, POOL_BODY_BYTES } from './limits.ts';
import type { PoolStats, SandboxEngine, SandboxPool, SandboxPoolOptions, SandboxRequest, SandboxResult } from './request.ts';
import { SandboxRun } from './sandbox-run.ts';
import { TimeSlice } from './time-slice.ts';
import { prepareWorker, type PreparedWorker } from './worker-file.ts';
import { WorkerProcess } from './worker-process.ts';

const LIVE_PER_PROCESS = 32;
/** QuickJS computes in its process' only thread: a second run would wait for the first and be blamed for its time. */
const SLOTS_PER_PROCESS: Record<SandboxEngine, number> = { 'isolated-vm': 2, quickjs: 1 };
const MAX_QUEUED = 1_000;
/** A process beyond the usual number ends when it has been empty this long. */
const IDLE_MS = 10_000;
const START_MS = 15_000;
const FAILED_STARTS = 3;
const RETRY_MS = 1_000;

/**
 * How many runs may be live when one of this depth begins. Each level has room that the levels above cannot take: a run that
 * waits for a tool of another plugin waits for a deeper run, and the deepest wait for nobody, so nothing can lock up.
 */
const LIVE_BY_DEPTH = [0, 100, 160, 176, 192] as const;

/** `createSandboxPool` with defences that a test can switch off. */
export function createGuardedPool(options: SandboxPoolOptions, guards: HostGuards = ALL_GUARDS): SandboxPool { return new Pool(options, guards); }

class Pool implements SandboxPool {
  readonly #options: SandboxPoolOptions;
  readonly #guards: HostGuards;
  readonly #worker: PreparedWorker;
  readonly #base: number;
  readonly #most: number;
  readonly #workers = new Set<WorkerProcess>();
  /** By depth, deepest first to begin. */
  readonly #queues: SandboxRun[][] = LIVE_BY_DEPTH.map(() => []);
  readonly #slice: TimeSlice;
  readonly #bodies: BodyCount;
  readonly #log: (entry: object) => void;
  #nextRun = 1;
  #failedStarts = 0;
  #retry: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: SandboxPoolOptions, guards: HostGuards) {
    this.#options = { ...options, addonFile: realpathSync(options.addonFile) };
    this.#guards = guards;
    this.#slice = new TimeSlice(guards.slice ? undefined : Infinity);
    this.#bodies = new BodyCount(guards.bodies ? POOL_BODY_BYTES : Infinity, 'all plugins');
    this.#log = options.log ?? (() => undefined);
    this.#base = Math.max(1, options.processes ?? Math.max(2, os.availableParallelism()));
    this.#most = Math.max(this.#base, Math.ceil(LIVE_BY_DEPTH[MAX_CALL_DEPTH] / LIVE_PER_PROCESS));
    this.#worker = prepareWorker(options.workerFile);
    for (let count = 0; count < this.#base; count += 1) this.#spawn();
  }

  async run(request: SandboxRequest): Promise<SandboxResult> {
    if (this.#stopping) throw new AppError('sandbox/cancelled', 'The sandbox is stopping.');
    const depth = request.depth ?? 1;
    if (depth > MAX_CALL_DEPTH || depth < 1) throw new AppError('tools/too-deep', `Tools may call tools ${MAX_CALL_DEPTH} levels deep; this call is at level ${depth}.`);
    if (request.signal?.aborted) throw new AppError('sandbox/cancelled', 'The run was cancelled.');
    if (request.code.length > CODE_CHARS) throw new AppError('sandbox/bad-plugin', `dist/plugin.js may have ${CODE_CHARS} characters; it has ${request.code.length}.`);
    if (this.#queued() >= MAX_QUEUED) throw new AppError('sandbox/busy', `${MAX_QUEUED} plugin runs are waiting already. Try again when some have ended.`);
    const run = new SandboxRun(this.#nextRun++, request, { slice: this.#slice, bodies: this.#bodies, guards: this.#guards });
    this.#queue(depth).push(run);
    this.#admit();
    return run.result;
  }

  stats(): PoolStats {
    const workers = [...this.#workers];
    const running = workers.reduce((sum, worker) => sum + worker.running, 0);
    return { engine: this.#options.engine ?? 'isolated-vm', processes: workers.length, running, waiting: this.#live() - running, queued: this.#queued(), bodyBytes: this.#bodies.bytes, pids: workers.map((worker) => worker.pid) };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#retry);
    clearTimeout(this.#sweep);
    this.#failQueued('sandbox/cancelled', 'The sandbox is stopping.');
    const workers = [...this.#workers];
    for (const worker of workers) worker.end();
    await Promise.all(workers.map((worker) => worker.exited));
    this.#worker.remove();
  }

  #queue(depth: number): SandboxRun[] { return this.#queues[depth] as SandboxRun[]; }
  #live(): number { return [...this.#workers].reduce((sum, worker) => sum + worker.live, 0); }
  #queued(): number { return this.#queues.reduce((sum, queue) => sum + queue.filter((run) => !run.ended).length, 0); }

  #failQueued(code: 'sandbox/cancelled' | 'sandbox/crashed', message: string): void {
    for (const queue of this.#queues) for (const run of queue.splice(0)) run.fail(code, message);
  }

  /** Begins what may begin, the deepest first. */
  #admit(): void {
    for (let depth = MAX_CALL_DEPTH; depth > 0; depth -= 1) {
      const queue = this.#queue(depth);
      while (queue.length > 0) {
        if (queue[0]?.ended) { queue.shift(); continue; }
        if (this.#live() >= (LIVE_BY_DEPTH[depth] as number)) break;
        const worker = this.#roomiest();
        if (worker === undefined) { this.#grow(); return; }
        worker.start(queue.shift() as SandboxRun);
      }
    }
  }

  /** The process with the fewest at work, then the fewest live, then the one that has rested longest: it has a fresh isolate ready. */
  #roomiest(): WorkerProcess | undefined {
    const able = [...this.#workers].filter((worker) => worker.state === 'ready' && worker.free && worker.live < LIVE_PER_PROCESS);
    return able.sort((a, b) => a.running - b.running || a.live - b.live || a.restedAt - b.restedAt)[0];
  }

  /** One more process when all are full of waiting isolates; not when they are merely at work. */
  #grow(): void {
    const usable = [...this.#workers].filter((worker) => worker.state !== 'retiring');
    const room = usable.some((worker) => worker.state === 'starting' || worker.live < LIVE_PER_PROCESS);
    if (!room && usable.length < this.#most) this.#spawn();
  }

  #spawn(): void {
    this.#workers.add(new WorkerProcess({
      nodeFile: this.#options.nodeFile ?? process.execPath,
      addonFile: this.#options.addonFile,
      worker: this.#worker,
      guards: this.#guards,
      engine: this.#options.engine ?? 'isolated-vm',
      slots: SLOTS_PER_PROCESS[this.#options.engine ?? 'isolated-vm'],
      startMs: this.#options.startMs ?? START_MS,
      log: this.#log,
      onReady: () => { this.#failedStarts = 0; this.#admit(); },
      onChange: () => { this.#replenish(); this.#admit(); this.#sweepLater(); },
      onExit: (worker, wasReady) => this.#onExit(worker, wasReady),
    }));
  }

  #replenish(): void {
    if (this.#stopping || this.#retry) return;
    let usable = [...this.#workers].filter((worker) => worker.state !== 'retiring' && worker.state !== 'gone').length;
    for (; usable < this.#base; usable += 1) this.#spawn();
  }

  #onExit(worker: WorkerProcess, wasReady: boolean): void {
    this.#workers.delete(worker);
    if (this.#stopping) return;
    this.#failedStarts = wasReady ? 0 : this.#failedStarts + 1;
    if (this.#failedStarts >= FAILED_STARTS) {
      // Something is wrong with the installation. Those who wait learn of it; the next try comes a little later.
      this.#failQueued('sandbox/crashed', 'No sandbox process can be started on this machine. "troupe doctor" says why.');
      this.#retry ??= setTimeout(() => { this.#retry = undefined; this.#replenish(); }, RETRY_MS);
      return;
    }
    this.#replenish();
    this.#admit();
  }

  #sweepLater(): void {
    if (this.#sweep || this.#stopping || this.#workers.size <= this.#base) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      const ready = [...this.#workers].filter((worker) => worker.state === 'ready');
      ready.filter((worker) => worker.live === 0).slice(0, Math.max(0, ready.length - this.#base)).forEach((worker) => worker.retire(false));
      this.#sweepLater();
    }, this.#options.idleMs ?? IDLE_MS);
  }
}
