import type { Run, RunEvent } from '../../../../contract/model/run.ts';
import type { EventData, EventType, ToolCallFacts } from './run-events.ts';

export interface Clock { now(): number }
export interface Ids { next(): string }

/** Limits of one run. `deadlineMs` counts the run's own time: waiting for a person stops the clock. */
export interface RunLimits {
  readonly maxIterations: number;
  readonly deadlineMs: number;
  /** Prompt and answer tokens of all calls together; null for no limit. */
  readonly maxTokens: number | null;
}

export const DEFAULT_LIMITS: RunLimits = { maxIterations: 25, deadlineMs: 30 * 60_000, maxTokens: null };

/** `arguments` are the person's own, in place of those that were asked with; left out when they were not changed. */
export interface ApprovalAnswer { readonly decision: 'allow' | 'deny'; readonly scope: 'once' | 'conversation' | 'always'; readonly arguments?: Readonly<Record<string, unknown>> | undefined }

/** Says what is wrong with arguments that the person wrote, or undefined when they may be used. */
export type ArgumentsCheck = (edited: Readonly<Record<string, unknown>>) => Promise<string | undefined>;

/** What a run gives to what it runs. Everything that happens is told to `emit`, and nothing else is remembered. */
export interface RunContext {
  readonly run: Run;
  /** What an earlier life of the core logged; empty when the run begins. */
  readonly past: readonly RunEvent[];
  readonly limits: RunLimits;
  /** Aborted by a cancel, by the deadline and when the core stops; its reason is the error to throw. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Adds to the log; what is emitted in one turn of the event loop is one transaction. Answers the event's id. */
  emit<T extends EventType>(type: T, data: EventData[T], parent?: string): string;
  /** Adds streamed text; pieces are joined and written at most every 100 ms. */
  stream(text: string): void;
  /** Resolves when everything emitted so far is on the disk. Await it before an effect outside and before a final answer. */
  durable(): Promise<void>;
  /** Gives the run less time than its limit, counted from its start in this life of the core. */
  lowerDeadline(ms: number): void;
  /** Notes that a model call waits for a limit; the run's time stands still until what it answers is called. */
  wait(what: EventData['llm_call_delayed']): () => void;
  /**
   * Asks the person. The run is `waiting` meanwhile. An open question of an earlier life is asked again, not doubled, when
   * tool, hash and arguments are still the same; else it is a new question, and an answer to the old one counts for nothing.
   * When `withdrawn` is aborted the question is closed without an answer, and its reason is thrown.
   */
  ask(call: ToolCallFacts, reason: 'policy' | 'interrupted', parent?: string, check?: ArgumentsCheck, withdrawn?: AbortSignal): Promise<ApprovalAnswer>;
  /** A decision that was kept for this hire or conversation and this very hash, or undefined. */
  keptApproval(toolId: string, hash: string): Promise<'allow' | 'deny' | undefined>;
}

/** Something that can be run. `runs` does not know whether it is an agent, a tool, a crew or a flow. */
export interface Runnable {
  readonly type: Run['executionType'];
  /** The id within its plugin. */
  readonly target: string;
  readonly limits?: Partial<RunLimits>;
  /**
   * Does the work and answers its result (plain JSON). Throws `run/cancelled` or the signal's reason when aborted. With
   * `context.past` it goes on after the last finished step.
   */
  execute(context: RunContext): Promise<unknown>;
}
