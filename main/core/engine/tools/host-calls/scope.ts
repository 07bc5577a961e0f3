import * as z from 'zod/mini';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { Activity } from '../../../base/audit/index.ts';
import type { Store } from '../../../base/store/index.ts';
import type { GuardedRequest, GuardedResponse, GuardPolicy } from '../../../base/http/index.ts';
import type { InstalledCode, PluginSecrets, PluginSource } from '../installed-code.ts';
import type { SecretMask } from '../secret-mask.ts';
import type { ToolCallContext } from '../tool.ts';
import type { Validator } from '../validate.ts';

/** `hosts`: a secret goes to its hosts alone. `redirects`: also when a host sends the request on. `mask`: none comes back. */
export interface SecretGuards { readonly hosts: boolean; readonly redirects: boolean; readonly mask: boolean }
export const ALL_SECRET_GUARDS: SecretGuards = { hosts: true, redirects: true, mask: true };

/** What host calls reach for; none of it is reachable except through them. */
export interface HostCallParts {
  readonly guardedFetch: (request: GuardedRequest, policy: GuardPolicy) => Promise<GuardedResponse>;
  readonly store: Pick<Store, 'read' | 'write'>;
  readonly plugins: PluginSource;
  readonly secrets: PluginSecrets;
  readonly validator: Validator;
  /** Where it is told what plugins do. */
  readonly activity?: Activity | undefined;
  /** Each defence of secrets by its name; all are on, a test switches one off to show what it holds back. */
  readonly guards: SecretGuards;
  /** Calls another tool in the name of the plugin; the registry's own pipeline: grants, approval, record. */
  readonly callTool: (caller: InstalledCode, call: ToolCallContext, toolId: string, input: unknown) => Promise<unknown>;
}

/** Who calls: made by the core for one run of one tool. Nothing of it comes from the plugin's arguments. */
export interface HostCallScope {
  readonly parts: HostCallParts;
  readonly code: InstalledCode;
  /** Nothing may be changed: here, in folders, or at a host. */
  readonly readOnly: boolean;
  /** The tool's call; null while the plugin's own checks run, which belong to no run. */
  readonly call: ToolCallContext | null;
  /** Over every secret that this plugin may use. */
  readonly mask: SecretMask;
  /** What this call of the tool has met so far: hosts with the number of requests, and the last refusal. */
  readonly seen: { readonly hosts: Map<string, number>; refusal?: unknown };
  /** To be awaited right before something outside is changed or paid for: that it begins is on the disk then. `durable` as of `Activity.begin`. */
  readonly begin: (options?: { durable?: boolean }) => Promise<void>;
  /** Fires when the tool's run ends. */
  readonly signal: AbortSignal;
  /** Counts the bytes of a body as they come; throws `sandbox/busy` when there is no more room for any. */
  readonly onBytes: ((bytes: number) => void) | undefined;
}

/** A scope before one of its calls is made. */
export type ToolScope = Omit<HostCallScope, 'signal' | 'begin' | 'onBytes'>;
export type HostCall = (scope: HostCallScope, args: unknown) => Promise<unknown>;

/** The one refusal: names the permission, so that the person can be asked for exactly that. */
export const denied = (permission: string, message: string): AppError => new AppError('permission/denied', message, { details: { permission } });

/** During a call that only reads, nothing may change. */
export function mustWrite(scope: HostCallScope, what: string): void {
  if (scope.readOnly) throw denied('effect:write', `A tool that only reads may not ${what}. Declare the tool's effect as write.`);
}

/** The tool's call, for what only a run can do. */
export function inRun(scope: HostCallScope, permission: string): ToolCallContext {
  if (scope.call === null) throw denied(permission, 'This is not available while a plugin checks its configuration.');
  return scope.call;
}

/** Parses what the plugin sent; a refusal says which field. */
export function parse<T extends z.core.$ZodType>(schema: T, args: unknown, name: string): z.core.output<T> {
  const parsed = z.safeParse(schema, args);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError('core/bad-input', `${name} was called with something else than it takes: ${issue?.path.join('.') || 'the arguments'} ${issue?.message ?? 'do not fit'}.`);
}
