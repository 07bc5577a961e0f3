import { AppError, hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import type { Actor } from '../../../../contract/model/audit.ts';
import { actorNow, type Activity } from '../../base/audit/index.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { ApprovalAnswer, RunContext, RunError, ToolCallFacts } from '../runs/index.ts';
import { contentOf } from './content.ts';
import { asksFirst, type Tool, type ToolResult, type ToolSession } from './tool.ts';
import type { Validator } from './validate.ts';

/** How far this call came in an earlier life of the core. `cut`: it may have had its effect. */
export type Standing = 'fresh' | 'asked' | 'asked_again' | 'approved' | 'denied' | 'cut';

export interface Call {
  readonly callId: string;
  /** What the model or the caller gave; anything. */
  readonly input: unknown;
  readonly depth: number;
  /** A call above only reads, so this one may do no more. */
  readonly readOnly: boolean;
  /** The event above, or undefined for a call by the model. */
  readonly parent?: string | undefined;
  readonly standing: Standing;
  /** The plugin whose tool calls, which tells the audit list of it by itself; undefined for a call by the run. */
  readonly caller?: string | undefined;
  /** What the person changed the arguments to in an earlier life of the core. */
  readonly edited?: Readonly<Record<string, unknown>> | undefined;
  readonly signal: AbortSignal;
}

export interface Invocation {
  /** What the model reads. */
  readonly content: string;
  readonly output: unknown;
  /** What the tool was called with: the person may have changed what came. */
  readonly arguments: unknown;
  readonly error: RunError | null;
}

/** Ends the run or the caller; everything else is told to the model, which may do better. */
const isFatal = (error: unknown, signal: AbortSignal): boolean => signal.aborted || hasCode(error, 'core/stopping', 'store/full', 'store/corrupt');

/**
 * One tool call from question to result, all of it in the log: the arguments are checked against the schema, what is not
 * `read` asks the person unless that was settled before, and a failure becomes an answer that says what to do. The audit list
 * has it as the doing of the agent whose run it is; what may change something stands there before it does.
 * @throws only when the run ends
 */
export async function invoke(session: ToolSession, validator: Validator, tool: Tool, call: Call, activity?: Activity): Promise<Invocation> {
  const { context } = session;
  let facts: ToolCallFacts = { callId: call.callId, toolId: tool.id, name: tool.title, effect: tool.effect, arguments: call.edited ?? call.input, hash: tool.hash, ...(tool.unsigned && { unsigned: tool.unsigned }) };
  const began = context.clock.now();
  const told = { actor: call.caller === undefined ? actorOf(context.run) : { kind: 'plugin' as const, id: call.caller }, pluginId: tool.id.includes('/') ? tool.id.slice(0, tool.id.indexOf('/')) : null, runId: context.run.id, action: 'tool_called' as const, subject: tool.id };
  let settled: (() => void) | undefined;
  const tell = (outcome: 'done' | 'failed' | 'refused', result?: string): void => {
    if (call.caller === undefined) activity?.note({ ...told, outcome, result });
    settled?.();
  };
  const finish = (part: { content: string; output: unknown; error: RunError | null; denied?: boolean; result?: ToolResult; whole?: boolean }): Invocation => {
    context.emit('tool_usage_finished', {
      callId: call.callId, toolId: tool.id, name: tool.title, effect: tool.effect, arguments: facts.arguments, content: part.content, output: part.whole === false ? part.output : null, isText: typeof part.output === 'string',
      error: part.error, denied: part.denied ?? false, logs: part.result?.logs ?? [], metrics: part.result?.metrics ?? {}, durationMs: context.clock.now() - began,
    }, call.parent);
    tell(part.error === null ? 'done' : part.denied || part.error.code === 'permission/denied' ? 'refused' : 'failed', part.error?.code);
    return { content: part.content, output: part.output, arguments: facts.arguments, error: part.error };
  };
  const refuse = (code: RunError['code'], message: string, denied = false): Invocation => finish({ content: message, output: null, error: { code, message }, denied });

  const misfit = (problem: string): Invocation => refuse('tools/bad-arguments', `The arguments do not fit the tool ${tool.id}. ${problem} Correct them and call it again.`);

  try {
    const problem = await validator.problem(tool.input, facts.arguments);
    if (problem !== undefined) return misfit(problem);
    if (call.readOnly && tool.effect !== 'read') return refuse('permission/denied', `A tool that only reads may not use ${tool.id}, which changes something.`);
    const answer = await answered(session, validator, tool, call, facts);
    if (answer.decision !== 'allow') return refuse('permission/denied', `The user did not allow ${tool.id} to be used. Do not try it again; say what you could not do.`, true);
    if (answer.arguments !== undefined) {
      facts = { ...facts, arguments: answer.arguments };
      const wrong = await validator.problem(tool.input, answer.arguments);
      if (wrong !== undefined) return misfit(wrong);
    }
  } catch (error) {
    if (isFatal(error, call.signal)) throw error;
    const { code, message } = toWire(error);
    return refuse(code, message);
  }

  const parent = context.emit('tool_usage_started', { ...facts, version: tool.version }, call.parent);
  // An effect outside must not come before the note that it was begun: a restart could not know of it.
  if (tool.effect !== 'read') [, settled] = await Promise.all([context.durable(), activity?.begin(told)]);
  failpoint('run.before-tool');
  try {
    const result = await tool.run(facts.arguments as Readonly<Record<string, unknown>>, {
      callId: call.callId, parent, depth: call.depth, readOnly: call.readOnly || tool.effect === 'read', signal: call.signal, session,
    });
    failpoint('run.after-tool');
    const mismatch = tool.output && await validator.problem(tool.output, result.output);
    if (mismatch !== undefined) return finish({ content: `The tool ${tool.id} answered something else than its schema promises. ${mismatch}`, output: result.output, whole: false, error: { code: 'tools/failed', message: `The tool answered something else than its schema promises. ${mismatch}` }, result });
    return finish({ ...contentOf(result.output), output: result.output, error: null, result });
  } catch (error) {
    if (isFatal(error, call.signal)) {
      // The run ends, and with it what would tell of this call.
      const why: unknown = call.signal.aborted ? call.signal.reason : error;
      tell('failed', toWire(why).code);
      throw why;
    }
    const { code, message } = toWire(error);
    return refuse(code, message);
  }
}

/** Who calls the tools of a run: the agent that was hired, or the one that is tried out; a tool run by itself is whoever acts now. */
function actorOf(run: RunContext['run']): Actor {
  if (run.hireId !== null) return { kind: 'agent', id: run.hireId };
  if (run.executionType !== 'tool') return { kind: 'agent', id: `${run.pluginId ?? ''}/${run.executionTarget}` };
  return actorNow() ?? { kind: 'policy', id: 'core' };
}

/** Whether the call may go ahead. Most reading needs no question; an answer that was kept holds for exactly this tool. */
async function answered(session: ToolSession, validator: Validator, tool: Tool, call: Call, facts: ToolCallFacts): Promise<Pick<ApprovalAnswer, 'decision' | 'arguments'>> {
  const { context } = session;
  if (!asksFirst(tool, facts.arguments, session) || call.standing === 'approved') return { decision: 'allow' };
  if (call.standing === 'denied') return { decision: 'deny' };
  if (call.standing === 'fresh') {
    const kept = await context.keptApproval(tool.id, tool.hash);
    if (kept !== undefined) return { decision: kept };
  }
  // A call that may have had its effect is never made again without asking, whatever was allowed before.
  return context.ask(facts, call.standing === 'cut' || call.standing === 'asked_again' ? 'interrupted' : 'policy', call.parent, (edited) => validator.problem(tool.input, edited));
}

/** What a plugin's `tools.call` gives back: the output, or the error for its code to catch. */
export function outputOf(invocation: Invocation): unknown {
  if (invocation.error) throw new AppError(hasCode(invocation.error, 'permission/denied', 'tools/bad-arguments') ? (invocation.error.code as 'permission/denied' | 'tools/bad-arguments') : 'tools/failed', invocation.error.message);
  return invocation.output;
}
