import * as z from 'zod/mini';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import type { Message } from '../../../../../contract/model/message.ts';
import { grantedNumber } from '../installed-code.ts';
import { denied, inRun, parse, type HostCall, type HostCallScope } from './scope.ts';

const nameSchema = z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/));
const schemaSchema = z.record(z.string(), z.unknown());

const callSchema = z.strictObject({ id: z.string().check(z.minLength(1), z.maxLength(200)), name: nameSchema, arguments: z.unknown() });
const messageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.string(),
  tool_calls: z.optional(z.array(callSchema).check(z.maxLength(100))), tool_call_id: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
});

/** What `ctx.model.complete` takes; unknown fields are refused. */
const requestSchema = z.strictObject({
  messages: z.array(messageSchema).check(z.minLength(1), z.maxLength(200)),
  tools: z.optional(z.array(z.strictObject({ name: nameSchema, description: z._default(z.string(), ''), input: z._default(schemaSchema, { type: 'object' }) })).check(z.maxLength(40))),
  schema: z.optional(schemaSchema),
  max_tokens: z.optional(z.number().check(z.int(), z.gte(1), z.lte(1_000_000))),
  temperature: z.optional(z.number().check(z.gte(0), z.lte(2))),
});

/** The plugin's messages as the engine's. A result names its call by id; the call's name is looked up among those before. */
function messagesOf(given: readonly z.infer<typeof messageSchema>[]): Message[] {
  const names = new Map<string, string>();
  return given.map((message): Message => {
    if (message.role === 'tool') {
      const callId = message.tool_call_id ?? '';
      const name = names.get(callId);
      if (name === undefined) throw new AppError('core/bad-input', 'A message of role "tool" needs the tool_call_id of a call in an assistant message before it.');
      return { role: 'tool', parts: [{ type: 'tool_result', callId, name, content: message.content, isError: false }] };
    }
    const calls = message.role === 'assistant' ? message.tool_calls ?? [] : [];
    for (const call of calls) names.set(call.id, call.name);
    return { role: message.role, parts: [
      ...(message.content === '' && calls.length > 0 ? [] : [{ type: 'text' as const, text: message.content }]),
      ...calls.map((call) => ({ type: 'tool_call' as const, id: call.id, tool: call.name, name: call.name, arguments: call.arguments })),
    ] };
  });
}

/** Asks the model of the run, at most as often in a run as was granted. The calls are recorded and counted like any other. */
export const modelComplete: HostCall = async (scope, args) => {
  const allowed = grantedNumber(scope.code, 'models:');
  if (allowed === undefined) throw denied('models', 'Asking the model was not granted to this plugin.');
  const { session, callId, parent } = inRun(scope, 'models');
  const request = parse(requestSchema, scope.mask.value(args), 'model.complete');
  const used = session.modelCalls.get(scope.code.pluginId) ?? 0;
  if (used >= allowed) throw denied(`models:${allowed}`, `This plugin may ask the model ${allowed} times in a run, and has done so.`);
  session.modelCalls.set(scope.code.pluginId, used + 1);

  const model = await session.model();
  const messages = messagesOf(request.messages);
  await scope.begin();
  const answer = await model.chat({
    messages, tools: request.tools ?? [], responseSchema: request.schema && { name: 'answer', schema: request.schema },
    maxTokens: request.max_tokens, temperature: request.temperature, signal: scope.signal,
  }, () => undefined);
  session.context.emit('tool_model_call_finished', {
    callId, pluginId: scope.code.pluginId, request, text: answer.text, toolCalls: answer.toolCalls, usage: answer.usage, model: answer.model, provider: answer.provider, requestMs: answer.requestMs,
  }, parent);
  return {
    text: answer.text, tool_calls: answer.toolCalls.map((call) => ({ id: call.id, name: call.name, arguments: call.arguments ?? null })),
    object: request.schema && answer.toolCalls.length === 0 ? await objectOf(scope, answer.text, request.schema) : null,
    usage: { input_tokens: answer.usage.promptTokens, output_tokens: answer.usage.completionTokens },
  };
};

async function objectOf(scope: HostCallScope, text: string, schema: Readonly<Record<string, unknown>>): Promise<unknown> {
  const read = readJson(text);
  const problem = read === undefined ? 'It is not JSON.' : await scope.parts.validator.problem(schema, read.value);
  if (read === undefined || problem !== undefined) throw new AppError('models/bad-answer', `The model did not answer in the form that was asked for. ${problem ?? ''} Ask again, or for less.`);
  return read.value;
}

function readJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
