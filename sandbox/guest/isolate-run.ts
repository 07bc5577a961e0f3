import { setTimeout as sleep } from 'node:timers/promises';
import type ivm from 'isolated-vm';
import { DOOR, STRIP } from './boot-source.ts';
import { DELIVER, messageOf, START, TAKE, type GuestRun, type Outcome } from './guest-run.ts';
import type { ProcessorShare } from './processor-share.ts';
import type { Guard } from './protocol.ts';

export type Ivm = typeof ivm;

/** The wall deadline stands this long behind the isolate's own timeout, which is the gentler one. */
const WALL_MS = 60;
/** The shortest time between two looks at the processor time of an entry, which no timeout of V8 knows. */
const CPU_LOOK_MS = 10;
const LATE = Symbol('late');
const COMPUTED = Symbol('computed');

/**
 * One run in one fresh isolate. Every entry races a wall deadline, since compiling, getters of a thrown object and
 * multiplications of BigInt are stopped by no timeout of V8. After an `end` the isolate is disposed and of no use.
 */
export class IsolateRun implements GuestRun {
  readonly #isolate: ivm.Isolate;
  readonly #context: ivm.Context;
  readonly #door: ivm.Reference<(...args: unknown[]) => unknown>;
  readonly #off: ReadonlySet<Guard>;
  readonly #share: ProcessorShare;
  #cpuMs = 0;
  #loaded = false;
  #disposed = false;

  constructor(library: Ivm, snapshot: ivm.ExternalCopy<ArrayBuffer>, memoryMiB: number, off: ReadonlySet<Guard>, share: ProcessorShare, onCatastrophe: (message: string) => void) {
    this.#off = off;
    this.#share = share;
    this.#isolate = new library.Isolate({ snapshot, memoryLimit: off.has('memory') ? 65_536 : memoryMiB, onCatastrophicError: onCatastrophe });
    // Synchronous, and safe to be: nothing of the plugin is in the isolate yet.
    this.#context = this.#isolate.createContextSync();
    const strip = off.has('strip') ? '' : STRIP;
    this.#door = this.#context.evalSync(`{ ${strip} } const door = globalThis.${DOOR}; delete globalThis.${DOOR}; door`, { reference: true }) as ivm.Reference<(...args: unknown[]) => unknown>;
  }

  /** Milliseconds of processor time that it has used in the entries that are over: its share of the process'. */
  cpuMs(): number { return this.#cpuMs; }

  /** Bytes of heap and buffers that the isolate holds now. Only between entries: it waits for the isolate. */
  memoryBytes(): number {
    if (this.#disposed || this.#isolate.isDisposed) return 0;
    const { used_heap_size: heap, externally_allocated_size: outside } = this.#isolate.getHeapStatisticsSync();
    return heap + outside;
  }

  /** Loads the plugin and starts its entry. `budgetMs` is what it may run before it has to wait or end. */
  start(code: string, order: string, budgetMs: number, cpuMs: number): Promise<Outcome> {
    return this.#enter(budgetMs, cpuMs, async (left) => {
      const module = await this.#isolate.compileModule(code, { filename: 'plugin.js' });
      await module.instantiate(this.#context, (specifier: string) => { throw new SyntaxError(`dist/plugin.js must be one file; it imports ${JSON.stringify(specifier.slice(0, 200))}.`); });
      await module.evaluate({ timeout: left() });
      this.#loaded = true;
      await this.#door.apply(undefined, [START, module.namespace.derefInto(), order], { timeout: left() });
    });
  }

  /** Hands answers to host calls in and lets the plugin go on. */
  deliver(heads: string, answers: string, budgetMs: number): Promise<Outcome> {
    return this.#enter(budgetMs, budgetMs, async (left) => { await this.#door.apply(undefined, [DELIVER, heads, answers], { timeout: left() }); });
  }

  /** Ends the isolate, whatever it is doing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    try {
      this.#isolate.dispose();
    } catch (error) {
      if (!(error instanceof Error)) throw error; // it was disposed already, by its own memory limit
    }
  }

  async #enter(budgetMs: number, cpuMs: number, work: (left: () => number) => Promise<void>): Promise<Outcome> {
    const began = performance.now();
    this.#share.begin();
    const had = this.#share.ms();
    // With the guard off there is no limit at all: 0 means so to isolated-vm.
    const left = (): number => (this.#off.has('timeout') ? 0 : Math.max(1, Math.ceil(budgetMs - (performance.now() - began))));
    let timer: NodeJS.Timeout | undefined;
    const wall = new Promise<typeof LATE>((resolve) => { if (!this.#off.has('wall')) timer = setTimeout(() => resolve(LATE), budgetMs + WALL_MS); });
    // Of no use where the wall's time is over no later.
    const cpu = this.#cpuWatch(cpuMs < budgetMs ? had + cpuMs : Infinity);
    const inside = this.#work(work, left, () => cpu.spent() || performance.now() - began >= budgetMs);
    const outcome = await Promise.race([inside, wall, cpu.late]);
    clearTimeout(timer);
    cpu.stop();
    this.#cpuMs += this.#share.ms() - had;
    void inside.finally(() => { this.#share.end(); }); // a thread that nothing stops goes on using it
    if (outcome !== LATE && outcome !== COMPUTED) return outcome;
    this.dispose();
    // Disposing ends what computes, as a rule; the wall's time was over only after V8's own timeout had failed to.
    const stuck = outcome === LATE || await Promise.race([inside.then(() => false), sleep(WALL_MS, true)]);
    return { kind: 'end', code: 'sandbox/deadline', message: '', stuck };
  }

  /** Looks at the processor time of an entry as often as could matter; `late` when it is over. */
  #cpuWatch(endMs: number): { late: Promise<typeof COMPUTED>; spent(): boolean; stop(): void } {
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const spent = (): boolean => over || this.#share.ms() >= endMs;
    const late = new Promise<typeof COMPUTED>((resolve) => {
      const look = (): void => {
        over = spent();
        if (over) resolve(COMPUTED);
        else timer = setTimeout(look, Math.max(CPU_LOOK_MS, endMs - this.#share.ms()));
      };
      if (endMs < Infinity && !this.#off.has('timeout')) look();
    });
    return { late, spent, stop: () => clearTimeout(timer) };
  }

  async #work(work: (left: () => number) => Promise<void>, left: () => number, spent: () => boolean): Promise<Outcome> {
    let failure = '';
    try {
      await work(left);
    } catch (error) {
      // What is thrown here is the plugin's word: an unhandled rejection can call itself a timeout. Only the clock and
      // the isolate's own state decide what it was; the text is for people.
      failure = messageOf(error);
    }
    if (this.#disposed) return { kind: 'end', code: 'gone', message: '', stuck: false };
    if (this.#isolate.isDisposed) return { kind: 'end', code: 'sandbox/memory', message: '', stuck: false };
    if (spent() && !this.#off.has('timeout')) return { kind: 'end', code: 'sandbox/deadline', message: '', stuck: false };
    if (!this.#loaded) return { kind: 'end', code: 'sandbox/bad-plugin', message: failure, stuck: false };
    try {
      const taken = await this.#door.apply(undefined, [TAKE], { timeout: left() });
      if (typeof taken !== 'string') return { kind: 'end', code: 'sandbox/crashed', message: '', stuck: false };
      return { kind: 'turn', taken, note: failure };
    } catch (error) {
      const memory = this.#isolate.isDisposed && !this.#disposed;
      return { kind: 'end', code: memory ? 'sandbox/memory' : spent() ? 'sandbox/deadline' : 'sandbox/crashed', message: messageOf(error), stuck: false };
    }
  }
}
