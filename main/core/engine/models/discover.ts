import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { UNKNOWN_CAPABILITIES, type Capabilities } from '../../../../contract/model/model-ref.ts';
import { below, type ProviderAddress } from './provider-address.ts';
import { connectionError, ownError, readRefusal, refusalError, type Asked, type Refusal } from './provider-errors.ts';
import { readLimited } from './read-limited.ts';
import type { StoredModel } from './store.ts';

const LIST_TIMEOUT_MS = 15_000;
const MAX_LIST_BYTES = 16 * 1024 * 1024;
const MAX_MODELS = 5_000;

const size = z.nullish(z.number());
/** What providers put into their lists; each has its own name for the length of the context. */
const entrySchema = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(300)),
  name: z.nullish(z.string()),
  context_length: size, max_model_len: size, context_window: size, max_context_length: size, inputTokenLimit: size, max_input_tokens: size,
  meta: z.nullish(z.object({ n_ctx: size, n_ctx_train: size })),
  supported_parameters: z.nullish(z.array(z.string())),
  architecture: z.nullish(z.object({ input_modalities: z.nullish(z.array(z.string())) })),
  capabilities: z.nullish(z.union([z.object({ function_calling: z.nullish(z.boolean()), vision: z.nullish(z.boolean()) }), z.array(z.string())])),
});
const listSchema = z.union([z.object({ data: z.array(z.unknown()) }), z.object({ models: z.array(z.unknown()) }), z.array(z.unknown())]);

/**
 * Asks a provider which models it offers.
 * Errors: `models/unauthorized`, `models/no-key`, `models/not-found` (no such address), `models/unreachable`,
 * `models/bad-answer`, `core/offline`.
 */
export async function listModels(address: ProviderAddress, signal: AbortSignal): Promise<StoredModel[]> {
  const { provider } = address;
  const asked: Asked = { providerId: provider.id, providerName: provider.name, host: new URL(provider.baseUrl).host, model: null, hasKey: provider.secretId !== null, redact: address.redact };
  const badAnswer = (): AppError => new AppError('models/bad-answer', `${asked.host} answered, but not with a list of models. Check that the address is the one of an OpenAI-compatible API (often it ends in /v1).`, { details: { provider: provider.id, host: asked.host } });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
  let text: string;
  try {
    const response = await address.fetch(below(provider.baseUrl, 'models'), { headers: { accept: 'application/json' }, signal: limit });
    text = await readLimited(response, MAX_LIST_BYTES, badAnswer);
    if (!response.ok) throw await refusalError({ ...refusalOf(text, response), status: response.status }, asked);
  } catch (error) {
    const own = ownError(error);
    if (own) throw connectionError(own, asked);
    if (limit.aborted && !signal.aborted) throw new AppError('models/unreachable', `${asked.providerName} did not answer within ${LIST_TIMEOUT_MS / 1000} seconds at ${asked.host}. Check that it runs and that the address is right.`, { details: { host: asked.host, reason: 'ETIMEDOUT' } });
    throw error;
  }
  const parsed = listSchema.safeParse(parseJson(text));
  if (!parsed.success) throw badAnswer();
  const entries = Array.isArray(parsed.data) ? parsed.data : 'data' in parsed.data ? parsed.data.data : parsed.data.models;
  return entries.slice(0, MAX_MODELS).flatMap((entry) => {
    const read = entrySchema.safeParse(entry);
    return read.success ? [storedModel(provider.id, read.data)] : [];
  });
}

function storedModel(provider: string, entry: z.infer<typeof entrySchema>): StoredModel {
  // Gemini lists "models/<name>" and is asked for "<name>".
  const model = entry.id.replace(/^models\//, '');
  const contextLength = [entry.context_length, entry.max_model_len, entry.context_window, entry.max_context_length, entry.meta?.n_ctx, entry.meta?.n_ctx_train, entry.inputTokenLimit, entry.max_input_tokens].find((length) => typeof length === 'number' && length > 0);
  return { provider, model, label: entry.name && entry.name.length <= 120 ? entry.name : model, contextLength: contextLength ?? null, capabilities: capabilitiesOf(entry) };
}

/** Only what the list says; the rest stays unknown and is learned. */
function capabilitiesOf(entry: z.infer<typeof entrySchema>): Capabilities {
  const parameters = entry.supported_parameters;
  const modalities = entry.architecture?.input_modalities;
  const declared = entry.capabilities;
  const flags = Array.isArray(declared) ? { function_calling: declared.includes('tools') || declared.includes('tool_use'), vision: declared.includes('vision') } : declared;
  return {
    ...UNKNOWN_CAPABILITIES,
    tools: parameters ? parameters.includes('tools') : flags?.function_calling ?? null,
    jsonSchema: parameters ? parameters.includes('structured_outputs') || parameters.includes('response_format') : null,
    reasoning: parameters ? parameters.includes('reasoning') : null,
    vision: modalities ? modalities.includes('image') : flags?.vision ?? null,
  };
}

/** What a refused request was refused with. */
export function refusalOf(text: string, response: Response): Refusal {
  const body = parseJson(text);
  const error = typeof body === 'object' && body !== null && 'error' in body ? (typeof body.error === 'string' ? { message: body.error } : body.error) : body;
  return readRefusal({ status: response.status, error, headers: response.headers }) ?? { status: response.status, code: '', message: '', headers: undefined };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
