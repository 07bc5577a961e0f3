import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { unescape } from 'node:querystring';
import { pipeline } from 'node:stream/promises';
import { AppError, hasCode } from '../../../../../contract/errors/app-error.ts';
import type { ModelEngine, ModelFile, ModelTry } from '../../../../../contract/model/model-file.ts';
import { textMessage } from '../../../../../contract/model/message.ts';
import type { ModelInfo } from '../../../../../contract/model/model-ref.ts';
import type { Http } from '../../../base/http/index.ts';
import { failpoint } from '../../../base/observe/index.ts';
import type { ChatModel, Clock, Ids, Log, Sleep } from '../chat-model.ts';
import { checkSha256, checkSpace, download, lengthOf, readAddress } from './download.ts';
import { createEmbeddedModel, EMBEDDED_PROVIDER } from './embedded-model.ts';
import type { Embedder } from '../embedder.ts';
import type { Engine, EngineModel } from './engine.ts';
import type { FilesStore, StoredFile } from './files-store.ts';
import { readGguf, type GgufDetails } from './gguf.ts';
import { contextFor, memoryFor, threadsFor, tooLarge, type Machine } from './plan.ts';

export interface ModelFilesParts {
  readonly store: FilesStore;
  readonly http: Pick<Http, 'fetch'>;
  readonly engine: Engine;
  /** A second one, for vectors: else each message would load two models in turn. */
  readonly vectorEngine: Engine;
  /** Where downloads and copies lie: `<id>.gguf`, and `<id>.part` on its way. */
  readonly folder: string;
  readonly machine: () => Machine;
  /** Whether the engine's package has a binary for this machine. */
  readonly available: () => boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sleep: Sleep;
  readonly log: Log;
  readonly changed: () => void;
}

/** The models that this machine runs by itself: their files, and the way to talk to them. */
export interface ModelFiles {
  list(defaultId: string | null): Promise<{ files: ModelFile[]; engine: ModelEngine }>;
  /** Takes a file that the person has: `copy` makes one of our own, else it is used where it stands. Errors: `models/bad-file`, `models/no-space`. */
  addFile(input: { path: string; copy: boolean; name?: string | undefined }): Promise<{ id: string }>;
  /** Begins a download. `sha256` is checked when it is there. Errors: `core/bad-input`. */
  download(input: { address: string; sha256?: string | undefined; name?: string | undefined }): Promise<{ id: string }>;
  /** Holds a download; what came is kept. */
  pause(id: string): Promise<void>;
  /** Goes on with a download that was held or failed. */
  resume(id: string): Promise<void>;
  /** Takes it from the list, with the file unless that is linked; a download is broken off and leaves nothing. */
  remove(id: string): Promise<void>;
  /** One short answer, and what it took. */
  tryOut(id: string, signal: AbortSignal): Promise<ModelTry>;
  /** Those that can answer. */
  infos(): Promise<ModelInfo[]>;
  /** Errors: `models/not-found`. */
  model(id: string): Promise<ChatModel>;
  /** The same file as a maker of vectors. Errors: `models/not-found`. */
  embedder(id: string): Promise<Embedder>;
  has(id: string): Promise<boolean>;
  /** Goes on with what the last core did not finish, and removes files that belong to nothing. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** Between two words to the page about downloads under way. */
const TICK_MS = 500;
const TRY_TOKENS = 48;
/** No passage is longer, and a longer context takes memory. */
const VECTOR_TOKENS = 2_048;
const TRY_TEXT = 'Greet me in one short sentence.';

export function createModelFiles(parts: ModelFilesParts): ModelFiles {
  const { store, engine, vectorEngine, clock } = parts;
  const transfers = new Map<string, { controller: AbortController; ended: Promise<void> }>();
  /** How the model in memory was loaded: counted anew it would come out smaller, since it takes memory itself. */
  const planned = new Map<string, EngineModel>();
  let plannedVectors: EngineModel | undefined;
  let ticker: NodeJS.Timeout | undefined;
  let stopped = false;

  const partOf = (id: string): string => path.join(parts.folder, `${id}.part`);
  const fileOf = (file: StoredFile): string => (file.linked && file.path !== null ? file.path : path.join(parts.folder, `${file.id}.gguf`));
  const notFound = (id: string): AppError => new AppError('models/not-found', `There is no model "${id.slice(0, 80)}" on this computer. Choose one of the list.`, { details: { model: id } });

  async function stored(id: string): Promise<StoredFile> {
    const found = (await store.files()).find((file) => file.id === id);
    if (!found) throw notFound(id);
    return found;
  }

  /** The memory that a model may have: what is free, and what the one that goes for it takes. */
  async function machine(files: readonly StoredFile[] | undefined = undefined): Promise<Machine> {
    const has = parts.machine();
    const id = engine.loaded();
    const plan = id === null ? undefined : planned.get(id);
    const details = id === null ? undefined : (files ?? await store.files()).find((file) => file.id === id)?.details;
    return { ...has, memory: has.memory + (plan && details ? memoryFor(details, plan.contextLength).total : 0) };
  }

  /** A name for people as an id: it stands in settings and on command lines. */
  async function freshId(name: string): Promise<string> {
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 48) || 'model';
    const taken = new Set((await store.files()).map((file) => file.id));
    return taken.has(slug) || transfers.has(slug) ? `${slug}-${parts.ids.next().replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 6).toLowerCase()}` : slug;
  }

