import * as z from 'zod/mini';

/** Names one model of one provider. */
export const modelRefSchema = z.object({ provider: z.string().check(z.minLength(1)), model: z.string().check(z.minLength(1)) });

/** Whether the model can do it; null is "not known yet", which is tried and learned from. */
const capabilitySchema = z.nullable(z.boolean());

export const capabilitiesSchema = z.object({
  tools: capabilitySchema,
  parallelTools: capabilitySchema,
  jsonSchema: capabilitySchema,
  vision: capabilitySchema,
  reasoning: capabilitySchema,
  usageInStream: capabilitySchema,
});

/** `contextLength` in tokens, null when unknown; `local`: nothing leaves this machine; `practice`: the rule-based model. */
export const modelInfoSchema = z.object({
  provider: z.string(),
  model: z.string(),
  label: z.string(),
  contextLength: z.nullable(z.number()),
  capabilities: capabilitiesSchema,
  local: z.boolean(),
  practice: z.boolean(),
});

/**
 * `ready`: answered when last asked. `untested`: not asked since the app started. `failing`: the last answer was an
 * error. `open`: the circuit breaker holds calls back until `retryAt` (ms UTC).
 */
export const providerStatusSchema = z.object({
  state: z.enum(['ready', 'untested', 'failing', 'open']),
  code: z.nullable(z.string()),
  message: z.nullable(z.string()),
  checkedAt: z.nullable(z.number()),
  retryAt: z.nullable(z.number()),
});

export const providerSchema = z.object({
  id: z.string(),
  name: z.string(),
  preset: z.nullable(z.string()),
  baseUrl: z.string(),
  hasKey: z.boolean(),
  /** Troupe sends no more and lets them wait; null: as many as there are. */
  requestsPerMinute: z.nullable(z.number()),
  isDefault: z.boolean(),
  status: providerStatusSchema,
});

/** What testing a connection found. `latencyMs` is the time of the first answer; `code` and `message` are null when `ok`. */
export const probeSchema = z.object({
  ok: z.boolean(),
  latencyMs: z.nullable(z.number()),
  models: z.array(modelInfoSchema),
  code: z.nullable(z.string()),
  message: z.nullable(z.string()),
});

/** A provider that needs no looking up. `baseUrl` is the address of its OpenAI-compatible API; null: each account has its own. */
export const providerPresetSchema = z.object({ id: z.string(), name: z.string(), baseUrl: z.nullable(z.string()), needsKey: z.boolean() });

/** A server of models that answers on this machine. `preset` null: of no known kind; `models` are names; `providerId` when it was added already. */
export const foundServerSchema = z.object({
  preset: z.nullable(z.string()), name: z.string(), baseUrl: z.string(), needsKey: z.boolean(), models: z.array(z.string()), providerId: z.nullable(z.string()),
});

export type ModelRef = z.infer<typeof modelRefSchema>;
export type Capabilities = z.infer<typeof capabilitiesSchema>;
export type ModelInfo = z.infer<typeof modelInfoSchema>;
export type ProviderStatus = z.infer<typeof providerStatusSchema>;
export type Provider = z.infer<typeof providerSchema>;
export type Probe = z.infer<typeof probeSchema>;
export type ProviderPreset = z.infer<typeof providerPresetSchema>;
export type FoundServer = z.infer<typeof foundServerSchema>;

/** `<provider>/<model>`, the form in which a model is written in settings, agents and addresses. */
export const formatModelRef = (ref: ModelRef): string => `${ref.provider}/${ref.model}`;

/** The other direction; a provider's id holds no slash, a model's name may. Undefined when the text is no reference. */
export function parseModelRef(text: string): ModelRef | undefined {
  const slash = text.indexOf('/');
  return slash > 0 && slash < text.length - 1 ? { provider: text.slice(0, slash), model: text.slice(slash + 1) } : undefined;
}

/** What is known of a model of which nothing is known. */
export const UNKNOWN_CAPABILITIES: Capabilities = { tools: null, parallelTools: null, jsonSchema: null, vision: null, reasoning: null, usageInStream: null };
