/** Writes small GGUF files (v3, llama architecture, byte vocabulary) that the engine really runs. */

type Value = { u32: number } | { f32: number } | { text: string } | { texts: readonly string[] } | { f32s: readonly number[] } | { i32s: readonly number[] } | { bool: boolean };

export interface TestModel {
  /** What the model says to everything, word by word; a word is one token. */
  readonly says: readonly string[];
  /** Whether it stops after the last word; otherwise it begins again and never ends by itself. Default true. */
  readonly ends?: boolean;
  readonly name?: string;
  readonly contextLength?: number;
  /** How messages become text; the default is a plain one. */
  readonly template?: string;
  /** A vector of a text is the average of its words; else that of its end, which is the same for all of them. */
  readonly averages?: boolean;
  /** Layers that do nothing but take time. Default 1. */
  readonly layers?: number;
}

const EMBEDDING = 64;
const FEED_FORWARD = 128;
const HEADS = 2;
const BYTES_FROM = 3;
const WORDS_FROM = BYTES_FROM + 256;
const ALIGNMENT = 32;
const TEMPLATE = `{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\n' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}`;

/**
 * A model whose next word depends on the last token alone: each word leads to the next one, and every other token to the
 * first. Attention and feed-forward are zero. Where a grammar forbids its words, it closes strings and objects.
 */
