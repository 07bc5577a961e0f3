import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { readFrames, writeFrame } from './frames.ts';
import { workerArguments, type HostGuards } from './guards.ts';
import { KILL_AFTER_MS } from './limits.ts';
import { parseReport, type Report } from './report.ts';
import type { SandboxEngine } from './request.ts';
import type { SandboxRun } from './sandbox-run.ts';
import { readTaken } from './taken.ts';
import type { PreparedWorker } from './worker-file.ts';

/** What each engine needs of V8. QuickJS is WebAssembly, which --jitless switches off; V8 never sees a plugin's code there. */
const ENGINE_FLAGS: Record<SandboxEngine, readonly string[]> = { 'isolated-vm': ['--jitless', '--wasm-max-mem-pages=16', '--allow-addons'], quickjs: ['--wasm-max-mem-pages=8448', '--expose-gc'] };

/** The arguments that make a Node process a sandbox: no more of V8 than its engine needs, no permission but to read itself. */
export function sandboxFlags(readable: readonly string[], engine: SandboxEngine = 'isolated-vm'): string[] {
  return ['--no-warnings', '--no-node-snapshot', '--permission', ...ENGINE_FLAGS[engine], ...readable.map((file) => `--allow-fs-read=${file}`)];
}

export interface WorkerOptions {
  nodeFile: string;
  addonFile: string;
  engine: SandboxEngine;
  worker: PreparedWorker;
  guards: HostGuards;
  /** Isolates that may execute at once in this process. */
  slots: number;
  /** Milliseconds that it may take to start. */
  startMs: number;
  log(entry: object): void;
  /** Room was made, or the state changed. */
  onChange(worker: WorkerProcess): void;
  onReady(worker: WorkerProcess): void;
  onExit(worker: WorkerProcess, wasReady: boolean): void;
}

interface Occupied { run: SandboxRun; running: boolean; wants: boolean; killer: NodeJS.Timeout | undefined }

/** Modules a process keeps, so that a plugin used often is sent once. */
const KEPT_CODE_CHARS = 16 * 1_048_576;
const CODES = { 'sandbox/deadline': 1, 'sandbox/memory': 1 } as Record<string, number | undefined>;

