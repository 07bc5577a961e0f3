import * as z from 'zod/mini';
import type { Http } from '../../base/http/index.ts';
import { readLimited } from './read-limited.ts';
import type { StoredModel } from './store.ts';

/** Read of a prompt when nothing else is known; Ollama's standard, and that of LM Studio for a model that is not loaded yet. */
const UNTOLD_CONTEXT = 4096;
/** A model that was made for more is not asked to read more, unless it was set up to: the memory for it grows with each token. */
const CHOSEN_CONTEXT = 16_384;
const ASK_MS = 3_000;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_ASKED = 60;
const AT_ONCE = 4;

const length = z.number().check(z.positive());
const showSchema = z.object({ model_info: z.nullish(z.record(z.string(), z.unknown())), parameters: z.nullish(z.string()), capabilities: z.nullish(z.array(z.string())) });
const loadedSchema = z.object({ models: z.array(z.object({ name: z.string(), context_length: z.nullish(length) })) });

/**
 * Completes what Ollama's OpenAI-compatible list leaves out, from its own API: what each model can do and how much of a
 * prompt it can be told to read: up to 16,384 tokens, more when it is loaded with more or its own `num_ctx` says so; never
 * more than the model was made for. A model that cannot be asked keeps what is known.
 */
export async function completeFromOllama(http: Http, origin: string, models: readonly StoredModel[]): Promise<StoredModel[]> {
  const loaded = loadedSchema.safeParse(await ask(http, `${origin}/api/ps`));
  const loadedWith = new Map(loaded.success ? loaded.data.models.flatMap((one) => (one.context_length ? [[one.name, one.context_length] as const] : [])) : []);
  const completed = [...models];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < Math.min(models.length, MAX_ASKED); at = next++) {
      const model = models[at] as StoredModel;
      const shown = showSchema.safeParse(await ask(http, `${origin}/api/show`, { model: model.model }));
      if (shown.success) completed[at] = complete(model, shown.data, loadedWith.get(model.model));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return completed;
}

const propsSchema = z.object({ default_generation_settings: z.object({ n_ctx: length }) });

/** What llama.cpp's server was started to read, which its list does not say: that has what the model was made for. */
export async function completeFromLlamaCpp(http: Http, origin: string, models: readonly StoredModel[]): Promise<StoredModel[]> {
  const props = propsSchema.safeParse(await ask(http, `${origin}/props`));
  return models.map((model) => (props.success ? { ...model, contextLength: props.data.default_generation_settings.n_ctx } : model));
}

const studioSchema = z.object({ data: z.array(z.object({ id: z.string(), type: z.nullish(z.string()), loaded_context_length: z.nullish(length), max_context_length: z.nullish(length), capabilities: z.nullish(z.array(z.string())) })) });

/** What LM Studio loaded each model with; one that is not loaded yet will be with its standard. */
export async function completeFromLmStudio(http: Http, origin: string, models: readonly StoredModel[]): Promise<StoredModel[]> {
  const told = studioSchema.safeParse(await ask(http, `${origin}/api/v0/models`));
  const byId = new Map(told.success ? told.data.data.map((one) => [one.id, one]) : []);
  return models.map((model) => {
    const one = byId.get(model.model);
    if (!one) return model;
    const capabilities = { ...model.capabilities, tools: one.capabilities ? one.capabilities.includes('tool_use') : model.capabilities.tools, vision: one.type ? one.type === 'vlm' : model.capabilities.vision };
    return { ...model, contextLength: one.loaded_context_length ?? Math.min(one.max_context_length ?? UNTOLD_CONTEXT, UNTOLD_CONTEXT), capabilities };
  });
}

function complete(model: StoredModel, shown: z.infer<typeof showSchema>, loadedWith: number | undefined): StoredModel {
  const info = shown.model_info ?? {};
  const made = length.safeParse(info[`${String(info['general.architecture'])}.context_length`]);
  const own = Number(/^num_ctx\s+(\d+)\s*$/m.exec(shown.parameters ?? '')?.[1] ?? 0);
  const set = Math.max(own, loadedWith ?? 0);
  const able = shown.capabilities;
  return {
    ...model, contextLength: made.success ? Math.min(made.data, Math.max(set, CHOSEN_CONTEXT)) : set || UNTOLD_CONTEXT,
    capabilities: able ? { ...model.capabilities, tools: able.includes('tools'), vision: able.includes('vision'), reasoning: able.includes('thinking') } : model.capabilities,
  };
}

async function ask(http: Http, url: string, body?: object): Promise<unknown> {
  try {
    const response = await http.fetch(url, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }), redirect: 'manual', signal: AbortSignal.timeout(ASK_MS),
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    });
    return response.ok ? JSON.parse(await readLimited(response, MAX_BYTES, () => new RangeError('too long'))) : undefined;
  } catch {
    // An older Ollama without this address, or one that is busy: the list alone is enough to talk to it.
    return undefined;
  }
}
