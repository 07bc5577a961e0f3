import { AppError, hasCode, toWire } from '../../../../../contract/errors/app-error.ts';
import type { Message, Part } from '../../../../../contract/model/message.ts';
import type { ModelInfo } from '../../../../../contract/model/model-ref.ts';
import type { AnsweredToolCall, ChatModel, Clock, Ids } from '../chat-model.ts';
import { fileAsText } from '../file-text.ts';
import type { Engine, EngineModel, EngineOrder } from './engine.ts';
import type { Turn } from './engine-words.ts';

/** The provider of every model that runs in Troupe's own engine. */
export const EMBEDDED_PROVIDER = 'embedded';

/** A model that the engine runs. `prepare` says how it is loaded, or throws why it cannot be. */
export function createEmbeddedModel(parts: { info: ModelInfo; engine: Engine; prepare: () => Promise<EngineModel>; clock: Clock; ids: Ids }): ChatModel {
  const { info, engine, clock } = parts;
  return {
    info,
    async chat(request, onDelta) {
      const startedAt = clock.now();
      let firstTokenMs: number | null = null;
      let text = '';
      let reasoning = '';
      const order: EngineOrder = {
        turns: turnsOf(request.messages), tools: request.tools.map(({ name, description, input }) => ({ name, description, parameters: { ...input } })), schema: request.responseSchema ? { ...request.responseSchema.schema } : null,
        maxTokens: request.maxTokens ?? null, temperature: request.temperature ?? null, seed: request.seed ?? null,
      };
      try {
        const answer = await engine.chat(await parts.prepare(), order, request.signal, (kind, piece) => {
          firstTokenMs ??= clock.now() - startedAt;
          if (kind === 'text') text += piece; else reasoning += piece;
          onDelta({ type: kind, text: piece });
        });
        const toolCalls = answer.calls.map((call): AnsweredToolCall => ({ id: `call_${parts.ids.next()}`, name: call.name, arguments: call.arguments, rawArguments: JSON.stringify(call.arguments) }));
        for (const [index, call] of toolCalls.entries()) {
          firstTokenMs ??= clock.now() - startedAt;
          onDelta({ type: 'tool_call', index, id: call.id, name: call.name, argumentsDelta: call.rawArguments });
        }
        return {
          text, toolCalls, ...(reasoning === '' ? {} : { reasoning: { text: reasoning } }), finish: answer.finish, model: info.label, provider: info.provider, requestMs: clock.now() - startedAt, firstTokenMs,
          usage: { promptTokens: answer.promptTokens, completionTokens: answer.completionTokens, totalTokens: answer.promptTokens + answer.completionTokens, estimated: false },
        };
      } catch (error) {
        if (firstTokenMs !== null && hasCode(error, 'models/engine-lost')) throw new AppError('models/cut', `The answer of ${info.label} broke off in the middle. ${toWire(error).message}`, { details: { provider: info.provider, model: info.model, text, reason: 'models/engine-lost' }, cause: error });
        throw error;
      }
    },
  };
}

const texts = (parts: readonly Part[]): string => parts.flatMap((part) => (part.type === 'text' ? [part.text] : part.type === 'file' ? [fileAsText(part) ?? []].flat() : [])).join('\n');

/** Our messages as turns: what tools answered goes into the turn that asked them, and answers in a row are one. */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const results = new Map(messages.flatMap((message) => message.parts.flatMap((part) => (part.type === 'tool_result' ? [[part.callId, part.isError && !/^error\b/i.test(part.content) ? `Error: ${part.content}` : part.content] as const] : []))));
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'tool') continue;
    if (message.role !== 'assistant') { turns.push({ type: message.role, text: texts(message.parts) }); continue; }
    const parts = message.parts.flatMap((part): Extract<Turn, { type: 'model' }>['parts'] => {
      if (part.type === 'text' && part.text !== '') return [part.text];
      return part.type === 'tool_call' ? [{ type: 'call', name: part.name, arguments: part.arguments ?? {}, result: results.get(part.id) ?? 'Error: there is no result.' }] : [];
    });
    const last = turns.at(-1);
    if (last?.type === 'model') last.parts.push(...parts); else turns.push({ type: 'model', parts });
  }
  return turns;
}
