import * as z from 'zod/mini';
import { AppError } from '../../../../contract/errors/app-error.ts';
import { refusalOf } from './discover.ts';
import { cancelled } from './errors.ts';
import { below, type ProviderAddress } from './provider-address.ts';
import { connectionError, ownError, refusalError, type Asked } from './provider-errors.ts';
import { readLimited } from './read-limited.ts';

/** Turns texts into vectors whose nearness is that of their meaning. */
export interface Embedder {
  /** `<provider>/<model>`. */
  readonly model: string;
  readonly label: string;
  /** One vector a text, in their order, all of one length. Errors: `run/cancelled`, `models/…`, `core/offline`. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;
}

export interface ProviderEmbedderParts {
  readonly address: ProviderAddress;
  readonly model: string;
  /** Resolves when the provider may be sent the next request. */
  readonly turn: (signal: AbortSignal) => Promise<void>;
}

const ASK_MS = 60_000;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_DIMENSIONS = 8_192;
const answerSchema = z.object({ data: z.array(z.object({ index: z.optional(z.number()), embedding: z.array(z.number()).check(z.minLength(1), z.maxLength(MOST_DIMENSIONS)) })) });

/** A model behind `/embeddings` of an OpenAI-compatible address; Ollama has it too. */
export function createProviderEmbedder({ address, model, turn }: ProviderEmbedderParts): Embedder {
  const { provider } = address;
  const asked: Asked = { providerId: provider.id, providerName: provider.name, host: new URL(provider.baseUrl).host, model, hasKey: provider.secretId !== null, redact: address.redact };
  const badAnswer = (): AppError => new AppError('models/bad-answer', `${provider.name} answered, but not with vectors. Choose a model that is made for embeddings.`, { details: { provider: provider.id, model, host: asked.host } });
  return {
    model: `${provider.id}/${model}`, label: `${model} (${provider.name})`,
    async embed(texts, signal) {
      await turn(signal);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
      let text: string;
      try {
        const response = await address.fetch(below(provider.baseUrl, 'embeddings'), { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json' }, body: JSON.stringify({ model, input: texts }), signal: limit });
        text = await readLimited(response, MOST_BYTES, badAnswer);
        if (!response.ok) throw await refusalError(refusalOf(text, response), asked);
      } catch (error) {
        if (signal.aborted) throw cancelled();
        const own = ownError(error);
        if (own) throw connectionError(own, asked);
        if (limit.aborted) throw new AppError('models/unreachable', `${provider.name} did not answer within ${ASK_MS / 1000} seconds at ${asked.host}. Check that it runs and that the address is right.`, { details: { host: asked.host, reason: 'ETIMEDOUT' } });
        throw error;
      }
      const read = answerSchema.safeParse(jsonOf(text));
      if (!read.success || read.data.data.length !== texts.length) throw badAnswer();
      const vectors = read.data.data.every(({ index }) => index !== undefined) ? read.data.data.toSorted((one, other) => (one.index ?? 0) - (other.index ?? 0)) : read.data.data;
      const [first] = vectors;
      if (vectors.some(({ embedding }) => embedding.length !== first?.embedding.length)) throw badAnswer();
      return vectors.map(({ embedding }) => embedding);
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
