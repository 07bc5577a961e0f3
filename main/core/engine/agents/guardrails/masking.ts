import type { Message, Part } from '../../../../../contract/model/message.ts';
import type { PersonalDataKind } from '../../../../../contract/manifest/index.ts';
import { wordsOfFile, type ChatModel, type JsonSchema } from '../../models/index.ts';
import { findPersonalData } from './personal-data.ts';

/**
 * Names that stand for personal data, the same for the same value as long as it lives. It is kept in memory alone: made
 * again from the same texts in the same order it comes to the same names, so that a resumed run needs nothing stored.
 */
export interface Masking {
  mask(text: string): string;
  /** Undoes `mask`; names that stand for nothing stay as they are. */
  restore(text: string): string;
  /** For text in pieces: `push` holds back what may be the beginning of a name. */
  restoring(): { push(piece: string): string; rest(): string };
}

const PLACEHOLDER = /\[(?:EMAIL|PHONE|IBAN|CARD|IP|NATIONAL_ID|TEXT)_\d{1,9}\]/g;
const BEGUN = /\[[A-Z_]{0,12}\d{0,9}$/;

export function createMasking(kinds: readonly PersonalDataKind[]): Masking {
  const names = new Map<string, string>();
  const values = new Map<string, string>();
  const counts = new Map<string, number>();

  const nameOf = (kind: string, value: string): string => {
    const key = `${kind} ${value}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const name = `[${kind.toUpperCase()}_${number}]`;
    names.set(key, name);
    values.set(name, value);
    return name;
  };
  const restore = (text: string): string => text.replace(PLACEHOLDER, (name) => values.get(name) ?? name);

  return {
    mask(text) {
      // Text that looks like one of our names gets a name too: nothing but a name is ever put back.
      const literal = [...text.matchAll(PLACEHOLDER)].map((match) => ({ kind: 'text' as const, start: match.index, end: match.index + match[0].length }));
      const all = [...literal, ...findPersonalData(text, kinds, literal)].sort((one, other) => one.start - other.start);
      let [masked, from] = ['', 0];
      for (const { kind, start, end } of all) {
        masked += text.slice(from, start) + nameOf(kind, text.slice(start, end));
        from = end;
      }
      return masked + text.slice(from);
    },
    restore,
    restoring() {
      let held = '';
      return {
        push(piece) {
          const text = held + piece;
          held = BEGUN.exec(text)?.[0] ?? '';
          return restore(text.slice(0, text.length - held.length));
        },
        rest() {
          const text = held;
          held = '';
          return text;
        },
      };
    },
  };
}

/** Each text in a value of JSON, its keys included. */
function deep(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => deep(each, change));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [change(key), deep(each, change)]));
  return value;
}

const TOLD = 'Names in brackets such as [EMAIL_1] or [PHONE_2] stand for values that are hidden from you. Write such a name exactly as it is wherever you mean its value, also in what you give to tools.';

function maskedMessage(message: Message, mask: (text: string) => string): Message {
  const parts = message.parts.map((part): Part => {
    if (part.type === 'text' || part.type === 'reasoning') return { ...part, text: mask(part.text) };
    if (part.type === 'file') {
      const words = wordsOfFile(part);
      return words === undefined ? part : { ...part, name: mask(part.name), data: Buffer.from(mask(words)).toString('base64') };
    }
    if (part.type === 'image' && part.name !== undefined) return { ...part, name: mask(part.name) };
    if (part.type === 'tool_call') return { ...part, arguments: deep(part.arguments, mask) };
    return part.type === 'tool_result' ? { ...part, content: mask(part.content) } : part;
  });
  return { ...message, parts };
}

/**
 * The same model, which never sees the personal data: it is masked in all that it is sent and put back in all that it
 * answers, so that run log, tools and person have the real values. Text files are masked as well; pictures and other files go as they are.
 */
export function maskedModel(model: ChatModel, masking: Masking): ChatModel {
  return {
    info: model.info,
    async chat(request, onDelta) {
      const messages = request.messages.map((message) => maskedMessage(message, masking.mask));
      const told: Message[] = [{ role: 'system', parts: [{ type: 'text', text: TOLD }] }];
      const first = messages[0];
      const sent = first?.role === 'system' ? [{ ...first, parts: [...first.parts, { type: 'text' as const, text: `\n\n${TOLD}` }] }, ...messages.slice(1)] : [...told, ...messages];
      const text = masking.restoring();
      const answer = await model.chat({ ...request, messages: sent, ...(request.responseSchema && { responseSchema: { ...request.responseSchema, schema: deep(request.responseSchema.schema, masking.mask) as JsonSchema } }) }, (delta) => {
        if (delta.type !== 'text') { if (delta.type === 'retry') onDelta(delta); return; }
        const piece = text.push(delta.text);
        if (piece !== '') onDelta({ type: 'text', text: piece });
      });
      const rest = text.rest();
      if (rest !== '') onDelta({ type: 'text', text: rest });
      return {
        ...answer, text: masking.restore(answer.text),
        toolCalls: answer.toolCalls.map((call) => ({ ...call, arguments: deep(call.arguments, masking.restore), rawArguments: masking.restore(call.rawArguments) })),
        ...(answer.reasoning && { reasoning: { ...answer.reasoning, text: masking.restore(answer.reasoning.text) } }),
      };
    },
  };
}
