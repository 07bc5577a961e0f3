import type { GuestRun, Outcome } from './guest-run.ts';
import type { Order, Report } from './protocol.ts';
import type { RssGuard } from './rss-guard.ts';

export interface ServerOptions {
  /** Makes a fresh isolate of so much memory; `onCatastrophe` when the engine itself gives up. */
  make(memoryMiB: number, onCatastrophe: () => void): GuestRun;
  /** Absent with its guard off. `onBreach` is told to the guard by the server. */
  watch: ((onBreach: () => void) => RssGuard) | undefined;
  report(message: Report, body?: string): void;
  /** Ends this process without asking its threads, after what was reported is out. */
  kill(): void;
}

interface Live { run: GuestRun; began: number; entered: Promise<void> | undefined }

/** The usual limit of a run; an isolate of it is kept ready, since making one takes longer than a short call. */
const SPARE_MIB = 128;
/** How long a cancelled isolate may take to let go of its thread before the parent is told that it has not. */
const LET_GO_MS = 150;

/** Carries out the parent's orders: makes isolates, enters them, reports what came out. Decides nothing. */
export class IsolateServer {
  readonly #options: ServerOptions;
  readonly #codes = new Map<number, string>();
  readonly #live = new Map<number, Live>();
  readonly #rss: RssGuard | undefined;
  #spare: GuestRun | undefined;
  #refill: NodeJS.Immediate | undefined;
  #dying = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#rss = options.watch?.(() => this.#die('memory'));
    this.#spare = this.#make(SPARE_MIB);
  }

  obey(order: Order, body: string): void {
    if (order.t === 'code') { this.#codes.set(order.code, body); return; }
    if (order.t === 'forget') { this.#codes.delete(order.code); return; }
    if (order.t === 'start') {
      const run = this.#take(order.memoryMiB);
      const begun: Live = { run, began: 0, entered: undefined };
      this.#live.set(order.run, begun);
      this.#rss?.add(order.run, order.memoryMiB);
      this.#enter(order.run, begun, () => run.start(this.#codes.get(order.code) ?? '', body, order.budgetMs, order.cpuMs));
      return;
    }
    const entry = this.#live.get(order.run);
    if (entry === undefined) return; // it ended while the order was on its way
    if (order.t === 'deliver') this.#enter(order.run, entry, () => entry.run.deliver(order.heads, body, order.budgetMs));
    else void this.#cancel(order.run, entry);
  }

  #make(memoryMiB: number): GuestRun { return this.#options.make(memoryMiB, () => this.#die('memory')); }

  #take(memoryMiB: number): GuestRun {
    const ready = memoryMiB === SPARE_MIB ? this.#spare : undefined;
    if (ready === undefined) return this.#make(memoryMiB);
    this.#spare = undefined;
    return ready;
  }

  /** Makes the next isolate when nothing is at work here. It is as fresh as any: no plugin has been in it. */
  #keepSpare(): void {
    this.#refill ??= setImmediate(() => {
      this.#refill = undefined;
      const idle = ![...this.#live.values()].some((entry) => entry.entered !== undefined);
      if (this.#spare === undefined && !this.#dying && idle) this.#spare = this.#make(SPARE_MIB);
    });
  }

  #drop(id: number): void {
    this.#live.get(id)?.run.dispose();
    this.#live.delete(id);
    this.#rss?.remove(id);
    this.#keepSpare();
  }

  #enter(id: number, entry: Live, work: () => Promise<Outcome>): void {
    entry.began = performance.now();
    entry.entered = work().then((outcome) => {
      entry.entered = undefined;
      if (this.#live.get(id) !== entry) return; // cancelled meanwhile, and answered for
      const usedMs = performance.now() - entry.began;
      const cpuMs = entry.run.cpuMs();
      if (outcome.kind === 'turn') this.#options.report({ t: 'turn', run: id, usedMs, cpuMs, memoryBytes: entry.run.memoryBytes(), note: outcome.note }, outcome.taken);
      else this.#options.report({ t: 'end', run: id, code: outcome.code, message: outcome.message, stuck: outcome.stuck, usedMs, cpuMs });
      if (outcome.kind === 'end' || !outcome.taken.startsWith('p')) this.#drop(id);
    });
  }

  /** Disposes a run and says so when its thread has let go, or that it has not after a while. */
  async #cancel(id: number, entry: Live): Promise<void> {
    this.#drop(id);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => { timer = setTimeout(() => resolve(true), LET_GO_MS); });
    const stuck = await Promise.race([Promise.resolve(entry.entered).then(() => false), late]);
    clearTimeout(timer);
    this.#options.report({ t: 'end', run: id, code: 'gone', message: '', stuck, usedMs: 0, cpuMs: 0 });
  }

  /** Ends the process after saying why; what runs in it is lost, which the parent takes as normal. */
  #die(reason: string): void {
    if (this.#dying) return;
    this.#dying = true;
    const running = [...this.#live].filter(([, entry]) => entry.entered !== undefined);
    // With one run at work it is known whose memory it was; with several nobody is blamed.
    if (running.length === 1) {
      const [id, entry] = running[0] as [number, Live];
      this.#options.report({ t: 'end', run: id, code: 'sandbox/memory', message: '', stuck: true, usedMs: performance.now() - entry.began, cpuMs: 0 });
    }
    this.#options.report({ t: 'dying', reason });
    this.#options.kill();
  }
}
