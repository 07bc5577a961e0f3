import type { ChatHistoryItem, ChatModelFunctions, ChatModelResponse, GbnfJsonSchema, Llama, LlamaChatResponseChunk, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import type { ChatOrder, Done, Turn } from './engine-words.ts';
import { grammarSchema } from './grammar-schema.ts';

/** The conversation leaves no room for an answer. */
export class TooLong extends Error {
  readonly tokens: number;
  constructor(tokens: number) {
    super('the conversation is too long');
    this.tokens = tokens;
  }
}

/** Tokens that an answer needs at least. */
const ROOM = 16;
/** What a model does that was not told otherwise: what llama.cpp's own server does. */
const USUAL_TEMPERATURE = 0.8;

/** One answer of the loaded model. Throws `TooLong`, or the signal's reason when stopped. */
export async function answer(llama: Llama, model: LlamaModel, sequence: LlamaContextSequence, order: ChatOrder, signal: AbortSignal, onPiece: (kind: 'text' | 'reasoning', text: string) => void): Promise<Omit<Done, 'report' | 'id'>> {
  const { LlamaChat } = await import('node-llama-cpp');
  const chat = new LlamaChat({ contextSequence: sequence });
  try {
    const history = [...order.turns.map(itemOf), ...(order.turns.at(-1)?.type === 'model' ? [] : [{ type: 'model' as const, response: [] }])];
    const functions = functionsOf(order);
    const { contextText } = chat.chatWrapper.generateContextState({ chatHistory: history, ...(functions && { availableFunctions: functions, documentFunctionParams: true }) });
    const promptTokens = contextText.tokenize(model.tokenizer).length;
    const room = sequence.contextSize - promptTokens;
    if (room < ROOM) throw new TooLong(promptTokens);
    const before = sequence.tokenMeter.usedOutputTokens;
    const onResponseChunk = (chunk: LlamaChatResponseChunk): void => { if (chunk.text !== '') onPiece(chunk.type === 'segment' ? 'reasoning' : 'text', chunk.text); };
    const temperature = order.temperature ?? USUAL_TEMPERATURE;
    // Kept below the end of the context: beyond it the oldest turns would be left out without a word.
    const shared = { signal, onResponseChunk, temperature, ...(temperature > 0 ? { topP: 0.95, topK: 40 } : {}), ...(order.seed === null ? {} : { seed: order.seed }), maxTokens: Math.min(order.maxTokens ?? room - 1, room - 1) };
    const made = functions
      ? await chat.generateResponse(history, { ...shared, functions, documentFunctionParams: true })
      // Its types are for schemas that are known when the program is written.
      : await chat.generateResponse(history, { ...shared, ...(order.schema === null ? {} : { grammar: await llama.createGrammarForJsonSchema(grammarSchema(order.schema) as { type: 'object' }) }) });
    signal.throwIfAborted();
    const calls = (made.functionCalls ?? []).map((call) => ({ name: call.functionName, arguments: (call.params as unknown) ?? {} }));
    return {
      calls, promptTokens, completionTokens: sequence.tokenMeter.usedOutputTokens - before,
      finish: calls.length > 0 ? 'tool_calls' : made.metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
    };
  } finally {
    chat.dispose({ disposeSequence: false });
  }
}

function itemOf(turn: Turn): ChatHistoryItem {
  if (turn.type !== 'model') return turn;
  return { type: 'model', response: turn.parts.map((part): ChatModelResponse['response'][number] => (typeof part === 'string' ? part : { type: 'functionCall', name: part.name, params: part.arguments, result: part.result })) };
}

function functionsOf(order: ChatOrder): ChatModelFunctions | undefined {
  if (order.tools.length === 0) return undefined;
  return Object.fromEntries(order.tools.map((tool) => {
    const properties = Object.keys((tool.parameters['properties'] as object | undefined) ?? {});
    return [tool.name, { description: tool.description, ...(properties.length === 0 ? {} : { params: grammarSchema({ ...tool.parameters, type: 'object' }) as GbnfJsonSchema }) }];
  }));
}
