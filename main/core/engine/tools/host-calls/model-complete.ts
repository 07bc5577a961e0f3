import * as z from 'zod/mini';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { Message } from '../../../../../contract/model/message.ts';
import { grantedNumber } from '../installed-code.ts';
import { denied, parse, type HostCall } from './scope.ts';

const nameSchema = z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/));
const schemaSchema = z.record(z.string(), z.unknown());

/** What `ctx.model.complete` takes; unknown fields are refused. A message is a role and a text. */
const requestSchema = z.strictObject({
  messages: z.array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).check(z.minLength(1), z.maxLength(200)),
  tools: z.optional(z.array(z.strictObject({ name: nameSchema, description: z._default(z.string(), ''), input: z._default(schemaSchema, { type: 'object' }) })).check(z.maxLength(40))),
  schema: z.optional(schemaSchema),
  max_tokens: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1_000_000))),
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
});

/** Asks the model of the run, at most as often in a run as was granted. The calls are recorded and counted like any other. */
export const modelComplete: HostCall = async (scope, args) => {
  const { session, callId, parent } = scope.call;
  const allowed = grantedNumber(scope.code, 'models:');
  if (allowed === undefined) throw denied('models', 'Asking the model was not granted to this plugin.');
  const request = parse(requestSchema, args, 'model.complete');
  const used = session.modelCalls.get(scope.code.pluginId) ?? 0;
  if (used >= allowed) throw denied(`models:${allowed}`, `This plugin may ask the model ${allowed} times in a run, and has done so.`);
  session.modelCalls.set(scope.code.pluginId, used + 1);

  const model = await session.model();
  const messages: Message[] = request.messages.map(({ role, content }) => ({ role, parts: [{ type: 'text', text: content }] }));
  const answer = await model.chat({
    messages, tools: request.tools ?? [], responseSchema: request.schema && { name: 'answer', schema: request.schema },
    maxTokens: request.max_tokens, temperature: request.temperature, signal: scope.signal,
  }, () => undefined);
  session.context.emit('tool_model_call_finished', {
    callId, pluginId: scope.code.pluginId, request, text: answer.text, toolCalls: answer.toolCalls, usage: answer.usage, model: answer.model, provider: answer.provider, requestMs: answer.requestMs,
  }, parent);
  return {
    text: answer.text, tool_calls: answer.toolCalls.map((call) => ({ name: call.name, arguments: call.arguments ?? null })),
    object: request.schema ? objectOf(answer.text) : null,
    usage: { prompt_tokens: answer.usage.promptTokens, completion_tokens: answer.usage.completionTokens, total_tokens: answer.usage.totalTokens },
  };
};

function objectOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('models/bad-answer', 'The model did not answer with the JSON that was asked for. Ask again, or for less.', { cause: error });
  }
}
