import { AppError, toWire } from '../../contract/errors/app-error.ts';
import type { ErrorCode } from '../../contract/errors/codes.ts';
import { BodyCount, HeldBytes } from './bodies.ts';
import { parseBounded, type Bounds, type Refusal } from './bounded-json.ts';
import { BODY_FIELD, BRINGS_BODY } from './host-calls.ts';
import { ANSWER_CHARS, ARGUMENT_BYTES, ARGUMENT_CHARS, BODIES_AT_ONCE, CALLS, ENTRY_COST_MS, INPUT_CHARS, LOAD_DEADLINE_MS, LOAD_WALL_MS, LOG_LINES, MAX_DEPTH, MAX_VALUES, PENDING_CALLS, resolveLimits, RUN_BODY_BYTES, UNDER_WAY_CHARS, type SandboxLimits } from './limits.ts';
import type { HostGuards } from './guards.ts';
import type { SandboxRequest, SandboxResult } from './request.ts';
import type { Taken, TakenCall, TakenLog } from './taken.ts';
import type { TimeSlice } from './time-slice.ts';

/** What a run asks of the process it lives in. */
export interface Seat {
  /** Answers are there: enter the isolate when a slot is free. */
  wantEntry(): void;
  /** The run is over for the parent: dispose the isolate. */
  leave(): void;
}

/** What one entry into the isolate used; `cpuMs` counts from the run's begin, `note` is an error in the plugin that nobody caught. */
export interface Turn { usedMs: number; cpuMs: number; memoryBytes: number; note: string }

interface Answer { id: number; ok: boolean; json: string | undefined; body: string | undefined }
/** A host call under way: what it holds, and whether it has one of the places for calls that bring a body. */
interface Open { call: TakenCall; held: HeldBytes; brings: boolean }

/** What the runs of a pool share. */
export interface Shared { readonly slice: TimeSlice; readonly bodies: BodyCount; readonly guards: HostGuards }

const REFUSED: Record<Refusal, string> = {
  'too-large': 'is larger than its limit', 'too-deep': `is nested more than ${MAX_DEPTH} levels deep`, 'too-many-values': `holds more than ${MAX_VALUES} values`, 'not-json': 'is no JSON',
};

/** One run as the parent sees it: what it may still use, what it waits for, how it ended. Knows nothing of processes. */
export class SandboxRun {
  readonly id: number;
  readonly request: SandboxRequest;
  readonly limits: SandboxLimits;
  readonly depth: number;
  /** What goes into the isolate with `start`. */
  readonly order: string;
  readonly result: Promise<SandboxResult>;
  ended = false;
  seat: Seat | undefined;
  readonly #slice: TimeSlice;
  readonly #guards: HostGuards;
  readonly #stop = new AbortController();
  readonly #began = performance.now();
  #settle!: { resolve(result: SandboxResult): void; reject(error: AppError): void };
  #usedMs = 0;
  #cpuMs = 0;
  #memoryBytes = 0;
  #calls = 0;
  #open = 0;
  #bringing = 0;
  #waiting: TakenCall[] = [];
  /** Of those whose answer is not on its way in yet. */
  readonly #held = new Set<HeldBytes>();
  readonly #bodies: BodyCount;
  #answers: (Answer & { open: Open })[] = [];
  #logs: string[] = [];
  #logBytes = 0;