  const labelOf = (details: GgufDetails, given: string | undefined, fallback: string): string => given?.trim() || [details.name ?? fallback, details.quantisation].join(' ');

  /** What came is one whole file now. */
  async function finish(file: StoredFile, signal: AbortSignal): Promise<void> {
    const to = fileOf(file);
    // The core may have ended between the renaming and this.
    const from = await lengthOf(to) > 0 ? to : partOf(file.id);
    if (file.sha256 !== null) await checkSha256(from, file.sha256, signal);
    const details = await readGguf(from);
    signal.throwIfAborted();
    failpoint('models.download.checked');
    await rename(from, to);
    failpoint('models.download.renamed');
    await store.update({ ...file, state: 'ready', details, bytes: details.bytes, path: null, error: null });
  }

  async function transfer(id: string, signal: AbortSignal): Promise<void> {
    let file = await stored(id);
    const keep = async (change: Partial<StoredFile>): Promise<void> => { file = { ...file, ...change }; await store.update(file); };
    try {
      if (file.state !== 'downloading' || file.error !== null) await keep({ state: 'downloading', error: null });
      if (await lengthOf(fileOf(file)) === 0) {
        if (file.address !== null) {
          await download({ address: file.address, part: partOf(id), validator: file.validator }, { http: parts.http, sleep: parts.sleep, begun: keep }, signal);
        } else if (file.path !== null) {
          await checkSpace(parts.folder, file.bytes ?? 0);
          await pipeline(createReadStream(file.path), createWriteStream(partOf(id), { mode: 0o600 }), { signal });
        }
      }
      await finish(file, signal);
    } catch (error) {
      if (signal.aborted) return;
      const known = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? new AppError('models/bad-file', 'The file is not there any more. Cancel, and add it again.') : error;
      const shown = hasCode(known, 'core/internal') || !(known instanceof AppError) ? new AppError('core/internal', 'The file could not be brought here. The log has the details.') : known;
      if (shown.code === 'core/internal') parts.log.warn({ model: id, error }, 'a model could not be brought here');
      // Of what can never become the wanted file nothing is kept but the reason.
      if (hasCode(shown, 'models/bad-file', 'models/checksum')) await rm(partOf(id), { force: true });
      await keep({ state: 'failed', error: { code: shown.code, message: shown.message }, ...(hasCode(shown, 'models/bad-file', 'models/checksum') ? { validator: null } : {}) });
    }
  }

  function begin(id: string): void {
    if (stopped || transfers.has(id)) return;
    const controller = new AbortController();
    const ended = transfer(id, controller.signal).catch((error: unknown) => { parts.log.warn({ model: id, error }, 'what became of a model could not be kept'); }).finally(() => {
      transfers.delete(id);
      if (transfers.size === 0) { clearInterval(ticker); ticker = undefined; }
      parts.changed();
    });
    transfers.set(id, { controller, ended });
    ticker ??= setInterval(parts.changed, TICK_MS).unref();
    parts.changed();
  }

  async function halt(id: string): Promise<void> {
    const under = transfers.get(id);
    under?.controller.abort(new AppError('run/cancelled', 'The download was held.'));
    await under?.ended;
  }

