import type { ErrorCode } from '../../../../contract/errors/codes.ts';
import type { Message } from '../../../../contract/model/message.ts';
import type { ModelInfo } from '../../../../contract/model/model-ref.ts';

/** A JSON Schema as tools declare it. It came from outside: read it with care, believe nothing. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A tool as the model sees it. `name` matches `[a-zA-Z0-9_-]{1,64}` and is unique in the request. */
export interface ToolSpec { readonly name: string; readonly description: string; readonly input: JsonSchema }

/** The answer must be JSON of this schema. `name` matches `[a-zA-Z0-9_-]{1,64}`. */
export interface ResponseSchema { readonly name: string; readonly schema: JsonSchema }

export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly responseSchema?: ResponseSchema | undefined;
  /** Upper limit of the tokens of the answer. */
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly seed?: number | undefined;
  /** Aborting closes the provider's socket; `chat` then rejects with `run/cancelled`. */
  readonly signal: AbortSignal;
  /** Told when the request has to wait for a limit; left out when nobody is to be told. */
  readonly waits?: Waits | undefined;
}

/** A request waits `delayMs` for a limit of the provider or of the agent that is called `name`. */
export interface ModelWait { readonly of: 'provider' | 'agent'; readonly name: string; readonly delayMs: number }
/** Told that a wait begins; what it answers is called when the wait is over, however it ends. */
export type Waits = (wait: ModelWait) => () => void;

/**
 * What is shown while the answer is made. `tool_call` pieces with one `index` belong together: `id` and `name` come
 * once, `argumentsDelta` is JSON text in pieces. `retry` says that nothing was shown yet, that try `attempt` (from 1)
 * failed with `code`, and that the next one starts in `delayMs`.
 */
export type ChatDelta =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool_call'; readonly index: number; readonly id?: string; readonly name?: string; readonly argumentsDelta?: string }
  | { readonly type: 'retry'; readonly attempt: number; readonly delayMs: number; readonly code: ErrorCode };

/** `arguments` is undefined when `rawArguments` is not JSON: tell the model so and let it repair. Never checked against a schema here. */
export interface AnsweredToolCall { readonly id: string; readonly name: string; readonly arguments: unknown; readonly rawArguments: string }

/**
 * `estimated` when the provider did not say and the figures are counted from the texts (about four characters a token).
 * `cachedTokens` are those of the prompt that the provider had kept. `cost` in micro-units, null when unknown; the usage room adds it.
 */
export interface ChatUsage { readonly promptTokens: number; readonly completionTokens: number; readonly totalTokens: number; readonly estimated: boolean; readonly cachedTokens?: number | undefined; readonly cost?: number | null | undefined }

/** `data` is the provider's own form, to go into a reasoning part as it is. */
export interface Reasoning { readonly text: string; readonly data?: unknown }

export interface ChatAnswer {
  readonly text: string;
  readonly toolCalls: readonly AnsweredToolCall[];
  readonly reasoning?: Reasoning;
  readonly usage: ChatUsage;
  readonly finish: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** The model that answered, as the provider names it, and Troupe's id of the provider. */
  readonly model: string;
  readonly provider: string;
  /** From the start of `chat` to its end, retries and waits included, in ms. */
  readonly requestMs: number;
  /** From the start of `chat` to the first delta with content, in ms; null when there was none. */
  readonly firstTokenMs: number | null;
}

/** One model that can be talked to. Failover, limits and recording wrap it. */
export interface ChatModel {
  readonly info: ModelInfo;
  /** What asking this is thought to cost, in micro-units; null: the price is not known. The usage room adds it. */
  readonly costOf?: (request: Pick<ChatRequest, 'messages' | 'tools' | 'responseSchema' | 'maxTokens'>) => number | null;
  /**
   * Asks once and streams. Errors: `run/cancelled`, `models/…` and `core/offline`; `models/cut` when the stream broke
   * after something was shown (what was shown is in `details.text`).
   */
  chat(request: ChatRequest, onDelta: (delta: ChatDelta) => void): Promise<ChatAnswer>;
}

export interface Clock { now(): number }
export interface Ids { next(): string }
export interface Log {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}
/** Resolves after `ms`; rejects as soon as `signal` aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;
