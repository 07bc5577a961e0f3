/** `@troupe/plugin`: what a plugin's code imports. It is bundled into dist/plugin.js and needs nothing at run time. */
import type { ToolContext } from './context.ts';

export type { ChatMessage, FileEntry, Headers, HeadersInit, HostError, Json, ModelAnswer, ModelRequest, ModelToolCall, RequestInit, Response, Signal, ToolContext } from './context.ts';

/** Input and output of a tool, as `troupe dev` writes them from plugin.yaml. */
export interface ToolShape { input: unknown; output: unknown }

/** A tool's code: takes the input that its schema describes, answers with JSON that its output schema describes. */
export type Tool<Shape extends ToolShape = ToolShape> = (input: Shape['input'], ctx: ToolContext) => Promise<Shape['output']> | Shape['output'];

/** The answer of a check. `message` is one sentence for the person who configures the plugin. */
export interface CheckResult { ok: boolean; message?: string }

export interface Plugin {
  /** By id, as in plugin.yaml. Parameters are checked against the manifest's schemas before a tool is called. */
  readonly tools?: { readonly [id: string]: (input: never, ctx: ToolContext) => unknown };
  /** Whether the configured credentials work. Run by the configuration wizard. */
  validateCredentials?(ctx: ToolContext): Promise<CheckResult> | CheckResult;
  /** Whether the plugin can do its work. Run after install and on request. */
  healthCheck?(ctx: ToolContext): Promise<CheckResult> | CheckResult;
}

/**
 * Gives a tool's code the types of its schemas: `tool<FetchPage>(async ({ url }, ctx) => …)`. Does nothing at run time.
 */
export function tool<Shape extends ToolShape>(run: Tool<Shape>): Tool<Shape> { return run; }

/**
 * The default export of a plugin's code. Throws TypeError, when the plugin is loaded, for anything that is no tool or check:
 * better at install than at the first call.
 */
export function definePlugin<const Definition extends Plugin>(plugin: Definition): Definition {
  for (const [id, run] of Object.entries(plugin.tools ?? {})) {
    if (typeof run !== 'function') throw new TypeError(`definePlugin: the tool "${id}" must be a function; got ${typeof run}.`);
  }
  for (const name of ['validateCredentials', 'healthCheck'] as const) {
    const check: unknown = plugin[name];
    if (check !== undefined && typeof check !== 'function') throw new TypeError(`definePlugin: "${name}" must be a function; got ${typeof check}.`);
  }
  return plugin;
}
