import * as z from 'zod/mini';
import { idSchema } from '../model/ids.ts';
import { foundServerSchema, modelInfoSchema, probeSchema, providerPresetSchema, providerSchema } from '../model/model-ref.ts';
import { read, write } from './procedure.ts';

const errors = ['models/not-found'] as const;

export const models = {
  providers: read('/models/providers', {}, z.object({ providers: z.array(providerSchema) })),
  /** Every model of every provider, the practice model first. */
  list: read('/models', {}, z.object({ models: z.array(modelInfoSchema), default: z.string() })),
  /** Providers whose address is known beforehand. */
  presets: read('/models/presets', {}, z.object({ presets: z.array(providerPresetSchema) })),
  /** Looks for servers on this machine at the ports where they usually listen; takes about a second at most. */
  discover: read('/models/discover', {}, z.object({ servers: z.array(foundServerSchema) })),
  /** Adds an OpenAI-compatible address after asking it for its models. The key goes to the credentials room and never comes back. */
  add: write('POST /models/providers', { baseUrl: z.string(), key: z.optional(z.string().check(z.minLength(1), z.maxLength(4096))), name: z.optional(z.string().check(z.maxLength(80))), preset: z.optional(z.string()) }, z.object({ provider: providerSchema, probe: probeSchema }),
    { timeoutMs: 60_000, errors: ['core/bad-input', 'models/unreachable', 'models/unauthorized', 'models/bad-answer', 'credentials/no-store', 'core/offline'] }),
  test: write('POST /models/providers/{id}/test', { id: idSchema }, probeSchema, { timeoutMs: 60_000, errors }),
  remove: write('DELETE /models/providers/{id}', { id: idSchema }, z.object({}), { errors }),
  /** `model` is `<provider>/<model>`, or null for the practice model. */
  setDefault: write('PUT /models/default', { model: z.nullable(z.string()) }, z.object({ default: z.string() }), { errors }),
};
