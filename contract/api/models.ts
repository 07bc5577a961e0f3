import * as z from 'zod/mini';
import { idSchema } from '../model/ids.ts';
import { foundServerSchema, modelInfoSchema, probeSchema, providerPresetSchema, providerSchema } from '../model/model-ref.ts';
import { modelEngineSchema, modelFileSchema, modelTrySchema } from '../model/model-file.ts';
import { modelPriceSchema } from '../model/price.ts';
import { read, write } from './procedure.ts';

const errors = ['models/not-found'] as const;
const name = z.optional(z.string().check(z.maxLength(120)));

export const models = {
  providers: read('/models/providers', {}, z.object({ providers: z.array(providerSchema) })),
  /** Every model of every provider, the practice model first. */
  list: read('/models', {}, z.object({ models: z.array(modelInfoSchema), default: z.string() })),
  /** What each model of `list` costs, by `<provider>/<model>`; null: not known. The person's own prices are the setting `modelPrices`. */
  prices: read('/models/prices', {}, z.object({ prices: z.record(z.string(), z.nullable(modelPriceSchema)) })),
  /** Providers whose address is known beforehand. */
  presets: read('/models/presets', {}, z.object({ presets: z.array(providerPresetSchema) })),
  /** Looks for servers on this machine at the ports where they usually listen; takes about a second at most. */
  discover: read('/models/discover', {}, z.object({ servers: z.array(foundServerSchema) })),
  /** Adds an OpenAI-compatible address after asking it for its models. The key goes to the credentials room and never comes back. */
  add: write('POST /models/providers', { baseUrl: z.string(), key: z.optional(z.string().check(z.minLength(1), z.maxLength(4096))), name: z.optional(z.string().check(z.maxLength(80))), preset: z.optional(z.string()) }, z.object({ provider: providerSchema, probe: probeSchema }),
    { timeoutMs: 60_000, errors: ['core/bad-input', 'models/unreachable', 'models/unauthorized', 'models/bad-answer', 'credentials/no-store', 'core/offline'] }),
  /** Only what is given changes, after the provider answered as it is then; agents that use its models keep them. `key` null: it needs none any more. Another host gets no key that was entered for the one before. */
  change: write('PATCH /models/providers/{id}', { id: idSchema, name: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(80))), baseUrl: z.optional(z.string()), key: z.optional(z.nullable(z.string().check(z.minLength(1), z.maxLength(4096)))) }, z.object({ provider: providerSchema, probe: probeSchema }),
    { timeoutMs: 60_000, errors: ['core/bad-input', 'models/not-found', 'models/no-key', 'models/unreachable', 'models/unauthorized', 'models/bad-answer', 'credentials/no-store', 'core/offline'] }),
  test: write('POST /models/providers/{id}/test', { id: idSchema }, probeSchema, { timeoutMs: 60_000, errors }),
  /** How many requests a minute the provider is sent at most; more of them wait. Null: no limit. */
  setLimit: write('PUT /models/providers/{id}/limit', { id: idSchema, requestsPerMinute: z.nullable(z.number().check(z.int(), z.gte(1), z.lte(100_000))) }, z.object({}), { errors }),
  remove: write('DELETE /models/providers/{id}', { id: idSchema }, z.object({}), { errors }),
  /** Models that this machine runs by itself, those on their way included, and what there is to run them with. */
  files: read('/models/files', {}, z.object({ files: z.array(modelFileSchema), engine: modelEngineSchema })),
  /** Takes a GGUF file by its path; refused to pages, which pick one. `copy`: into the home, else it is used where it stands. */
  addFile: write('POST /models/files', { path: z.string(), copy: z._default(z.boolean(), false), name }, z.object({ id: idSchema }), { errors: ['models/bad-file', 'models/no-space', 'permission/denied'] }),
  /** Lets the person pick a file (or, without a dialog, a folder at `confirmAt`, whose .gguf files are taken) and takes it. */
  pickFile: write('POST /models/files/pick', { copy: z._default(z.boolean(), false) }, z.object({ id: z.nullable(idSchema), confirmAt: z.nullable(z.string()) }), { timeoutMs: 600_000, errors: ['host/cancelled', 'models/bad-file', 'models/no-space'] }),
  /** Begins a download and answers at once; `files` shows how far it is. */
  download: write('POST /models/files/download', { address: z.string().check(z.maxLength(4096)), sha256: z.optional(z.string().check(z.maxLength(80))), name }, z.object({ id: idSchema }), { errors: ['core/bad-input'] }),
  pauseDownload: write('POST /models/files/{id}/pause', { id: idSchema }, z.object({}), { errors }),
  resumeDownload: write('POST /models/files/{id}/resume', { id: idSchema }, z.object({}), { errors }),
  /** Removes the file too unless it is linked; a download is broken off and leaves nothing. */
  removeFile: write('DELETE /models/files/{id}', { id: idSchema }, z.object({}), { errors }),
  /** Loads the model, if need be, and has it say a sentence. */
  tryFile: write('POST /models/files/{id}/try', { id: idSchema }, modelTrySchema, { timeoutMs: 300_000, errors: ['models/not-found', 'models/too-large', 'models/bad-file', 'models/engine-missing', 'models/engine-lost'] }),
  /** `model` is `<provider>/<model>`, or null for the practice model. */
  setDefault: write('PUT /models/default', { model: z.nullable(z.string()) }, z.object({ default: z.string() }), { errors }),
};
