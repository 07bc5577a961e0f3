import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { FILE_KINDS, LIST_VALUE, NO_LANGUAGE_MODELS, ONLY_EMBEDDINGS, TENSOR_KINDS, TEXT_VALUE, VALUE_BYTES } from './gguf-kinds.ts';

/** What the head of a GGUF file says of its model. `layers` and the rest are what the memory of a conversation is counted from. */
export interface GgufDetails {
  readonly name: string | null;
  readonly architecture: string;
  readonly parameters: number;
  readonly quantisation: string;
  /** In tokens; null when the file does not say. */
  readonly contextLength: number | null;
  readonly layers: number;
  /** Heads of keys and values, summed over all layers. */
  readonly kvHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
  readonly bytes: number;
  /** Whether the file says how a conversation is written, and whether that knows tools. */
  readonly hasTemplate: boolean;
  readonly templateTools: boolean;
}

/** What is read of a file at once, and what no honest file goes beyond. */
const CHUNK_BYTES = 128 * 1024;
const MAX_HEAD_BYTES = 256 * 1024 * 1024;
const MAX_ENTRIES = 65_536;
const MAX_NAME_BYTES = 512;
const MAX_TEXT_BYTES = 8 * 1024 * 1024;
const MAX_LIST_ITEMS = 4 * 1024 * 1024;
/** Lists that say something per layer are kept; vocabularies are passed over. */
const KEPT_ITEMS = 1_024;
/** Texts longer than this are no names; a chat template is looked through and not kept. */
const KEPT_TEXT_BYTES = 512 * 1024;

type Kept = number | string | readonly number[];

const refused = (reason: string): AppError => new AppError('models/bad-file', `This is no GGUF file that can be used: ${reason} Choose another file, or download it again.`, { details: { reason } });

/**
 * Reads the head of a GGUF file as hostile: every count and length is held against the file before it is believed.
 * Never reads the weights.
 * Errors: `models/bad-file` with the reason; what the file system says.
 */
export async function readGguf(file: string): Promise<GgufDetails> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const reader = new Reader(handle, size);
    return await readHead(reader, size);
  } finally {
    await handle.close();
  }
}

async function readHead(reader: Reader, size: number): Promise<GgufDetails> {
  if (size < 24) throw refused('it is too short.');
  if ((await reader.bytes(4)).toString('latin1') !== 'GGUF') throw refused('it does not begin as one does.');
  const version = (await reader.bytes(4)).readUInt32LE();
  if (version !== 2 && version !== 3) throw refused(version > 0xff_ff ? 'it is written for machines of another byte order.' : `it has version ${version}; 2 and 3 are known.`);
  const tensors = await reader.count('tensors', MAX_ENTRIES, 24);
  const entries = await reader.count('entries', MAX_ENTRIES, 13);
  if (tensors === 0) throw refused('it holds no weights.');
  const kept = new Map<string, Kept>();
  for (let index = 0; index < entries; index += 1) {
    const key = await reader.text('a name', MAX_NAME_BYTES);
    if (kept.has(key)) throw refused(`it says "${shown(key)}" twice.`);
    kept.set(key, await readValue(reader, (await reader.bytes(4)).readUInt32LE(), key));
  }
  const alignment = numberOf(kept, 'general.alignment') ?? 32;
  if (!Number.isInteger(alignment) || alignment < 1 || alignment > 65_536 || (alignment & (alignment - 1)) !== 0) throw refused(`its parts are aligned to ${alignment} bytes.`);
  const found = await readTensors(reader, tensors, alignment);
  if (Math.ceil(reader.at / alignment) * alignment + found.end > size) throw refused('it is cut off: the weights are longer than the file.');
  return describe(kept, found, size);
}

