import { createHash } from 'node:crypto';
import type { ToolEffect } from '../../../../contract/manifest/index.ts';
import type { ChatModel, JsonSchema } from '../models/index.ts';
import type { RunContext } from '../runs/index.ts';

/** What a tool answered. `logs` are lines for people; `metrics` numbers. */
export interface ToolResult {
  readonly output: unknown;
  readonly logs: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** Built in, of a plugin, of an MCP server: all are this. */
export interface Tool {
  /** `builtin.calculator` or `<plugin>/<tool>`. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly input: JsonSchema;
  readonly output?: JsonSchema | undefined;
  readonly effect: ToolEffect;
  /** The person is asked though it only reads: what there is to read may be none of the agent's business, or the call itself may tell somebody something. A function says so for each call. */
  readonly asks?: boolean | ((input: unknown, session: Pick<ToolSession, 'addresses'>) => boolean) | undefined;
  /** As the person called the connection that it works with. */
  readonly connectionName?: string | undefined;
  /** Over id, name, description, schemas and effect: an approval holds for exactly this. */
  readonly hash: string;
  /** The version of the plugin it came with; of Troupe for a built-in one. */
  readonly version: string;
  /** Its code came from this machine, signed by nobody; said with each question about it. */
  readonly unsigned?: true | undefined;
  /** `input` has passed the tool's schema. Throws AppError; what it throws is told to the model by code and message. */
  run(input: Readonly<Record<string, unknown>>, call: ToolCallContext): Promise<ToolResult>;
}

/** Whether a call waits for the person's answer, unless they gave one that holds. */
export const asksFirst = ({ effect, asks }: Pick<Tool, 'effect' | 'asks'>, input: unknown, session: Pick<ToolSession, 'addresses'>): boolean => effect !== 'read' || (typeof asks === 'function' ? asks(input, session) : asks === true);

/** What belongs to one call of a tool. */
export interface ToolCallContext {
  readonly callId: string;
  /** The event that began this call; what happens inside names it as its parent. */
  readonly parent: string;
  /** 1 for a call by the engine, one more for each call between tools. */
  readonly depth: number;
  /** Nothing outside may be changed: the tool, or one that called it, only reads. */
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
  readonly session: ToolSession;
}

/** What the tools of one run share. */
export interface ToolSession {
  readonly context: RunContext;
  /** The model that the run uses, for plugins that may ask it. */
  model(): Promise<ChatModel>;
  /** Model calls made so far, by plugin. */
  readonly modelCalls: Map<string, number>;
  /** Calls made so far by tools, by the call that made them: gives nested calls their ids. */
  readonly nested: Map<string, number>;
  /** The last number by which a passage of a document can be cited in this run. */
  readonly cited: { last: number };
  /** Its guardrails hide personal data: what it looks for goes to no other model to be searched by meaning. */
  readonly hides: boolean;
  /** Web addresses that no model made up: the person wrote them, or a search answered them. See `addressesIn`. */
  readonly addresses: Set<string>;
}

export const createToolSession = (context: RunContext, model: () => Promise<ChatModel>, { cited = 0, hides = false, addresses = [] }: { cited?: number; hides?: boolean; addresses?: Iterable<string> } = {}): ToolSession => ({ context, model, modelCalls: new Map(), nested: new Map(), cited: { last: cited }, hides, addresses: new Set(addresses) });

/** JSON with sorted keys, so that the same schema always has the same hash. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
};

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const hashOf = (tool: Pick<Tool, 'id' | 'title' | 'description' | 'input' | 'output' | 'effect'>): string =>
  sha256(canonicalJson({ id: tool.id, name: tool.title, description: tool.description, input: tool.input, output: tool.output ?? null, effect: tool.effect }));
