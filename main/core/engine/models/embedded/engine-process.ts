/**
 * Runs one GGUF model by llama.cpp, in a process of its own: a broken file or too little memory ends this process and not
 * the core. Orders come and reports go by descriptor 3; without it, when the core is gone, it ends at once. Bundled as
 * model-process.js.
 */
import { Socket } from 'node:net';
import type { Llama, LlamaContextSequence, LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';
import { createFramedStream } from '../../../../link/framed-stream.ts';
import { answer, TooLong } from './engine-chat.ts';
import { orderSchema, type ChatOrder, type Report } from './engine-words.ts';

const end = (): never => process.kill(process.pid, 'SIGKILL') as never;
const core = createFramedStream(new Socket({ fd: 3, readable: true, writable: true }), null, end).channel(1);
const report = (what: Report): void => { void core.send(JSON.stringify(what)); };
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);

let loaded: { model: LlamaModel; sequence: LlamaContextSequence } | undefined;
/** In place of `loaded` when it was loaded to make vectors. */
let embedder: { model: LlamaModel; context: LlamaEmbeddingContext; contextLength: number } | undefined;
/** What a model puts around a text of its own. */
const AROUND = 4;
const underWay = new Map<number, AbortController>();

/** No build, no download: the binary that npm brought or none. Metal is part of the Mac's own; elsewhere the processor counts. */
async function start(): Promise<Llama> {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  return getLlama({ build: 'never', skipDownload: true, progressLogs: false, gpu: process.platform === 'darwin' && process.arch === 'arm64' ? 'metal' : false, logLevel: LlamaLogLevel.error, maxThreads: 0 });
}

async function load(llama: Llama, file: string, contextLength: number, threads: number, embeds: boolean): Promise<void> {
  await (loaded ?? embedder)?.model.dispose();
  loaded = undefined;
  embedder = undefined;
  const model = await llama.loadModel({ modelPath: file, ...(llama.gpu === false ? { gpuLayers: 0 } : {}) });
  if (embeds) {
    embedder = { model, context: await model.createEmbeddingContext({ contextSize: contextLength, threads }), contextLength };
    report({ report: 'loaded', contextLength });
    return;
  }
  const context = await model.createContext({ contextSize: contextLength, threads, sequences: 1 });
  loaded = { model, sequence: context.getSequence() };
  report({ report: 'loaded', contextLength: context.contextSize });
}

async function chat(llama: Llama, order: ChatOrder): Promise<void> {
  const { id } = order;
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    if (!loaded) throw new Error('no model is loaded');
    report({ report: 'done', id, ...await answer(llama, loaded.model, loaded.sequence, order, controller.signal, (kind, text) => { report({ report: 'piece', id, kind, text }); }) });
  } catch (error) {
    if (controller.signal.aborted) report({ report: 'failed', id, why: 'stopped', message: '' });
    else if (error instanceof TooLong) report({ report: 'failed', id, why: 'too-long', message: '', promptTokens: error.tokens });
    else report({ report: 'failed', id, why: 'error', message: wordsOf(error) });
  } finally {
    underWay.delete(id);
  }
}

/** One vector a text; what is longer than the model reads is cut. */
async function embed(id: number, texts: readonly string[]): Promise<void> {
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    if (!embedder) throw new Error('no model is loaded that makes vectors');
    const vectors: number[][] = [];
    for (const text of texts) {
      controller.signal.throwIfAborted();
      vectors.push([...(await embedder.context.getEmbeddingFor(embedder.model.tokenize(text).slice(0, embedder.contextLength - AROUND))).vector]);
    }
    report({ report: 'vectors', id, vectors });
  } catch (error) {
    report({ report: 'failed', id, why: controller.signal.aborted ? 'stopped' : 'error', message: controller.signal.aborted ? '' : wordsOf(error) });
  } finally {
    underWay.delete(id);
  }
}

start().then((llama) => {
  core.onMessage((message) => {
    const order = orderSchema.parse(JSON.parse(message));
    if (order.order === 'stop') underWay.get(order.id)?.abort();
    else if (order.order === 'chat') void chat(llama, order);
    else if (order.order === 'embed') void embed(order.id, order.texts);
    else load(llama, order.file, order.contextLength, order.threads, order.embeds).catch((error: unknown) => { report({ report: 'load-failed', message: wordsOf(error) }); });
  });
  report({ report: 'ready' });
}, (error: unknown) => { report({ report: 'unusable', message: wordsOf(error) }); });
