import type { Attachment } from '../../../../contract/model/attachment.ts';
import type { ToolCallView } from '../../../../contract/model/chat.ts';
import type { Citation } from '../../../../contract/model/knowledge.ts';
import type { UsedMemory } from '../../../../contract/model/memory.ts';
import type { RunEvent, TokenUsage } from '../../../../contract/model/run.ts';

/** An error as a run keeps it: what may be shown, never a stack, never a secret. */
export interface RunError { readonly code: string; readonly message: string }

type Effect = ToolCallView['effect'];
type Usage = Pick<TokenUsage, 'promptTokens' | 'completionTokens' | 'totalTokens' | 'estimated' | 'cost'>;

/** A call that the model asked for. `callId` is ours and unique in the run; `providerCallId` is what the provider named it. */
export interface LoggedToolCall {
  readonly callId: string;
  readonly providerCallId: string;
  readonly toolId: string;
  /** The provider-safe name that the model used. */
  readonly name: string;
  /** Undefined when the model's arguments were not JSON; they then stand in `rawArguments`. */
  readonly arguments?: unknown;
  readonly rawArguments: string;
}

/** The fields by which a tool call is shown and an approval is bound. `hash` covers name, description and schemas. `unsigned`: its code came from this machine, signed by nobody. */
export interface ToolCallFacts { readonly callId: string; readonly toolId: string; readonly name: string; readonly effect: Effect; readonly arguments: unknown; readonly hash: string; readonly unsigned?: true | undefined }

/**
 * What each type of event holds. The log is the truth of a run: everything that is needed to show it, to resume it and
 * to play it again stands here, secrets never.
 */
export interface EventData {
  run_started: { readonly type: string; readonly target: string; readonly pluginId: string | null; readonly model: string | null; readonly repeats?: string };
  run_resumed: { readonly after: number };
  /** The core was stopped in good order; the run goes on at the next start. */
  run_suspended: Record<string, never>;
  run_cancel_requested: Record<string, never>;
  run_finished: { readonly result: unknown };
  run_failed: { readonly error: RunError };
  run_cancelled: Record<string, never>;
  run_interrupted: { readonly error: RunError };
  /**
   * `seq` is the message's place in its conversation, `parentId` the message that it follows (null: it is the first); `at` its
   * own instant and `answerSeq` the answer's place, when the run answers it again.
   */
  user_message_added: { readonly messageId: string; readonly seq: number; readonly parentId?: string | null; readonly answerSeq?: number; readonly text: string; readonly at?: number; readonly attachments?: readonly Attachment[] };
  /** The run goes on where the answer `messageId` was cut off: `text` is what the engine says to the model for it. */
  answer_continued: { readonly messageId: string; readonly seq: number; readonly text: string };
  /** Text that the engine itself put to the model (a repair, the last call without tools). */
  prompt_added: { readonly text: string; readonly reason: string };
  notice_added: { readonly code: string; readonly message: string };
  assistant_message_finished: { readonly text: string };
  /** What the agent remembered and was told with this request; it stands in the system text of `agent_prepared`. */
  memory_recalled: { readonly memories: readonly UsedMemory[] };
  /** Passages of documents that the agent was given, each under the number by which its answer cites it: with the request, or by a search. */
  knowledge_found: { readonly passages: readonly Citation[] };
  /** The plugin whose document and tools this run uses, as it was installed. */
  agent_prepared: { readonly pluginId: string; readonly version: string; readonly sha512: string; readonly agentId: string; readonly system: string; readonly tools: readonly { readonly id: string; readonly name: string; readonly hash: string; readonly version: string }[] };
  /**
   * The full request by reference: the system text and tools of `agent_prepared`, the stored messages `history`, then
   * what this run's own log holds before this event. `sha256` is of the request before personal data is masked, and proves a
   * rebuilt one. `held`: its text is not shown before the guardrails of the output let it pass.
   */
  llm_call_started: {
    readonly held?: true;
    /** Names of the tools that it was handed, where the agent has more than can be put to it; else all of `agent_prepared`. */
    readonly tools?: readonly string[];
    /** Results of this run that were too long for the model: the provider's id of the call, and how many characters of its result were put to the model. */
    readonly shortened?: readonly { readonly callId: string; readonly kept: number }[];
    /** The message whose summary stands in the system text for what was said before `history`; null for none. */
    readonly summary: string | null;
    readonly llmCallId: string; readonly iteration: number; readonly model: string; readonly withTools: boolean; readonly history: readonly string[];
    readonly messages: number; readonly sha256: string;
    readonly parameters: { readonly maxTokens: number | null; readonly temperature: number | null; readonly seed: number | null; readonly responseSchema: unknown };
  };
  llm_call_retried: { readonly attempt: number; readonly delayMs: number; readonly code: string };
  llm_stream_chunk: { readonly text: string };
  llm_call_finished: {
    readonly llmCallId: string; readonly text: string; readonly toolCalls: readonly LoggedToolCall[]; readonly reasoning: { readonly text: string; readonly data?: unknown } | null;
    readonly usage: Usage; readonly finish: string; readonly model: string; readonly provider: string; readonly requestMs: number; readonly firstTokenMs: number | null;
  };
  /** A call waits for a limit of requests a minute, until it is admitted. `of` says whose limit, `name` how that is called. */
  llm_call_delayed: { readonly of: 'provider' | 'agent'; readonly name: string; readonly delayMs: number };
  llm_call_admitted: Readonly<Record<string, never>>;
  llm_call_failed: { readonly llmCallId: string; readonly error: RunError };
  history_summary_started: { readonly messages: number };
  /** A summary of what was said up to the message `through`, `messages` of them since the summary before it. `text` is empty when none could be had. */
  history_summarised: { readonly text: string; readonly through: string; readonly messages: number; readonly usage: Usage | null; readonly error: RunError | null };
  /** `of` is the `llmCallId` whose answer is checked, or `input`; `index` is the guardrail's place among those of the agent. */
  guardrail_started: { readonly on: 'input' | 'output'; readonly of: string; readonly index: number; readonly type: string };
  /** `text` is what stands in the place of the text that was checked; null when it stays. `usage` is of a judge's call. */
  guardrail_finished: {
    readonly on: 'input' | 'output'; readonly of: string; readonly index: number; readonly type: string; readonly verdict: 'passed' | 'refused' | 'changed'; readonly reason: string; readonly text: string | null; readonly usage: Usage | null;
  };
  /** `reason` is `policy` for the ordinary question and `interrupted` when the call may have had its effect already. */
  tool_approval_requested: ToolCallFacts & { readonly reason: 'policy' | 'interrupted' };
  /** `arguments` when the person changed them; those of the model stand in the question. */
  tool_approval_answered: { readonly callId: string; readonly decision: 'allow' | 'deny'; readonly scope: 'once' | 'conversation' | 'always'; readonly arguments?: Readonly<Record<string, unknown>> | undefined };
  /** Nobody waits for the answer any more, so the question is closed; `message` says why. */
  tool_approval_withdrawn: { readonly callId: string; readonly message: string };
  tool_usage_started: ToolCallFacts & { readonly version: string };
  tool_usage_progressed: { readonly callId: string; readonly fraction: number; readonly message: string };
  /** A model call that a plugin's code made; full, since it stands in no other event. */
  tool_model_call_finished: {
    readonly callId: string; readonly pluginId: string; readonly request: unknown; readonly text: string; readonly toolCalls: unknown;
    readonly usage: Usage; readonly model: string; readonly provider: string; readonly requestMs: number;
  };
  /**
   * `content` is what the model reads. `output` is the tool's own answer where `content` does not hold it whole, else null:
   * then the answer is `content` itself when `isText`, and the JSON in it otherwise.
   */
  tool_usage_finished: {
    readonly callId: string; readonly toolId: string; readonly name: string; readonly effect: Effect; readonly arguments: unknown; readonly content: string; readonly output: unknown; readonly isText: boolean;
    readonly error: RunError | null; readonly denied: boolean; readonly logs: readonly string[]; readonly metrics: Readonly<Record<string, number>>; readonly durationMs: number;
  };
}

