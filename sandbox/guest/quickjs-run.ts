import process from 'node:process';
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core';
import { BOOT_SOURCE, DOOR, STRIP } from './boot-source.ts';
import { DELIVER, messageOf, START, TAKE, type GuestRun, type Outcome } from './guest-run.ts';
import type { Guard } from './protocol.ts';

/** Of QuickJS's own stack; WebAssembly's has to be larger than what this makes of it. */
const STACK_BYTES = 160 * 1024;
/** Jobs between two looks at the clock: a chain of microtasks without end is never interrupted by itself. */
const JOBS_AT_ONCE = 500;
const DESCRIBE = 3;
const PAGES_PER_MIB = 16;
/** What QuickJS itself needs: 16 MiB. */
const INITIAL_PAGES = 256;
const MOST_PAGES = INITIAL_PAGES + 512 * PAGES_PER_MIB;

/**
 * The kernel's door for QuickJS. Texts cross as JSON: QuickJS takes C strings, which end at a NUL and know no lone surrogate.
 * It is made before any plugin code runs and keeps its own intrinsics.
 */
const BRIDGE = `(() => {
  const { parse, stringify } = JSON;
  const NativeString = String;
  const door = globalThis.${DOOR};
  delete globalThis.${DOOR};
  const describe = (error) => { try { return NativeString(error === null || typeof error !== 'object' ? error : error.name + ': ' + error.message); } catch { return 'Error'; } };
  return (operation, first, second) => {
    if (operation === ${TAKE}) return stringify(door(${TAKE}));
    if (operation === ${DESCRIBE}) return stringify(describe(first));
    door(operation, first, operation === ${DELIVER} ? parse(second) : second);
  };
})()`;

interface Machine { runtime: QuickJSRuntime; context: QuickJSContext; bridge: QuickJSHandle; namespace: QuickJSHandle | undefined }
/** Work inside: undefined when it went well, else what was thrown. */
type Work = (machine: Machine) => QuickJSHandle | undefined;

function threadMicroseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/**
 * One run in one fresh instance of QuickJS. It computes in this process' only thread: while it does, nothing else here runs,
 * and what QuickJS does not interrupt ends by the parent's SIGKILL. An instance is dropped as a whole and never tidied up.
 */
export class QuickJsRun implements GuestRun {
  readonly #off: ReadonlySet<Guard>;
  readonly #memory: WebAssembly.Memory;
  readonly #machine: Promise<Machine>;
  #deadline = Infinity;
  /** Of this thread's processor time, in microseconds. */
  #cpuDeadline = Infinity;
  #loaded = false;
  #disposed = false;
  #cpuMs = 0;

  /** @param load makes an instance of QuickJS over a memory of its own */
  constructor(load: (memory: WebAssembly.Memory) => Promise<QuickJSWASMModule>, memoryMiB: number, off: ReadonlySet<Guard>) {
    this.#off = off;
    const most = off.has('memory') ? MOST_PAGES : Math.min(MOST_PAGES, INITIAL_PAGES + memoryMiB * PAGES_PER_MIB);
    this.#memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: most });
    this.#machine = load(this.#memory).then((module) => this.#prepare(module, memoryMiB));
  }

  cpuMs(): number { return this.#cpuMs; }
  memoryBytes(): number { return this.#memory.buffer.byteLength; }

  dispose(): void {
    this.#disposed = true;
    // A large memory that nobody refers to any more counts for the process until it is collected.
    if (this.memoryBytes() > 2 * INITIAL_PAGES * 65_536) setImmediate(() => globalThis.gc?.());
  }

  start(code: string, order: string, budgetMs: number, cpuMs: number): Promise<Outcome> {
    return this.#enter(budgetMs, cpuMs, (machine) => {
      const failed = this.#load(machine, code);
      if (failed) return failed;
      this.#loaded = true;
      return this.#call(machine, machine.context.newNumber(START), machine.namespace ?? machine.context.undefined, machine.context.newString(order));
    });
  }

