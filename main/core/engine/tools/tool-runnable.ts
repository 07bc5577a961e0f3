import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import type { ChatModel } from '../models/index.ts';
import type { EventData, RunContext, RunError, Runnable } from '../runs/index.ts';
import { addressesIn } from './addresses.ts';
import type { Call, Standing } from './invoke.ts';
import { createToolSession } from './tool.ts';
import type { Tools } from './tools.ts';

/** A tool run by itself, with its input as the run's parameters; its output is the result. Addresses in the input are the person's own words. */
export function toolRunnable(tools: Tools, toolId: string, model: () => Promise<ChatModel>): Runnable {
  return {
    type: 'tool',
    target: toolId.slice(toolId.indexOf('/') + 1),
    async execute(context) {
      const tool = await tools.find(toolId);
      const done = context.past.find((event) => event.type === 'tool_usage_finished' && event.data.callId === CALL_ID);
      const { output, error } = done ? loggedResult(done.data as unknown as EventData['tool_usage_finished']) : await tools.invoke(createToolSession(context, model, { addresses: addressesIn(JSON.stringify(context.run.parameters)) }), tool, {
        callId: CALL_ID, input: context.run.parameters, depth: 1, readOnly: false, ...standingOf(context.past, CALL_ID, tool.hash), signal: context.signal,
      });
      if (error) throw new AppError(hasCode(error, 'permission/denied') ? 'permission/denied' : 'tools/failed', error.message, { details: { code: error.code } });
      return output;
    },
  };
}

const CALL_ID = 'call';

/** What a call gave in an earlier life. */
const loggedResult = (data: EventData['tool_usage_finished']): { output: unknown; error: RunError | null } =>
  ({ output: data.error ? null : data.output ?? (data.isText ? data.content : (JSON.parse(data.content) as unknown)), error: data.error });

/**
 * How far a call came, by the last thing that the log says of it, and the arguments that the person gave it. An answer
 * about the tool as it was (another `hash`) counts for nothing: its permission would be for something else now.
 */
export function standingOf(past: RunContext['past'], callId: string, hash: string): Pick<Call, 'standing' | 'edited'> {
  let standing: Standing = 'fresh';
  let edited: Call['edited'];
  let [begun, about] = [false, ''];
  for (const { type, data } of past) {
    if (data.callId !== callId) continue;
    if (type === 'tool_approval_requested') standing = data.reason === 'interrupted' ? 'asked_again' : 'asked';
    if (type === 'tool_approval_requested') about = String(data.hash);
    if (type === 'tool_approval_answered') {
      standing = data.decision === 'allow' ? 'approved' : 'denied';
      if (data.arguments !== undefined) edited = data.arguments as Call['edited'];
    }
    if (type === 'tool_usage_started') [standing, begun] = ['cut', true];
  }
  const isOutdated = (standing === 'approved' || standing === 'denied') && about !== hash;
  return { standing: isOutdated ? (begun ? 'cut' : 'fresh') : standing, edited };
}