  constructor(id: number, request: SandboxRequest, { slice, bodies, guards }: Shared) {
    this.id = id;
    this.request = request;
    this.#slice = slice;
    this.#bodies = new BodyCount(guards.bodies ? RUN_BODY_BYTES : Infinity, 'one run of a plugin', bodies);
    this.#guards = guards;
    this.depth = request.depth ?? 1;
    const limits = resolveLimits(request.limits);
    this.limits = this.#loads ? { ...limits, deadlineMs: Math.min(limits.deadlineMs, LOAD_DEADLINE_MS) } : limits;
    this.order = this.#orderText();
    this.result = new Promise((resolve, reject) => { this.#settle = { resolve, reject }; });
    request.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Milliseconds on the wall that the plugin may still run. */
  get leftMs(): number { return (this.#loads ? LOAD_WALL_MS : this.limits.deadlineMs) - this.#usedMs; }
  /** Milliseconds of processor time that it may still use. */
  get leftCpuMs(): number { return this.#loads ? this.limits.deadlineMs - this.#cpuMs : this.leftMs; }
  get #loads(): boolean { return this.request.entry.kind === 'load'; }

  /** Ends the run since its time is over. */
  failLate(): void {
    const { deadlineMs } = this.limits;
    this.fail('sandbox/deadline', this.#loads ? `Loading the plugin took more than its ${deadlineMs} ms of processor time, or more than ${LOAD_WALL_MS} ms in all.` : `The plugin ran for more than its ${deadlineMs} ms.`);
  }

  #onAbort = (): void => this.fail('sandbox/cancelled', 'The run was cancelled.');

  #orderText(): string {
    const { entry, input, context } = this.request;
    const capped = (guard: 'results' | 'logs' | 'calls' | 'arguments', most: number): number => (this.#guards[guard] ? most : 1e9);
    const caps = {
      resultChars: capped('results', this.limits.resultBytes), logChars: capped('logs', this.limits.logBytes), logLines: capped('logs', LOG_LINES), calls: capped('calls', CALLS),
      pendingCalls: capped('calls', PENDING_CALLS), argumentChars: capped('arguments', ARGUMENT_CHARS), underWayChars: capped('arguments', UNDER_WAY_CHARS),
    };
    let text: string;
    try {
      text = JSON.stringify({ entry, input: input === undefined ? null : input, context, caps });
    } catch (cause) {
      throw new AppError('core/bad-input', 'The input of a tool must be JSON; it could not be written as such.', { cause });
    }
    if (text.length > INPUT_CHARS) throw new AppError('core/bad-input', `The input of a tool may have ${INPUT_CHARS} characters; this one has ${text.length}.`);
    return text;
  }

  /** One entry into the isolate is over and the plugin waits or has ended. */
  onTurn(taken: Taken, { usedMs, cpuMs, memoryBytes, note }: Turn): void {
    this.#usedMs += usedMs + ENTRY_COST_MS;
    this.#cpuMs = cpuMs;
    this.#memoryBytes = Math.max(this.#memoryBytes, memoryBytes);
    if (this.ended) return;
    for (const log of taken.logs) this.#log(log);
    if (note !== '') this.#log({ level: 'warn', at: Date.now(), message: `Nothing in the plugin caught this: ${note}` });
    for (const call of taken.calls) this.#take(call);
    if (taken.state !== 'pending') this.#finish(taken);
    else if (this.#answers.length > 0) this.seat?.wantEntry(); // they came while the isolate was at work
    else if (this.#open === 0 && this.#guards.settles) this.fail('sandbox/never-settles', 'The plugin waits for something that can never happen: it has no host call under way and has not returned.');
  }

  /** The answers that wait to be delivered, as the kernel's `deliver` reads them. */
  takeAnswers(): { heads: string; body: string } {
    const answers = this.#answers;
    this.#answers = [];
    for (const { open } of answers) this.#close(open);
    const heads = answers.map((answer) => `[${answer.id},${answer.ok ? 1 : 0},${answer.json?.length ?? -1},${answer.body?.length ?? -1}]`);
    return { heads: `[${heads.join(',')}]`, body: answers.map((answer) => (answer.json ?? '') + (answer.body ?? '')).join('') };
  }

  /** Ends the run with an error; only the first end counts. */
  fail(code: ErrorCode, message: string, details: Record<string, unknown> = {}): void {
    if (this.#end()) this.#settle.reject(new AppError(code, message, { details }));
  }

  #end(): boolean {
    if (this.ended) return false;
    this.ended = true;
    this.request.signal?.removeEventListener('abort', this.#onAbort);
    this.#stop.abort();
    this.#waiting = [];
    for (const held of this.#held) held.end();
    this.#held.clear();
    this.seat?.leave();
    return true;
  }

  #bounds(bytes: number): Bounds {
    return this.#guards.depth ? { bytes, depth: MAX_DEPTH, values: MAX_VALUES } : { bytes, depth: Infinity, values: Infinity };
  }

  #finish(taken: Taken): void {
    const parsed = parseBounded(taken.result, this.#bounds(this.#guards.results ? this.limits.resultBytes : Infinity));
    if ('refused' in parsed) {
      this.fail('sandbox/result-too-large', `The result of the plugin ${REFUSED[parsed.refused]}.`, { reason: parsed.refused });
      return;
    }
    const value = parsed.value as Record<string, unknown>;
    if (taken.state === 'threw') {
      const details = typeof value['code'] === 'string' ? { name: value['name'], code: value['code'] } : { name: value['name'] };
      this.fail('sandbox/plugin-threw', String(value['message']), details);
    } else if (taken.state === 'refused') this.fail(value['code'] === 'sandbox/result-too-large' ? 'sandbox/result-too-large' : 'sandbox/bad-plugin', String(value['message']));
    else if (this.#end()) {
      const metrics = { wallMs: performance.now() - this.#began, cpuMs: this.#cpuMs, memoryBytes: this.#memoryBytes, hostCalls: this.#calls };
      if (!this.#loads) this.#settle.resolve({ output: parsed.value, logs: this.#logs, metrics });
      else this.#settle.resolve({ output: { validateCredentials: value['validateCredentials'], healthCheck: value['healthCheck'] }, logs: this.#logs, metrics, tools: value['tools'] as string[] });
    }
  }

  #log(log: TakenLog): void {
    const bytes = Buffer.byteLength(log.message) + 1;
    if (this.#guards.logs && this.#logBytes + bytes > this.limits.logBytes + 512) return; // the kernel has said already that the log is full
    this.#logBytes += bytes;
    this.#logs.push(`${log.level}: ${log.message}`);
    this.request.onLog?.({ level: log.level, message: log.message, at: log.at });
  }

  #take(call: TakenCall): void {
    this.#open += 1;
    this.#calls += 1;
    if (BRINGS_BODY.has(call.name) && this.#bringing >= BODIES_AT_ONCE) this.#waiting.push(call);
    else this.#begin(call);
  }

  #begin(call: TakenCall): void {
    const open: Open = { call, held: new HeldBytes(this.#bodies), brings: BRINGS_BODY.has(call.name) };
    if (open.brings) this.#bringing += 1;
    this.#held.add(open.held);
    this.#slice.run(() => {
      if (this.ended) return;
      this.#ask(open).then((answer) => this.#answered(open, answer), (error: unknown) => {
        const { code, message } = toWire(error);
        open.held.end();
        this.#answered(open, { id: call.id, ok: false, json: JSON.stringify({ code, message }), body: undefined });
      });
    });
  }

  /** Its answer is on its way into the isolate: what it held is free, and so is its place. */
  #close({ held, brings }: Open): void {
    held.end();
    this.#held.delete(held);
    if (!brings) return;
    this.#bringing -= 1;
    const next = this.#waiting.shift();
    if (next) this.#begin(next);
  }

  async #ask({ call, held }: Open): Promise<Answer> {
    if (this.#loads) throw new AppError('permission/denied', 'A plugin makes no host calls while it is loaded.');
    const parsed = parseBounded(call.args, this.#bounds(this.#guards.arguments ? ARGUMENT_BYTES : Infinity));
    if ('refused' in parsed) throw new AppError('core/bad-input', `What the plugin passed to ${call.name} ${REFUSED[parsed.refused]}.`);
    let args = parsed.value;
    held.add(call.args.length + (call.body?.length ?? 0));
    if (call.body !== undefined) args = { ...(args as object), [BODY_FIELD[call.name] ?? 'body']: call.body };
    const answer = this.#answer(call, await this.request.hostCalls.call(call.name, args, this.#stop.signal, (bytes) => held.add(bytes)));
    held.change((answer.json?.length ?? 0) + (answer.body?.length ?? 0));
    return answer;
  }

  #answer(call: TakenCall, value: unknown): Answer {
    // Long strings travel beside the JSON: writing them as JSON and reading them again would cost both sides.
    let json: string | undefined;
    let body: string | undefined;
    if (typeof value === 'string') body = value;
    else if (call.name === 'fetch' && typeof value === 'object' && value !== null && 'body' in value && typeof value.body === 'string') {
      body = value.body;
      json = JSON.stringify({ ...value, body: undefined });
    } else json = JSON.stringify(value ?? null);
    if ((json?.length ?? 0) + (body?.length ?? 0) > ANSWER_CHARS) throw new AppError('core/bad-output', `The answer to ${call.name} is larger than ${ANSWER_CHARS} characters. Ask for less at a time.`);
    return { id: call.id, ok: true, json, body };
  }

  #answered(open: Open, answer: Answer): void {
    this.#open -= 1;
    if (this.ended) return;
    this.#answers.push({ ...answer, open });
    this.seat?.wantEntry();
  }
}