/** One sandbox process and the runs that live in it. */
export class WorkerProcess {
  state: 'starting' | 'ready' | 'retiring' | 'gone' = 'starting';
  running = 0;
  /** When a run last ended here. */
  restedAt = 0;
  readonly exited: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #child: ChildProcess;
  readonly #pipe: Duplex;
  readonly #occupied = new Map<number, Occupied>();
  readonly #entries: Occupied[] = [];
  readonly #codes = new Map<string, number>();
  #keptChars = 0;
  #nextCode = 1;
  #guilty: SandboxRun | undefined;
  #stderr = '';
  #ending = false;
  #killed: string | undefined;
  #wasReady = false;
  readonly #starting: NodeJS.Timeout;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { worker, nodeFile, addonFile, guards } = options;
    // Windows starts no process without SystemRoot; elsewhere the environment is empty.
    const env = process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {};
    this.#child = spawn(nodeFile, [...sandboxFlags([...worker.readable, addonFile], options.engine), worker.entry, addonFile, ...workerArguments(guards)],
      { cwd: path.parse(worker.entry).root, env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], windowsHide: true });
    this.#pipe = this.#child.stdio[3] as Duplex;
    this.#pipe.on('error', (error) => options.log({ event: 'sandbox/pipe', pid: this.pid, message: error.message })); // the exit follows
    const read = readFrames((head, body) => this.#onReport(parseReport(head), body));
    this.#pipe.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        options.log({ event: 'sandbox/broken-protocol', pid: this.pid, message: error instanceof Error ? error.message : 'unknown' });
        this.kill('it broke the protocol');
      }
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.#stderr = (this.#stderr + chunk.toString()).slice(-2_000); });
    this.#starting = setTimeout(() => this.kill('it did not start in time'), options.startMs);
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null): void => {
        clearTimeout(this.#starting);
        if (this.state === 'gone') return;
        this.#onGone(code, signal);
        resolve();
      };
      this.#child.once('error', (error) => { this.#stderr = error.message; end(null, null); });
      this.#child.once('exit', end);
    });
  }

  get pid(): number { return this.#child.pid ?? -1; }
  /** Runs that have an isolate here. */
  get live(): number { return this.#occupied.size; }
  get free(): boolean { return this.running < this.#options.slots; }

  /** Begins a run; the caller has made sure of a free slot. */
  start(run: SandboxRun): void {
    const code = this.#ensureCode(run.request.code);
    const place: Occupied = { run, running: false, wants: false, killer: undefined };
    this.#occupied.set(run.id, place);
    run.seat = { wantEntry: () => this.#wantEntry(place), leave: () => this.#leave(place) };
    const budgetMs = this.#occupy(place);
    writeFrame(this.#pipe, { t: 'start', run: run.id, code, budgetMs, cpuMs: Math.max(1, Math.ceil(run.leftCpuMs)), memoryMiB: run.limits.memoryMiB }, run.order);
  }

  /** Takes no new runs and ends when the last one has; with a thread out of control, after a second at most. */
  retire(stuck: boolean): void {
    if (this.state === 'gone') return;
    this.state = 'retiring';
    if (this.live === 0) this.kill('retired');
    else if (stuck) setTimeout(() => this.kill('a thread in it is out of control'), 1_000).unref();
    this.#options.onChange(this);
  }

  /** Ends every run here for its caller, and the process. */
  end(): void {
    for (const place of this.#occupied.values()) place.run.fail('sandbox/cancelled', 'The sandbox is stopping.');
    this.#ending = true;
    this.kill('the pool stops');
  }

  /** @param why for the log: what this process did, or that it was not needed */
  kill(why: string): void {
    this.#killed ??= why;
    if (this.state !== 'gone') this.state = 'retiring'; // it is not gone until the system says so, and must get no run till then
    this.#child.kill('SIGKILL');
  }

  #ensureCode(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) {
      this.#codes.delete(text); // to the end of the line: the one unused for longest goes first
      this.#codes.set(text, known);
      return known;
    }
    for (const [old, id] of this.#codes) {
      if (this.#keptChars + text.length <= KEPT_CODE_CHARS) break;
      this.#codes.delete(old);
      this.#keptChars -= old.length;
      writeFrame(this.#pipe, { t: 'forget', code: id });
    }
    const id = this.#nextCode++;
    this.#codes.set(text, id);
    this.#keptChars += text.length;
    writeFrame(this.#pipe, { t: 'code', code: id }, text);
    return id;
  }

  #wantEntry(place: Occupied): void {
    if (place.running || place.wants) return;
    place.wants = true;
    this.#entries.push(place);
    this.#pump();
  }

  #pump(): void {
    while (this.free) {
      const place = this.#entries.shift();
      if (place === undefined) return;
      place.wants = false;
      if (place.run.ended) continue;
      if (place.run.leftMs <= 0 && this.#options.guards.timeout) { place.run.failLate(); continue; }
      const { heads, body } = place.run.takeAnswers();
      const budgetMs = this.#occupy(place);
      writeFrame(this.#pipe, { t: 'deliver', run: place.run.id, budgetMs, heads }, body);
    }
  }

  #occupy(place: Occupied): number {
    place.running = true;
    this.running += 1;
    const budgetMs = Math.max(1, Math.ceil(place.run.leftMs));
    this.#killLater(place, budgetMs + KILL_AFTER_MS);
    return budgetMs;
  }

  #killLater(place: Occupied, afterMs: number): void {
    clearTimeout(place.killer);
    if (!this.#options.guards.kill) return;
    place.killer = setTimeout(() => {
      this.#guilty = place.run;
      this.kill('it let a deadline pass in silence');
      // The answer does not wait for the system to take the process down.
      place.run.failLate();
    }, afterMs);
  }

  #rest(place: Occupied): void {
    clearTimeout(place.killer);
    if (!place.running) return;
    place.running = false;
    this.running -= 1;
  }

  #vacate(place: Occupied): void {
    this.#rest(place);
    this.restedAt = performance.now();
    this.#occupied.delete(place.run.id);
    place.run.seat = undefined;
  }

  /** The run has ended for its caller while its isolate may be at work: the worker disposes it and answers, or is killed. */
  #leave(place: Occupied): void {
    if (this.state === 'gone' || !this.#occupied.has(place.run.id)) return;
    writeFrame(this.#pipe, { t: 'cancel', run: place.run.id });
    this.#killLater(place, KILL_AFTER_MS);
  }

  #onReport(report: Report, body: string): void {
    if (report.t === 'ready') { this.#onReady(report.granted); return; }
    if (report.t === 'dying') { this.#options.log({ event: 'sandbox/dying', pid: this.pid, reason: report.reason }); this.retire(true); return; }
    const place = this.#occupied.get(report.run);
    if (place === undefined) return; // it left while this was on its way
    const { run } = place;
    if (report.t === 'turn') {
      const taken = readTaken(body);
      if (taken.state === 'pending') this.#rest(place); else this.#vacate(place);
      if (!run.ended) run.onTurn(taken, report);
      else if (this.#occupied.has(run.id)) this.#killLater(place, KILL_AFTER_MS); // its cancel is still unanswered
    } else {
      this.#vacate(place);
      if (report.code === 'sandbox/deadline') run.failLate();
      else if (report.code === 'sandbox/memory') run.fail('sandbox/memory', `The plugin used more than its ${run.limits.memoryMiB} MiB of memory.`);
      else if (report.code === 'sandbox/bad-plugin') run.fail('sandbox/bad-plugin', `dist/plugin.js could not be loaded. ${report.message}`);
      else run.fail('sandbox/crashed', 'The isolate of the plugin was lost.');
      // An instance of QuickJS is gone with all that it held; isolated-vm's threads and heaps are not trusted to be.
      if (report.stuck || (CODES[report.code] && this.#options.engine !== 'quickjs')) this.retire(report.stuck);
    }
    if (this.state === 'retiring' && this.live === 0) this.kill('retired');
    this.#pump();
    this.#options.onChange(this);
  }

  #onReady(granted: readonly string[]): void {
    if (granted.length > 0) {
      this.#options.log({ event: 'sandbox/not-denied', pid: this.pid, granted });
      this.kill('it kept a permission');
      return;
    }
    clearTimeout(this.#starting);
    this.#wasReady = true;
    if (this.state === 'starting') this.state = 'ready';
    this.#options.onReady(this);
  }

  #onGone(code: number | null, signal: string | null): void {
    const expected = this.#ending || (this.state === 'retiring' && this.live === 0);
    this.state = 'gone';
    if (!expected) this.#options.log({ event: 'sandbox/exit', pid: this.pid, code, signal, killed: this.#killed ?? null, live: this.live, stderr: this.#stderr });
    for (const place of [...this.#occupied.values()]) {
      this.#vacate(place);
      if (place.run === this.#guilty) place.run.failLate();
      else place.run.fail('sandbox/crashed', 'The process that ran the plugin was lost. Nothing else was affected; try again.');
    }
    this.#pipe.destroy();
    this.#options.onExit(this, this.#wasReady);
  }
}