  deliver(heads: string, answers: string, budgetMs: number): Promise<Outcome> {
    return this.#enter(budgetMs, budgetMs, ({ context, ...rest }) => this.#call({ context, ...rest }, context.newNumber(DELIVER), context.newString(heads), context.newString(JSON.stringify(answers))));
  }

  #prepare(module: QuickJSWASMModule, memoryMiB: number): Machine {
    const runtime = module.newRuntime();
    if (!this.#off.has('memory')) runtime.setMemoryLimit(memoryMiB * 1_048_576);
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => this.#spent());
    runtime.setModuleLoader((name) => ({ error: new SyntaxError(`dist/plugin.js must be one file; it imports ${JSON.stringify(name.slice(0, 200))}.`) }), (_base, name) => name);
    const context = runtime.newContext();
    context.unwrapResult(context.evalCode(BOOT_SOURCE, 'boot.js'));
    return { runtime, context, bridge: context.unwrapResult(context.evalCode(this.#off.has('strip') ? BRIDGE : `${STRIP}${BRIDGE}`, 'bridge.js')), namespace: undefined };
  }

  #load(machine: Machine, code: string): QuickJSHandle | undefined {
    const { context } = machine;
    const loaded = context.evalCode(code, 'plugin.js', { type: 'module' });
    if (loaded.error) return loaded.error;
    this.#drain(machine); // a module may await
    const state = context.getPromiseState(loaded.value);
    if (state.type === 'rejected') return state.error;
    if (state.type === 'pending') return context.newError('dist/plugin.js waits for something that can never happen while it is loaded.');
    machine.namespace = state.value;
    return undefined;
  }

  #call({ context, bridge }: Machine, ...args: QuickJSHandle[]): QuickJSHandle | undefined {
    return context.callFunction(bridge, context.undefined, args).error;
  }

  /** Promise jobs until there is none or time is up. */
  #drain({ runtime }: Machine): void {
    while (runtime.hasPendingJob() && !this.#spent()) runtime.executePendingJobs(JOBS_AT_ONCE);
  }

  #spent(): boolean { return performance.now() > this.#deadline || threadMicroseconds() > this.#cpuDeadline; }

  #text({ context, bridge }: Machine, ...args: QuickJSHandle[]): string | undefined {
    const answer = context.callFunction(bridge, context.undefined, args);
    return answer.error || context.typeof(answer.value) !== 'string' ? undefined : JSON.parse(context.getString(answer.value)) as string;
  }

  async #enter(budgetMs: number, cpuMs: number, work: Work): Promise<Outcome> {
    const machine = await this.#machine;
    if (this.#disposed) return { kind: 'end', code: 'gone', message: '', stuck: false };
    const before = threadMicroseconds();
    if (!this.#off.has('timeout')) {
      this.#deadline = performance.now() + budgetMs;
      this.#cpuDeadline = before + cpuMs * 1_000;
    }
    try {
      return this.#work(machine, work);
    } catch (trap) {
      // WebAssembly itself gave up: out of memory that QuickJS does not count, or its stack.
      const memory = this.#memory.buffer.byteLength > 0.75 * MOST_PAGES * 65_536;
      return { kind: 'end', code: memory ? 'sandbox/memory' : 'sandbox/crashed', message: messageOf(trap), stuck: false };
    } finally {
      this.#cpuMs += (threadMicroseconds() - before) / 1_000;
    }
  }

  #work(machine: Machine, work: Work): Outcome {
    const { context } = machine;
    const failed = work(machine);
    this.#drain(machine);
    // Text of an error is the plugin's word and for people alone; only the clock decides what it was.
    const failure = failed && !this.#spent() ? messageOf(this.#text(machine, context.newNumber(DESCRIBE), failed)) : '';
    if (this.#spent()) return { kind: 'end', code: 'sandbox/deadline', message: '', stuck: false };
    if (!this.#loaded) return { kind: 'end', code: 'sandbox/bad-plugin', message: failure, stuck: false };
    const taken = this.#text(machine, context.newNumber(TAKE));
    if (taken === undefined) return { kind: 'end', code: this.#spent() ? 'sandbox/deadline' : 'sandbox/crashed', message: '', stuck: false };
    return { kind: 'turn', taken, note: failure };
  }
}
