import type { Ids, AnsweredToolCall, ChatAnswer, ChatDelta, Reasoning } from './chat-model.ts';

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0);

interface Slot { readonly index: number; readonly from: number | undefined; id: string | undefined; name: string; raw: string }

/** Puts an answer together from the chunks of a stream. Chunks are what the provider sends, so every field is looked at before it is used. */
export class Collector {
  text = '';
  model: string | undefined;
  usage: { promptTokens: number; completionTokens: number; totalTokens: number; cachedTokens?: number } | undefined;
  private finish: string | undefined;
  private reasoning = '';
  private readonly details: unknown[] = [];
  private reasoningField: 'reasoning_content' | 'reasoning' | undefined;
  private readonly slots: Slot[] = [];
  private readonly emit: (delta: ChatDelta) => void;
  private readonly ids: Ids;

  constructor(emit: (delta: ChatDelta) => void, ids: Ids) {
    this.emit = emit;
    this.ids = ids;
  }

  /** Whether the provider said how the answer ended; a stream that stops before was cut. */
  get finished(): boolean { return this.finish !== undefined; }

  add(chunk: unknown): void {
    if (!isFields(chunk)) return;
    this.model ??= text(chunk['model']) || undefined;
    this.addUsage(chunk['usage']);
    const choice = list(chunk['choices'])[0];
    if (!isFields(choice)) return;
    // A server that ignores "stream" sends the whole message at once.
    const delta = isFields(choice['delta']) ? choice['delta'] : choice['message'];
    if (isFields(delta)) this.addDelta(delta);
    if (typeof choice['finish_reason'] === 'string' && choice['finish_reason'] !== '') this.finish = choice['finish_reason'];
  }

  private addUsage(usage: unknown): void {
    if (!isFields(usage)) return;
    const promptTokens = count(usage['prompt_tokens']);
    const completionTokens = count(usage['completion_tokens']);
    const details = usage['prompt_tokens_details'];
    const cachedTokens = isFields(details) ? count(details['cached_tokens']) : 0;
    if (promptTokens + completionTokens > 0) this.usage = { promptTokens, completionTokens, totalTokens: count(usage['total_tokens']) || promptTokens + completionTokens, ...(cachedTokens > 0 && { cachedTokens }) };
  }

  private addDelta(delta: Fields): void {
    for (const field of ['reasoning_content', 'reasoning'] as const) {
      if (text(delta[field]) === '') continue;
      this.reasoningField ??= field;
      // Some providers send the same text under both names.
      if (this.reasoningField === field) this.think(text(delta[field]));
    }
    this.details.push(...list(delta['reasoning_details']));
    if (Array.isArray(delta['content'])) for (const part of delta['content']) this.addPart(part);
    else this.say(text(delta['content']));
    this.say(text(delta['refusal']));
    for (const call of list(delta['tool_calls'])) if (isFields(call)) this.addCall(call);
  }

  private addPart(part: unknown): void {
    if (!isFields(part)) return;
    if (part['type'] === 'text') this.say(text(part['text']));
    if (part['type'] === 'thinking') for (const thought of list(part['thinking'])) this.think(isFields(thought) ? text(thought['text']) : text(thought));
  }

  private say(piece: string): void {
    if (piece === '') return;
    this.text += piece;
    this.emit({ type: 'text', text: piece });
  }

  private think(piece: string): void {
    if (piece === '') return;
    this.reasoning += piece;
    this.emit({ type: 'reasoning', text: piece });
  }

  private addCall(call: Fields): void {
    const id = text(call['id']) || undefined;
    const fn = isFields(call['function']) ? call['function'] : {};
    const slot = this.slotFor(typeof call['index'] === 'number' ? call['index'] : undefined, id, text(fn['name']));
    const isNew = slot.raw === '' && slot.name === '';
    slot.id ??= id;
    // Some providers repeat the name in every chunk.
    if (slot.name === '') slot.name = text(fn['name']);
    const piece = typeof fn['arguments'] === 'string' ? fn['arguments'] : isFields(fn['arguments']) ? JSON.stringify(fn['arguments']) : '';
    slot.raw += piece;
    this.emit({ type: 'tool_call', index: slot.index, ...(isNew && slot.name !== '' ? { id: this.idOf(slot), name: slot.name } : {}), ...(piece === '' ? {} : { argumentsDelta: piece }) });
  }

  /** By index; a new id under an index in use is another call, since some providers give every call the index 0. */
  private slotFor(index: number | undefined, id: string | undefined, name: string): Slot {
    const known = this.slots.findLast((slot) => (id !== undefined && slot.id !== undefined ? slot.id === id : index === undefined ? name === '' : slot.from === index));
    if (known) return known;
    const slot = { index: this.slots.length, id, name: '', raw: '', from: index };
    this.slots.push(slot);
    return slot;
  }

  private idOf(slot: Slot): string {
    slot.id ??= `call_${this.ids.next()}`;
    return slot.id;
  }

  toolCalls(): AnsweredToolCall[] {
    return this.slots.filter((slot) => slot.name !== '').map((slot) => ({ id: this.idOf(slot), name: slot.name, arguments: readArguments(slot.raw), rawArguments: slot.raw }));
  }

  reasoned(): { reasoning: Reasoning } | object {
    if (this.details.length > 0) return { reasoning: { text: this.reasoning, data: { reasoning_details: this.details } } };
    if (this.reasoning === '') return {};
    return { reasoning: { text: this.reasoning, ...(this.reasoningField === 'reasoning_content' ? { data: { reasoning_content: this.reasoning } } : {}) } };
  }

  reasoningText(): string { return this.reasoning; }

  finishReason(): ChatAnswer['finish'] {
    if (this.slots.some((slot) => slot.name !== '') && this.finish !== 'length' && this.finish !== 'content_filter') return 'tool_calls';
    return this.finish === 'length' || this.finish === 'content_filter' ? this.finish : 'stop';
  }
}

/** A call without arguments is a call with none; text that is no JSON gives undefined. */
function readArguments(raw: string): unknown {
  if (raw.trim() === '') return {};
  try {
    return JSON.parse(raw) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
