import * as z from 'zod/mini';
import type { Http } from '../../base/http/index.ts';
import { readLimited } from './read-limited.ts';
import type { StoredModel } from './store.ts';

/** What Ollama reads of a prompt when nobody told it otherwise; what is longer it cuts without a word. */
const UNTOLD_CONTEXT = 4096;
const ASK_MS = 3_000;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_ASKED = 60;
const AT_ONCE = 4;

const length = z.number().check(z.positive());
const showSchema = z.object({ model_info: z.nullish(z.record(z.string(), z.unknown())), parameters: z.nullish(z.string()), capabilities: z.nullish(z.array(z.string())) });
const loadedSchema = z.object({ models: z.array(z.object({ name: z.string(), context_length: z.nullish(length) })) });

/**
 * Completes what Ollama's OpenAI-compatible list leaves out, from its own API: what each model can do and how much of a
 * prompt is read. Over the compatible address nobody can set that (`num_ctx` is ignored there), so the length is what the
 * server uses: of a loaded model what it was loaded with, else the model's own `num_ctx`, else Ollama's standard; never
 * more than the model was made for. With it prompts are shortened here, and the person is told, instead of cut silently there.
 * A model that cannot be asked keeps what is known.
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

function complete(model: StoredModel, shown: z.infer<typeof showSchema>, loadedWith: number | undefined): StoredModel {
  const info = shown.model_info ?? {};
  const made = length.safeParse(info[`${String(info['general.architecture'])}.context_length`]);
  const own = Number(/^num_ctx\s+(\d+)\s*$/m.exec(shown.parameters ?? '')?.[1] ?? 0);
  const used = loadedWith ?? (own > 0 ? own : UNTOLD_CONTEXT);
  const able = shown.capabilities;
  return {
    ...model, contextLength: made.success ? Math.min(made.data, used) : used,
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
