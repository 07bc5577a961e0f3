import { AppError } from '../../../../contract/errors/app-error.ts';
import type { EventData, LoggedToolCall } from '../runs/index.ts';
import { asksFirst, standingOf, type Tool, type Tools, type ToolSession } from '../tools/index.ts';
import { readHistory } from './compaction.ts';
import type { Guard } from './guardrails/guard.ts';
import type { HistoryEntry } from './history.ts';
import { callModel, type ModelCallParts } from './model-call.ts';
import { readStructured, type Structured } from './structured.ts';

export interface LoopParts extends ModelCallParts {
  readonly session: ToolSession;
  readonly toolbox: Tools;
  /** The tool by the name that the model uses. */
  readonly toolByName: ReadonlyMap<string, Tool>;
  readonly history: readonly HistoryEntry[];
  readonly guard: Guard;
}

export interface LoopResult { readonly text: string; readonly object?: unknown }

const EMPTY_RETRIES = 2;
const REPAIRS = 2;

const PROMPTS = {
  last: 'You have used as many rounds as are allowed. Give your final answer now from what you know, without tools.',
  empty: 'Your answer was empty. Answer the request, or say what keeps you from it.',
} as const;

/**
 * Messages → model → tool calls → results → model … until a final answer. It goes on wherever the log stands: every
 * decision is made from the transcript, so that a resumed run takes the same way.
 * Errors: `run/limit-reached`, `run/guardrail-stopped`, `run/cancelled`, `models/…`.
 */
export async function runLoop(parts: LoopParts): Promise<LoopResult> {
  const { context, transcript } = parts;
  let history = readHistory(parts.history, context);
  const say = (text: string, reason: string): void => {
    const data = { text, reason };
    context.emit('prompt_added', data);
    transcript.add({ type: 'prompt_added', data });
  };
  let repairs = count(context.past, 'repair');
  let empties = count(context.past, 'empty');
  let finalAsked = count(context.past, 'last') > 0;

  for (;;) {
    context.signal.throwIfAborted();
    const open = transcript.open();
    if (open.length > 0) await callTools(parts, open);
    const before = transcript.prompted() === undefined && open.length === 0 ? transcript.answer() : undefined;
    const judged = before && await judge(parts, before, finalAsked, { empties, repairs });
    if (judged === 'empty') { empties += 1; say(PROMPTS.empty, 'empty'); }
    else if (judged && 'again' in judged) say(judged.again, 'guardrail');
    else if (judged && 'repair' in judged) { repairs += 1; say(judged.repair, 'repair'); }
    else if (judged) {
      context.emit('assistant_message_finished', { text: judged.result.text });
      return judged.result;
    }
    if (!finalAsked && transcript.calls() >= context.limits.maxIterations) { finalAsked = true; say(PROMPTS.last, 'last'); }
    checkTokens(parts);
    ({ history } = await callModel(parts, history, !finalAsked));
    if (finalAsked) refuseCalls(parts);
  }
}

type Judged = 'empty' | { readonly again: string } | { readonly repair: string } | { readonly result: LoopResult };

/** What a final answer is worth. */
async function judge(parts: LoopParts, answer: EventData['llm_call_finished'], final: boolean, done: { empties: number; repairs: number }): Promise<Judged> {
  if (answer.finish === 'content_filter' && answer.text === '') throw new AppError('models/bad-answer', 'The provider of the model withheld its answer. Ask differently, or use another model.');
  if (answer.text.trim() === '') {
    if (!final && done.empties < EMPTY_RETRIES) return 'empty';
    throw final ? new AppError('run/limit-reached', `The agent used all its ${parts.context.limits.maxIterations} rounds without coming to an answer. Ask for less at once.`)
      : new AppError('models/bad-answer', 'The model gave an empty answer, also when asked again. Try again, or use another model.');
  }
  const guarded = await parts.guard.output(answer.llmCallId, answer.text);
  if ('again' in guarded) return guarded;
  const { text } = guarded;
  if (!parts.responseSchema) return { result: { text } };
  const read: Structured = await readStructured(text, parts.responseSchema.schema, parts.toolbox.validator);
  if ('value' in read) return { result: { text, object: read.value } };
  if (done.repairs < REPAIRS) return { repair: `${read.problem} Answer again with nothing but JSON that fits this schema: ${JSON.stringify(parts.responseSchema.schema)}` };
  throw new AppError('models/bad-answer', `The model did not give the form that was asked for, after ${REPAIRS} repairs. ${read.problem}`);
}

/** In parallel when none of them asks the person; else one after another, in the model's order. */
async function callTools(parts: LoopParts, open: readonly LoggedToolCall[]): Promise<void> {
  const parallel = open.every((call) => { const tool = parts.toolByName.get(call.name); return tool !== undefined && !asksFirst(tool, call.arguments, parts.session); });
  if (!parallel) {
    for (const call of open) await callTool(parts, call);
    return;
  }
  const settled = await Promise.allSettled(open.map((call) => callTool(parts, call)));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function callTool(parts: LoopParts, call: LoggedToolCall): Promise<void> {
  const { context, transcript, session } = parts;
  const tool = parts.toolByName.get(call.name);
  const emitted = (content: string, code: string): void => {
    const data: EventData['tool_usage_finished'] = {
      callId: call.callId, toolId: tool?.id ?? call.toolId, name: tool?.title ?? call.name, effect: tool?.effect ?? 'read', arguments: call.arguments ?? call.rawArguments, content, output: null, isText: true,
      error: { code, message: content }, denied: false, logs: [], metrics: {}, durationMs: 0,
    };
    context.emit('tool_usage_finished', data);
    transcript.add({ type: 'tool_usage_finished', data });
  };
  if (!tool) return emitted(`There is no tool "${call.name}". ${parts.toolByName.size === 0 ? 'You have no tools; answer without.' : parts.handed ? 'Look for one that you have with the tool that finds tools.' : `You have: ${[...parts.toolByName.keys()].join(', ')}.`}`, 'tools/not-found');
  if (call.arguments === undefined) return emitted(`The arguments of ${call.name} were not JSON. Call it again with a JSON object that fits its schema.`, 'tools/bad-arguments');
  const done = await parts.toolbox.invoke(session, tool, {
    callId: call.callId, input: call.arguments, depth: 1, readOnly: false, ...standingOf(context.past, call.callId, tool.hash), signal: context.signal,
  });
  transcript.add({ type: 'tool_usage_finished', data: { callId: call.callId, arguments: done.arguments, content: done.content, error: done.error } });
}

/** A model that calls tools although it was given none gets no more rounds. */
function refuseCalls(parts: LoopParts): void {
  const open = parts.transcript.open();
  if (open.length > 0) throw new AppError('run/limit-reached', `The agent used all its ${parts.context.limits.maxIterations} rounds without coming to an answer. Ask for less at once.`);
}

function checkTokens(parts: LoopParts): void {
  const { maxTokens } = parts.context.limits;
  if (maxTokens === null) return;
  const used = parts.transcript.tokens();
  if (used >= maxTokens) throw new AppError('run/limit-reached', `The run was stopped after ${used} tokens; its limit is ${maxTokens}. Raise the limit, or ask for less.`);
}

const count = (past: readonly { type: string; data: Readonly<Record<string, unknown>> }[], reason: string): number =>
  past.filter((event) => event.type === 'prompt_added' && event.data.reason === reason).length;