async function readValue(reader: Reader, kind: number, key: string): Promise<Kept> {
  const fixed = VALUE_BYTES[kind];
  if (fixed !== undefined) return scalar(await reader.bytes(fixed), kind);
  if (kind === TEXT_VALUE) {
    const value = await reader.textBytes(`the value of "${shown(key)}"`, MAX_TEXT_BYTES);
    return value.byteLength > KEPT_TEXT_BYTES ? '' : value.toString('utf8');
  }
  if (kind !== LIST_VALUE) throw refused(`"${shown(key)}" has a value of the unknown kind ${kind}.`);
  const item = (await reader.bytes(4)).readUInt32LE();
  const itemBytes = VALUE_BYTES[item];
  if (itemBytes === undefined && item !== TEXT_VALUE) throw refused(`"${shown(key)}" is a list of the kind ${item}.`);
  const length = await reader.count(`items in "${shown(key)}"`, MAX_LIST_ITEMS, itemBytes ?? 8);
  if (itemBytes === undefined) {
    for (let index = 0; index < length; index += 1) await reader.skip(await reader.length('a text in a list', MAX_TEXT_BYTES));
    return [];
  }
  if (length > KEPT_ITEMS) { await reader.skip(length * itemBytes); return []; }
  const values: number[] = [];
  for (let index = 0; index < length; index += 1) values.push(scalar(await reader.bytes(itemBytes), item));
  return values;
}

function scalar(bytes: Buffer, kind: number): number {
  if (kind === 0 || kind === 7) return bytes.readUInt8();
  if (kind === 1) return bytes.readInt8();
  if (kind === 2) return bytes.readUInt16LE();
  if (kind === 3) return bytes.readInt16LE();
  if (kind === 4) return bytes.readUInt32LE();
  if (kind === 5) return bytes.readInt32LE();
  if (kind === 6) return bytes.readFloatLE();
  if (kind === 10) return Number(bytes.readBigUInt64LE());
  return kind === 11 ? Number(bytes.readBigInt64LE()) : bytes.readDoubleLE();
}

interface Tensors { readonly parameters: number; readonly end: number; readonly mostly: string }

async function readTensors(reader: Reader, count: number, alignment: number): Promise<Tensors> {
  const names = new Set<string>();
  const perKind = new Map<string, number>();
  let parameters = 0;
  let end = 0;
  for (let index = 0; index < count; index += 1) {
    const name = await reader.text('the name of a part', MAX_NAME_BYTES);
    if (names.has(name)) throw refused(`it holds the part "${shown(name)}" twice.`);
    names.add(name);
    const dimensions = (await reader.bytes(4)).readUInt32LE();
    if (dimensions < 1 || dimensions > 4) throw refused(`the part "${shown(name)}" has ${dimensions} dimensions.`);
    let numbers = 1;
    let row = 1;
    for (let dimension = 0; dimension < dimensions; dimension += 1) {
      const extent = Number((await reader.bytes(8)).readBigUInt64LE());
      if (dimension === 0) row = extent;
      numbers *= extent;
      if (extent < 1 || numbers > 2 ** 50) throw refused(`the part "${shown(name)}" has a size that none has.`);
    }
    const kind = TENSOR_KINDS[(await reader.bytes(4)).readUInt32LE()];
    if (!kind) throw refused(`the part "${shown(name)}" holds numbers of a kind that this version does not know.`);
    const [label, inBlock, blockBytes] = kind;
    const offset = Number((await reader.bytes(8)).readBigUInt64LE());
    if (row % inBlock !== 0 || offset % alignment !== 0 || offset > 2 ** 50) throw refused(`the part "${shown(name)}" lies where none can.`);
    end = Math.max(end, offset + (numbers / inBlock) * blockBytes);
    parameters += numbers;
    perKind.set(label, (perKind.get(label) ?? 0) + numbers);
  }
  return { parameters, end, mostly: [...perKind].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '' };
}

