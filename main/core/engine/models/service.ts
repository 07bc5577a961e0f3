import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import { formatModelRef, parseModelRef, UNKNOWN_CAPABILITIES, type Capabilities, type ModelInfo, type ModelRef, type Probe, type Provider, type ProviderStatus } from '../../../../contract/model/model-ref.ts';
import { isLoopbackHost, type Http } from '../../base/http/index.ts';
import type { ChatModel, Clock, Ids, Log, Sleep } from './chat-model.ts';
import { PLAIN_DIALECT, type Dialect } from './chat-wire.ts';
import { Circuit } from './circuit.ts';
import { listModels } from './discover.ts';
import { createProviderEmbedder } from './embedder.ts';
import { EMBEDDED_PROVIDER } from './embedded/embedded-model.ts';
import type { ModelFiles } from './embedded/files.ts';
import { findServers, identify, LOCAL_PORTS, localOrigin, type LocalPort } from './local-servers.ts';
import type { Models, NewProvider, ProviderChange } from './models.ts';
import { createPace, type Pace } from './pace.ts';
import { askOllama } from './ollama-chat.ts';
import { createPracticeModel, PRACTICE_INFO, PRACTICE_PROVIDER } from './practice/practice-model.ts';
import { presetOf } from './presets.ts';
import { providerAddress, readBaseUrl } from './provider-address.ts';
import { CHAT_LIMITS, createProviderModel, type ChatLimits } from './provider-model.ts';
import { completeFromLlamaCpp, completeFromLmStudio, completeFromOllama } from './server-lengths.ts';
import type { ModelSecrets, ModelsStore, StoredModel, StoredProvider } from './store.ts';

export interface ModelsParts {
  readonly http: Http;
  readonly store: ModelsStore;
  readonly secrets: ModelSecrets;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly ids: Ids;
  readonly sleep: Sleep;
  readonly log: Log;
  /** Holds requests to the limits of providers; its own, by `clock`, when left out. */
  readonly pace?: Pace | undefined;
  /** Models that this machine runs by itself; without it there are none. */
  readonly files?: ModelFiles | undefined;
  readonly limits?: ChatLimits | undefined;
  /** Ms between two words of the practice model. */
  readonly practiceWordDelayMs?: number | undefined;
  /** Where servers are looked for on this machine. */
  readonly localPorts?: readonly LocalPort[] | undefined;
}

const PRACTICE_REF: ModelRef = { provider: PRACTICE_INFO.provider, model: PRACTICE_INFO.model };
/** Servers whose models are loaded anew by their owner with other lengths: what they were asked is believed for a minute. */
const COMPLETED: Readonly<Record<string, typeof completeFromOllama | undefined>> = { ollama: completeFromOllama, llamacpp: completeFromLlamaCpp, lmstudio: completeFromLmStudio };
const STALE_MS = 60_000;
const READ_AGAIN_MS = 3_000;
const UNTESTED: ProviderStatus = { state: 'untested', code: null, message: null, checkedAt: null, retryAt: null };