export function ggufFile(model: TestModel): Buffer {
  if (model.says.length > EMBEDDING - 2) throw new Error(`A test model says at most ${EMBEDDING - 2} words.`);
  const tokens = ['<unk>', '<s>', '</s>', ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`), ...model.says.map((word) => word.replaceAll(' ', '▁'))];
  const types = [2, 3, 3, ...Array<number>(256).fill(6), ...Array<number>(model.says.length).fill(1)];
  const embedding = new Float32Array(tokens.length * EMBEDDING);
  const output = new Float32Array(tokens.length * EMBEDDING);
  tokens.forEach((_, token) => {
    const word = token - WORDS_FROM;
    // Direction 0 leads to the first word, direction n to the word after the n-th, the one after the last to the end.
    const to = word < 0 ? 0 : model.ends === false && word === model.says.length - 1 ? 0 : word + 1;
    embedding[token * EMBEDDING + to] = 1;
    if (word >= 0) output[token * EMBEDDING + word] = 10;
  });
  output[2 * EMBEDDING + model.says.length] = 10;
  // What it prefers when a grammar leaves its own words out: to be done.
  for (const [character, weight] of [['"', 3], ['}', 2.5], [']', 2], [')', 1.5], ['1', 1]] as const) {
    const token = BYTES_FROM + character.charCodeAt(0);
    for (let to = 0; to <= model.says.length; to += 1) output[token * EMBEDDING + to] = weight;
  }
  const layers = model.layers ?? 1;
  const zeros = (rows: number, columns: number): Float32Array => new Float32Array(rows * columns);
  const ones = (count: number): Float32Array => new Float32Array(count).fill(1);
  const tensors: [string, number[], Float32Array][] = [
    ['token_embd.weight', [EMBEDDING, tokens.length], embedding], ['output_norm.weight', [EMBEDDING], ones(EMBEDDING)], ['output.weight', [EMBEDDING, tokens.length], output],
    ...Array.from({ length: layers }, (_, layer): [string, number[], Float32Array][] => [
      ...(['attn_q', 'attn_k', 'attn_v', 'attn_output'] as const).map((part): [string, number[], Float32Array] => [`blk.${layer}.${part}.weight`, [EMBEDDING, EMBEDDING], zeros(EMBEDDING, EMBEDDING)]),
      [`blk.${layer}.attn_norm.weight`, [EMBEDDING], ones(EMBEDDING)], [`blk.${layer}.ffn_norm.weight`, [EMBEDDING], ones(EMBEDDING)],
      [`blk.${layer}.ffn_gate.weight`, [EMBEDDING, FEED_FORWARD], zeros(FEED_FORWARD, EMBEDDING)], [`blk.${layer}.ffn_up.weight`, [EMBEDDING, FEED_FORWARD], zeros(FEED_FORWARD, EMBEDDING)],
      [`blk.${layer}.ffn_down.weight`, [FEED_FORWARD, EMBEDDING], zeros(FEED_FORWARD, EMBEDDING)],
    ]).flat(),
  ];
  return assemble([
    ['general.architecture', { text: 'llama' }], ['general.name', { text: model.name ?? 'Tiny test model' }], ['general.file_type', { u32: 0 }],
    ['llama.context_length', { u32: model.contextLength ?? 2048 }], ['llama.embedding_length', { u32: EMBEDDING }], ['llama.block_count', { u32: layers }],
    ['llama.feed_forward_length', { u32: FEED_FORWARD }], ['llama.attention.head_count', { u32: HEADS }], ['llama.attention.head_count_kv', { u32: HEADS }],
    ['llama.rope.dimension_count', { u32: EMBEDDING / HEADS }], ['llama.attention.layer_norm_rms_epsilon', { f32: 1e-5 }], ['llama.vocab_size', { u32: tokens.length }], ...(model.averages === true ? [['llama.pooling_type', { u32: 1 }] as const] : []),
    ['tokenizer.ggml.model', { text: 'llama' }], ['tokenizer.ggml.tokens', { texts: tokens }], ['tokenizer.ggml.scores', { f32s: tokens.map(() => 0) }], ['tokenizer.ggml.token_type', { i32s: types }],
    ['tokenizer.ggml.bos_token_id', { u32: 1 }], ['tokenizer.ggml.eos_token_id', { u32: 2 }], ['tokenizer.ggml.unknown_token_id', { u32: 0 }],
    ['tokenizer.ggml.add_bos_token', { bool: true }], ['tokenizer.ggml.add_space_prefix', { bool: false }], ['tokenizer.chat_template', { text: model.template ?? TEMPLATE }],
  ], tensors);
}

/** Lays a file out; also used to write broken ones. */
export function assemble(metadata: readonly (readonly [string, Value])[], tensors: readonly (readonly [string, readonly number[], Float32Array])[]): Buffer {
  const parts: Buffer[] = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(metadata.length)];
  for (const [name, value] of metadata) parts.push(text(name), encoded(value));
  let offset = 0;
  for (const [name, shape, data] of tensors) {
    parts.push(text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset));
    offset += Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  const head = Buffer.concat(parts);
  const out: Uint8Array[] = [head, Buffer.alloc((ALIGNMENT - (head.byteLength % ALIGNMENT)) % ALIGNMENT)];
  for (const [, , data] of tensors) out.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength), Buffer.alloc((ALIGNMENT - (data.byteLength % ALIGNMENT)) % ALIGNMENT));
  return Buffer.concat(out);
}

export function u32(value: number): Buffer { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; }
export function u64(value: number | bigint): Buffer { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; }
function f32(value: number): Buffer { const bytes = Buffer.alloc(4); bytes.writeFloatLE(value); return bytes; }
export function text(value: string): Buffer { const bytes = Buffer.from(value); return Buffer.concat([u64(bytes.byteLength), bytes]); }

function encoded(value: Value): Buffer {
  if ('u32' in value) return Buffer.concat([u32(4), u32(value.u32)]);
  if ('f32' in value) return Buffer.concat([u32(6), f32(value.f32)]);
  if ('bool' in value) return Buffer.concat([u32(7), Buffer.from([value.bool ? 1 : 0])]);
  if ('text' in value) return Buffer.concat([u32(8), text(value.text)]);
  if ('texts' in value) return Buffer.concat([u32(9), u32(8), u64(value.texts.length), ...value.texts.map(text)]);
  if ('f32s' in value) return Buffer.concat([u32(9), u32(6), u64(value.f32s.length), ...value.f32s.map(f32)]);
  return Buffer.concat([u32(9), u32(5), u64(value.i32s.length), ...value.i32s.map((item) => { const bytes = Buffer.alloc(4); bytes.writeInt32LE(item); return bytes; })]);
}