function describe(kept: ReadonlyMap<string, Kept>, tensors: Tensors, bytes: number): GgufDetails {
  const architecture = kept.get('general.architecture');
  if (typeof architecture !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(architecture)) throw refused('it does not say of what kind its model is.');
  const type = kept.get('general.type');
  if (ONLY_EMBEDDINGS.has(architecture)) throw refused(`it holds a model for embeddings of the kind ${architecture}, which cannot be run inside of Troupe yet. For search by meaning take one of the kind of language models, such as Qwen3-Embedding, or a model of a provider such as Ollama.`);
  if (NO_LANGUAGE_MODELS.has(architecture) || (typeof type === 'string' && type !== '' && type !== 'model')) throw refused(`it holds ${architecture}, which is a part of a model or none that answers.`);
  const parts = numberOf(kept, 'split.count') ?? 0;
  if (parts > 1) throw refused(`it is one of ${parts} parts. Join them with llama-gguf-split --merge.`);
  const of = (name: string): number | undefined => numberOf(kept, `${architecture}.${name}`);
  const layers = whole(of('block_count'), 1, 4_096) ?? missing(`${architecture}.block_count`);
  const embedding = whole(of('embedding_length'), 1, 1_048_576) ?? missing(`${architecture}.embedding_length`);
  const heads = whole(of('attention.head_count'), 1, 65_536);
  const headLength = heads === undefined ? 128 : Math.max(1, Math.floor(embedding / heads));
  const listed = kept.get(`${architecture}.attention.head_count_kv`);
  const kvHeads = Array.isArray(listed) ? (listed as number[]).reduce((sum, each) => sum + (whole(each, 0, 65_536) ?? 0), 0) : layers * (whole(of('attention.head_count_kv'), 0, 65_536) ?? heads ?? 32);
  const template = kept.get('tokenizer.chat_template');
  const label = kept.get('general.name');
  const name = typeof label === 'string' ? label.replaceAll(/[\p{C}\s]+/gu, ' ').trim().slice(0, 120) : '';
  return {
    name: name === '' ? null : name, architecture, parameters: tensors.parameters, quantisation: FILE_KINDS[numberOf(kept, 'general.file_type') ?? -1] ?? tensors.mostly,
    contextLength: whole(of('context_length'), 1, 2 ** 31) ?? null, layers, kvHeads,
    keyLength: whole(of('attention.key_length'), 1, 65_536) ?? headLength, valueLength: whole(of('attention.value_length'), 1, 65_536) ?? headLength,
    bytes, hasTemplate: typeof template === 'string' && template !== '', templateTools: typeof template === 'string' && /\btools\b/.test(template),
  };
}

const numberOf = (kept: ReadonlyMap<string, Kept>, key: string): number | undefined => {
  const value = kept.get(key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};
const whole = (value: number | undefined, least: number, most: number): number | undefined => (value !== undefined && Number.isInteger(value) && value >= least && value <= most ? value : undefined);
const missing = (key: string): never => { throw refused(`it does not say "${key}".`); };
const shown = (name: string): string => name.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60);

/** The file's bytes in order, a chunk in memory at a time; between two chunks others have the event loop. */
class Reader {
  at = 0;
  private chunk = Buffer.alloc(0);
  private chunkAt = 0;
  private readonly handle: FileHandle;
  private readonly size: number;

  constructor(handle: FileHandle, size: number) {
    this.handle = handle;
    this.size = size;
  }

  async bytes(length: number): Promise<Buffer> {
    if (this.at + length > this.size) throw refused('it is cut off.');
    if (this.at + length > MAX_HEAD_BYTES) throw refused('what it says of itself is longer than that of any model.');
    if (this.at < this.chunkAt || this.at + length > this.chunkAt + this.chunk.byteLength) await this.fill(length);
    const from = this.at - this.chunkAt;
    this.at += length;
    return this.chunk.subarray(from, from + length);
  }

  /** A number of things of at least `bytes` each: more than the file can hold is refused at once. */
  async count(what: string, most: number, bytes: number): Promise<number> {
    const value = (await this.bytes(8)).readBigUInt64LE();
    if (value > BigInt(most) || Number(value) * bytes > this.size - this.at) throw refused(`it announces ${value} ${what}, more than it holds.`);
    return Number(value);
  }

  async length(what: string, most: number): Promise<number> {
    const value = (await this.bytes(8)).readBigUInt64LE();
    if (value > BigInt(most) || Number(value) > this.size - this.at) throw refused(`${what} is announced with ${value} bytes, more than it holds.`);
    return Number(value);
  }

  async textBytes(what: string, most: number): Promise<Buffer> { return this.bytes(await this.length(what, most)); }
  async text(what: string, most: number): Promise<string> { return (await this.textBytes(what, most)).toString('utf8'); }

  async skip(length: number): Promise<void> {
    if (this.at + length > Math.min(this.size, MAX_HEAD_BYTES)) throw refused('it is cut off.');
    this.at += length;
    return Promise.resolve();
  }

  private async fill(length: number): Promise<void> {
    const wanted = Math.min(Math.max(length, CHUNK_BYTES), this.size - this.at);
    const { buffer, bytesRead } = await this.handle.read(Buffer.allocUnsafe(wanted), 0, wanted, this.at);
    if (bytesRead < length) throw refused('it is cut off.');
    this.chunk = buffer.subarray(0, bytesRead);
    this.chunkAt = this.at;
  }
}