export type EventType = keyof EventData;

const CHANNELS: Readonly<Record<EventType, RunEvent['channel']>> = {
  run_started: 'lifecycle', run_resumed: 'lifecycle', run_suspended: 'lifecycle', run_cancel_requested: 'lifecycle', run_finished: 'lifecycle', run_failed: 'lifecycle',
  run_cancelled: 'lifecycle', run_interrupted: 'lifecycle', agent_prepared: 'lifecycle',
  user_message_added: 'messages', answer_continued: 'messages', prompt_added: 'messages', notice_added: 'messages', memory_recalled: 'messages', knowledge_found: 'messages', assistant_message_finished: 'messages',
  guardrail_started: 'messages', guardrail_finished: 'messages', history_summary_started: 'messages', history_summarised: 'messages',
  llm_call_started: 'llm', llm_call_retried: 'llm', llm_call_delayed: 'llm', llm_call_admitted: 'llm', llm_stream_chunk: 'llm', llm_call_finished: 'llm', llm_call_failed: 'llm',
  tool_approval_requested: 'tools', tool_approval_answered: 'tools', tool_approval_withdrawn: 'tools', tool_usage_started: 'tools', tool_usage_progressed: 'tools', tool_model_call_finished: 'tools', tool_usage_finished: 'tools',
};

/** An event before the store gave it its place (`seq`) in the log. */
export type NewEvent = Omit<RunEvent, 'run' | 'seq'>;

/** Makes the envelope. `parent` is the id of the event that this one belongs to. */
export function makeEvent<T extends EventType>(id: string, at: number, type: T, data: EventData[T], parent: string | null = null): NewEvent {
  return { id, parent, at, type, channel: CHANNELS[type], namespace: [], data: data as unknown as Record<string, unknown> };
}

/** Shown and lost without harm: a power loss may take the last of these. Everything else reaches the disk before it is shown. */
export const isVolatile = (type: string): boolean => type === 'llm_stream_chunk' || type === 'tool_usage_progressed';