  /** How a file is loaded now. Errors: `models/not-found`, `models/too-large`. */
  async function prepare(id: string): Promise<EngineModel> {
    if (!parts.available()) throw new AppError('models/engine-missing', 'Models cannot run inside of Troupe on this machine: the engine has no binary for it. Use a local server such as Ollama, or a provider.');
    const file = await stored(id);
    const known = engine.loaded() === id ? planned.get(id) : undefined;
    if (known) return known;
    if (file.state !== 'ready' || !file.details) throw new AppError('models/not-found', `${file.name} is not here completely yet. Wait for the download, or resume it in Settings › Models.`, { details: { model: id } });
    // Linked files change under us; the head is small, and what it says decides how much memory is taken.
    const details = await readGguf(fileOf(file)).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new AppError('models/not-found', `The file of ${file.name} does not stand at ${fileOf(file)} any more. Put it back, or remove the model and add it again.`, { details: { model: id } });
      throw error;
    });
    const has = await machine();
    const chosen = contextFor(details, has);
    if (!chosen.fits) throw tooLarge(file.name, chosen.memory, has);
    const model = { id, name: file.name, file: fileOf(file), contextLength: chosen.contextLength, threads: threadsFor(has.processors) };
    planned.set(id, model);
    return model;
  }

  /** How a file is loaded to make vectors, beside the one that answers. */
  async function prepareVectors(id: string): Promise<EngineModel> {
    const known = vectorEngine.loaded() === id ? plannedVectors : undefined;
    if (known) return known;
    const { contextLength, ...model } = await prepare(id);
    const { details } = await stored(id);
    const has = parts.machine();
    const most = Math.min(contextLength, VECTOR_TOKENS);
    if (details && memoryFor(details, most).total > has.memory) throw tooLarge(model.name, memoryFor(details, most), has);
    plannedVectors = { ...model, contextLength: most, embeds: true };
    return plannedVectors;
  }

  const contextOf = (file: StoredFile, details: GgufDetails, has: Machine): ReturnType<typeof contextFor> => {
    const plan = engine.loaded() === file.id ? planned.get(file.id) : undefined;
    return plan ? { contextLength: plan.contextLength, memory: memoryFor(details, plan.contextLength), fits: true } : contextFor(details, has);
  };

  const infoOf = (file: StoredFile, details: GgufDetails, has: Machine): ModelInfo => ({
    provider: EMBEDDED_PROVIDER, model: file.id, label: file.name, contextLength: contextOf(file, details, has).contextLength, local: true, practice: false,
    capabilities: { tools: details.templateTools ? true : null, parallelTools: null, jsonSchema: true, vision: false, reasoning: null, usageInStream: true },
  });

  async function view(file: StoredFile, has: Machine, defaultId: string | null): Promise<ModelFile> {
    const onDisk = file.state === 'ready' ? file.bytes ?? 0 : await lengthOf(partOf(file.id));
    const isMissing = file.state === 'ready' && await lengthOf(fileOf(file)) === 0;
    const chosen = file.details ? contextOf(file, file.details, has) : null;
    return {
      id: file.id, name: file.name, state: isMissing ? 'missing' : file.state, bytes: file.bytes, received: onDisk, linked: file.linked, sha256: file.sha256, error: file.error, addedAt: file.addedAt,
      // The rest of an address may hold what lets one in.
      address: file.address === null ? null : new URL(file.address).origin + new URL(file.address).pathname,
      details: file.details && chosen ? { architecture: file.details.architecture, parameters: file.details.parameters, quantisation: file.details.quantisation, trainedContext: file.details.contextLength, tools: file.details.templateTools, ...chosen } : null,
      loaded: engine.loaded() === file.id, isDefault: defaultId === file.id,
    };
  }

  const model = async (id: string): Promise<ChatModel> => {
    const files = await store.files();
    const file = files.find((each) => each.id === id);
    if (!file) throw notFound(id);
    const has = await machine(files);
    const info: ModelInfo = file.details ? infoOf(file, file.details, has) : { provider: EMBEDDED_PROVIDER, model: id, label: file.name, contextLength: null, local: true, practice: false, capabilities: { tools: null, parallelTools: null, jsonSchema: true, vision: false, reasoning: null, usageInStream: true } };
    return createEmbeddedModel({ info, engine, prepare: () => prepare(id), clock, ids: parts.ids });
  };

  return {
    async list(defaultId) {
      const files = await store.files();
      const has = await machine(files);
      const disk = await statfs(parts.folder);
      return { files: await Promise.all(files.map((file) => view(file, has, defaultId))), engine: { available: parts.available(), threads: threadsFor(has.processors), memory: has.memory, disk: disk.bavail * disk.bsize } };
    },
    async addFile(input) {
      const from = path.resolve(input.path);
      const found = await stat(from).catch(() => undefined);
      if (!found?.isFile()) throw new AppError('models/bad-file', `There is no file ${from}. Name a .gguf file.`);
      const details = await readGguf(from);
      const again = (await store.files()).find((file) => file.path === from && file.linked && !input.copy);
      if (again) return { id: again.id };
      if (input.copy) await checkSpace(parts.folder, details.bytes);
      const name = labelOf(details, input.name, path.basename(from, path.extname(from)));
      const id = await freshId(name);
      await store.put({ id, name, state: input.copy ? 'downloading' : 'ready', path: from, linked: !input.copy, address: null, sha256: null, bytes: details.bytes, validator: null, details, error: null, addedAt: clock.now() });
      if (input.copy) begin(id); else parts.changed();
      return { id };
    },
    async download(input) {
      const url = readAddress(input.address);
      const sha256 = input.sha256?.trim().toLowerCase().replace(/^sha256:/, '') || null;
      if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) throw new AppError('core/bad-input', 'A SHA-256 has 64 digits from 0 to 9 and a to f. Copy it whole, or leave it out.');
      const name = input.name?.trim() || unescape(path.posix.basename(url.pathname)).replace(/\.gguf$/i, '').slice(0, 120) || url.host;
      const id = await freshId(name);
      await store.put({ id, name, state: 'downloading', path: null, linked: false, address: url.href, sha256, bytes: null, validator: null, details: null, error: null, addedAt: clock.now() });
      begin(id);
      return { id };
    },
    async pause(id) {
      await halt(id);
      const file = await stored(id);
      if (file.state === 'downloading') await store.update({ ...file, state: 'paused' });
      parts.changed();
    },
    async resume(id) {
      const file = await stored(id);
      if (file.state !== 'ready') begin(id);
    },
    async remove(id) {
      const file = await stored(id);
      await halt(id);
      await Promise.all([engine.unload(id), vectorEngine.unload(id)]);
      await store.drop(id);
      planned.delete(id);
      if (!file.linked) for (const name of [partOf(id), path.join(parts.folder, `${id}.gguf`)]) await rm(name, { force: true });
      parts.changed();
    },
    async tryOut(id, signal) {
      const wasLoaded = engine.loaded() === id;
      const asked = await model(id);
      const answer = await asked.chat({ messages: [textMessage('user', TRY_TEXT)], tools: [], maxTokens: TRY_TOKENS, signal }, () => undefined);
      const speakingMs = answer.firstTokenMs === null ? 0 : answer.requestMs - answer.firstTokenMs;
      const tokens = answer.usage.completionTokens;
      return { text: answer.text, tokens, loadMs: wasLoaded ? null : engine.loadMs(), firstTokenMs: answer.firstTokenMs, tokensPerSecond: speakingMs > 0 && tokens > 1 ? Math.round(((tokens - 1) / speakingMs) * 1000 * 10) / 10 : null };
    },
    async infos() {
      const files = await store.files();
      const has = await machine(files);
      return files.flatMap((file) => (file.state === 'ready' && file.details ? [infoOf(file, file.details, has)] : []));
    },
    model,
    async embedder(id) {
      const { name } = await stored(id);
      return { model: `${EMBEDDED_PROVIDER}/${id}`, label: name, embed: async (texts, signal) => vectorEngine.embed(await prepareVectors(id), texts, signal) };
    },
    has: async (id) => (await store.files()).some((file) => file.id === id),
    async recover() {
      const files = await store.files();
      const known = new Set(files.flatMap(({ id }) => [`${id}.gguf`, `${id}.part`]));
      for (const name of await readdir(parts.folder)) if (!known.has(name)) await rm(path.join(parts.folder, name), { force: true, recursive: true });
      for (const file of files) if (file.state === 'downloading') begin(file.id);
    },
    async stop() {
      stopped = true;
      clearInterval(ticker);
      // Left as downloading on purpose: the next core goes on with it.
      await Promise.all([...transfers.keys()].map(halt));
      await Promise.all([engine.stop(), vectorEngine.stop()]);
    },
  };
}