/** The providers and models that the user has, and the way to talk to them. */
export function createModels(parts: ModelsParts): Models {
  const { http, store, secrets, clock, log } = parts;
  const practice = createPracticeModel({ clock, sleep: parts.sleep, ...(parts.practiceWordDelayMs === undefined ? {} : { wordDelayMs: parts.practiceWordDelayMs }) });
  const pace = parts.pace ?? createPace({ now: () => clock.now(), sleep: parts.sleep });
  const circuits = new Map<string, Circuit>();
  const dialects = new Map<string, Dialect>();
  const statuses = new Map<string, ProviderStatus>();
  const askedLengths = new Map<string, number>();
  const readAt = new Map<string, number>();

  const circuitOf = (id: string): Circuit => {
    const circuit = circuits.get(id) ?? new Circuit();
    circuits.set(id, circuit);
    return circuit;
  };

  async function stored(id: string): Promise<StoredProvider> {
    const found = (await store.providers()).find((provider) => provider.id === id);
    if (!found) throw new AppError('models/not-found', `There is no model provider "${id.slice(0, 80)}". Choose one of the list, or add it.`, { details: { provider: id } });
    return found;
  }

  async function offered(provider: StoredProvider, signal: AbortSignal): Promise<StoredModel[]> {
    const listed = await listModels(providerAddress(provider, http, secrets), signal);
    readAt.set(provider.id, clock.now());
    return await COMPLETED[provider.preset ?? '']?.(http, new URL(provider.baseUrl).origin, listed) ?? listed;
  }

  /** Reads again what a server of this kind offers, when that was a while ago. It failing is left to the call that follows. */
  async function readAgain(provider: StoredProvider): Promise<void> {
    const before = readAt.get(provider.id);
    if (COMPLETED[provider.preset ?? ''] === undefined || (before !== undefined && clock.now() - before < STALE_MS)) return;
    readAt.set(provider.id, clock.now());
    try {
      await store.replaceModels(provider.id, await offered(provider, AbortSignal.timeout(READ_AGAIN_MS)));
    } catch (error) {
      log.warn({ provider: provider.id, error }, 'what a server on this machine reads could not be asked again');
    }
  }

  async function probe(provider: StoredProvider): Promise<{ probe: Probe; models: StoredModel[]; error: unknown }> {
    const startedAt = clock.now();
    try {
      const models = await offered(provider, new AbortController().signal);
      statuses.set(provider.id, { ...UNTESTED, state: 'ready', checkedAt: clock.now() });
      return { probe: { ok: true, latencyMs: clock.now() - startedAt, models: models.map((model) => infoOf(model, provider)), code: null, message: null }, models, error: undefined };
    } catch (error) {
      const { code, message } = error instanceof AppError ? error : new AppError('core/internal', 'The provider could not be asked. The log has the details.');
      if (code === 'core/internal') log.warn({ provider: provider.id, error }, 'a model provider could not be asked');
      statuses.set(provider.id, { ...UNTESTED, state: 'failing', code, message, checkedAt: clock.now() });
      return { probe: { ok: false, latencyMs: null, models: [], code, message }, models: [], error };
    }
  }

  /** Asks at the address as typed, and at its /v1 when that is no API: people copy the address that the server prints. */
  async function probeAddresses(provider: StoredProvider): Promise<{ provider: StoredProvider; probe: Probe; models: StoredModel[]; error: unknown }> {
    const first = await probe(provider);
    if (first.probe.ok || !hasCode(first.error, 'models/not-found', 'models/bad-answer') || /\/v\d/.test(provider.baseUrl)) return { provider, ...first };
    const url = new URL(provider.baseUrl);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/v1`;
    const versioned = { ...provider, baseUrl: url.href };
    const second = await probe(versioned);
    return second.probe.ok ? { provider: versioned, ...second } : { provider, ...first };
  }

  async function addProvider(input: NewProvider): Promise<{ provider: Provider; probe: Probe }> {
    const named = presetOf(input.preset);
    const baseUrl = readBaseUrl(input.baseUrl.trim() === '' ? named?.baseUrl ?? '' : input.baseUrl);
    const key = input.key?.trim();
    // The servers of this machine that can be told apart ask for no key.
    const preset = named ?? (key || localOrigin(baseUrl) === undefined ? undefined : presetOf(await identify(http, new URL(baseUrl).origin)));
    const name = input.name?.trim() || preset?.name || new URL(baseUrl).host;
    const secretId = key ? await secrets.set(`Key for ${name}`, key) : null;
    const wanted: StoredProvider = { id: parts.ids.next(), name, preset: preset?.id ?? null, baseUrl, secretId, createdAt: clock.now(), requestsPerMinute: null };
    try {
      const found = await probeAddresses(wanted);
      if (!found.probe.ok) throw found.error;
      await store.saveProvider(found.provider);
      await store.replaceModels(found.provider.id, found.models);
      return { provider: view(found.provider, await defaultModel()), probe: found.probe };
    } catch (error) {
      statuses.delete(wanted.id);
      if (secretId !== null) await secrets.remove(secretId);
      throw error;
    }
  }

  async function changeProvider(id: string, { name, baseUrl, key }: ProviderChange): Promise<{ provider: Provider; probe: Probe }> {
    const before = await stored(id);
    const address = baseUrl === undefined ? before.baseUrl : readBaseUrl(baseUrl);
    // A key is sent nowhere but where it was entered for.
    if (key === undefined && before.secretId !== null && new URL(address).origin !== new URL(before.baseUrl).origin) {
      throw new AppError('models/no-key', `The key of ${before.name} was entered for ${new URL(before.baseUrl).host}. Enter the one for ${new URL(address).host}.`, { details: { provider: id } });
    }
    const label = name ?? before.name;
    const secretId = key === undefined ? before.secretId : key === null ? null : await secrets.set(`Key for ${label}`, key.trim());
    const status = statuses.get(id);
    let kept = false;
    try {
      const found = await probeAddresses({ ...before, name: label, baseUrl: address, secretId });
      if (!found.probe.ok) throw found.error;
      await store.saveProvider(found.provider);
      kept = true;
      await store.replaceModels(id, found.models);
      circuits.get(id)?.reset();
      if (secretId !== before.secretId && before.secretId !== null) await secrets.remove(before.secretId);
      return { provider: view(found.provider, await defaultModel()), probe: found.probe };
    } catch (error) {
      if (kept) throw error;
      // It is as it was, and so is what is known of it.
      if (status) statuses.set(id, status); else statuses.delete(id);
      if (secretId !== before.secretId && secretId !== null) await secrets.remove(secretId);
      throw error;
    }
  }

  async function defaultModel(): Promise<ModelRef> {
    const ref = await store.defaultModel();
    if (!ref || ref.provider === PRACTICE_PROVIDER) return PRACTICE_REF;
    if (ref.provider === EMBEDDED_PROVIDER) return await parts.files?.has(ref.model) === true ? ref : PRACTICE_REF;
    return (await store.providers()).some((provider) => provider.id === ref.provider) ? ref : PRACTICE_REF;
  }

  const view = (provider: StoredProvider, chosen: ModelRef): Provider => ({
    id: provider.id, name: provider.name, preset: provider.preset, baseUrl: provider.baseUrl, hasKey: provider.secretId !== null, requestsPerMinute: provider.requestsPerMinute, isDefault: chosen.provider === provider.id, status: statusOf(provider.id),
  });

  function statusOf(id: string): ProviderStatus {
    const status = statuses.get(id) ?? UNTESTED;
    const retryAt = circuits.get(id)?.openUntil() ?? null;
    return retryAt === null ? status : { ...status, state: 'open', code: 'models/circuit-open', message: 'This provider failed several times in a row and is left alone for a while.', retryAt };
  }

  /** A model that the list does not name may still exist (a new one, a deployment): the provider is the judge. */
  async function find(ref: ModelRef): Promise<ChatModel> {
    if (ref.provider === PRACTICE_PROVIDER) return practice;
    if (ref.provider === EMBEDDED_PROVIDER && parts.files) return parts.files.model(ref.model);
    const provider = await stored(ref.provider);
    await readAgain(provider);
    const known = (await store.models()).find((model) => model.provider === ref.provider && model.model === ref.model)
      ?? { provider: ref.provider, model: ref.model, label: ref.model, contextLength: null, capabilities: UNKNOWN_CAPABILITIES };
    const name = formatModelRef(ref);
    const [info, address] = [infoOf(known, provider), providerAddress(provider, http, secrets)];
    const length = { get: () => askedLengths.get(name) ?? 0, set: (tokens: number) => { askedLengths.set(name, tokens); } };
    return createProviderModel({
      info, address, ...(provider.preset === 'ollama' && { stream: (request, signal) => askOllama(address, info, request, length, signal) }), circuit: circuitOf(provider.id),
      dialect: { get: () => dialects.get(name) ?? dialectOf(known.capabilities), learn: (dialect) => { dialects.set(name, dialect); keep(known, dialect); } },
      clock, random: parts.random, ids: parts.ids, sleep: parts.sleep, limits: parts.limits ?? CHAT_LIMITS,
      turn: ({ signal, waits }) => pace.turn(provider.id, provider.requestsPerMinute, { of: 'provider', name: provider.name }, signal, waits),
    });
  }

  /** What was learned is kept for the next start; a call never waits for that or fails by it. */
  function keep(model: StoredModel, dialect: Dialect): void {
    const learned: Capabilities = { ...model.capabilities, usageInStream: dialect.usageInStream ? model.capabilities.usageInStream : false, jsonSchema: dialect.jsonSchema ? model.capabilities.jsonSchema : false };
    store.models().then((all) => {
      const own = all.filter((entry) => entry.provider === model.provider);
      return own.some((entry) => entry.model === model.model) ? store.replaceModels(model.provider, own.map((entry) => (entry.model === model.model ? { ...entry, capabilities: learned } : entry))) : undefined;
    }).catch((error: unknown) => { log.warn({ model: formatModelRef(model), error }, 'what was learned of a model could not be kept'); });
  }

  function read(ref: ModelRef | string): ModelRef {
    const parsed = typeof ref === 'string' ? parseModelRef(ref) : ref;
    if (!parsed) throw new AppError('models/not-found', `Expected a model as "<provider>/<model>", got "${String(ref).slice(0, 80)}". Choose one of the list.`);
    return parsed;
  }

  return {
    async list() {
      const chosen = await defaultModel();
      return (await store.providers()).map((provider) => view(provider, chosen));
    },
    addProvider,
    changeProvider,
    async discover() {
      const [found, providers] = await Promise.all([findServers(http, parts.localPorts ?? LOCAL_PORTS), store.providers()]);
      return found.map((server) => ({ ...server, providerId: providers.find((provider) => localOrigin(provider.baseUrl) === localOrigin(server.baseUrl))?.id ?? null }));
    },
    async removeProvider(id) {
      const provider = await stored(id);
      await store.deleteProvider(id);
      if (provider.secretId !== null) await secrets.remove(provider.secretId);
      circuits.delete(id);
      statuses.delete(id);
      for (const name of [...dialects.keys()]) if (name.startsWith(`${id}/`)) dialects.delete(name);
    },
    async test(id) {
      const provider = await stored(id);
      const found = await probe(provider);
      if (found.probe.ok) {
        circuits.get(id)?.reset();
        await store.replaceModels(id, found.models);
      }
      return found.probe;
    },
    async setLimit(id, requestsPerMinute) { await store.saveProvider({ ...await stored(id), requestsPerMinute }); },
    async models() {
      const providers = new Map((await store.providers()).map((provider) => [provider.id, provider]));
      const listed = (await store.models()).flatMap((model) => {
        const provider = providers.get(model.provider);
        return provider ? [infoOf(model, provider)] : [];
      });
      return [PRACTICE_INFO, ...await parts.files?.infos() ?? [], ...listed];
    },
    resolve: async (ref) => find(ref === undefined ? await defaultModel() : read(ref)),
    async embedder(ref) {
      const { provider: id, model } = read(ref);
      if (id === EMBEDDED_PROVIDER && parts.files) return parts.files.embedder(model);
      if (id === PRACTICE_PROVIDER) throw new AppError('models/not-found', 'This model makes no vectors. Choose one of a provider that is made for embeddings.', { details: { provider: id } });
      const provider = await stored(id);
      return createProviderEmbedder({ address: providerAddress(provider, http, secrets), model, turn: (signal) => pace.turn(provider.id, provider.requestsPerMinute, { of: 'provider', name: provider.name }, signal, undefined) });
    },
    async setDefault(ref) {
      const wanted = ref === null ? PRACTICE_REF : read(ref);
      if (wanted.provider === EMBEDDED_PROVIDER) await find(wanted);
      else if (wanted.provider !== PRACTICE_PROVIDER) await stored(wanted.provider);
      await store.saveDefaultModel(wanted.provider === PRACTICE_PROVIDER ? null : wanted);
      return wanted.provider === PRACTICE_PROVIDER ? PRACTICE_REF : wanted;
    },
    defaultModel,
    resetCircuit: (id) => { circuits.get(id)?.reset(); },
  };
}

function infoOf(model: StoredModel, provider: StoredProvider): ModelInfo {
  return { provider: model.provider, model: model.model, label: model.label, contextLength: model.contextLength, capabilities: model.capabilities, local: isLoopbackHost(new URL(provider.baseUrl).hostname), practice: false };
}

const dialectOf = (capabilities: Capabilities): Dialect => ({ ...PLAIN_DIALECT, usageInStream: capabilities.usageInStream !== false, jsonSchema: capabilities.jsonSchema !== false });
