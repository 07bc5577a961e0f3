import type OpenAI from 'openai';
import { AppError, hasCode } from '../../../../contract/errors/app-error.ts';
import type { ModelInfo } from '../../../../contract/model/model-ref.ts';
import type { AnsweredToolCall, ChatAnswer, ChatDelta, ChatModel, ChatRequest, Clock, Ids, Sleep } from './chat-model.ts';
import { adapted, toWire, type Dialect } from './chat-wire.ts';
import type { Circuit } from './circuit.ts';
import { Collector } from './collect.ts';
import { cancelled } from './errors.ts';
import type { ProviderAddress } from './provider-address.ts';
import { connectionError, ownError, readRefusal, refusalError, retryAfter, type Asked } from './provider-errors.ts';
import { withRetries, type Failure } from './retry.ts';
import { estimateUsage } from './usage-estimate.ts';

/** Ms to wait for the first piece of an answer and between two pieces. */
export interface ChatLimits { readonly firstPieceMs: number; readonly idleMs: number }

/** A large model on a small machine reads a long prompt for minutes before it says a word. */
export const CHAT_LIMITS: ChatLimits = { firstPieceMs: 300_000, idleMs: 120_000 };

export interface ProviderModelParts {
  readonly info: ModelInfo;
  readonly address: ProviderAddress;
  readonly circuit: Circuit;
  /** What was learned of this model; shared by all who use it. */
  readonly dialect: { get(): Dialect; learn(dialect: Dialect): void };
  readonly clock: Clock;
  readonly random: () => number;
  readonly ids: Ids;
  readonly sleep: Sleep;
  readonly limits: ChatLimits;
  /** Asks in another way than the compatible API's, and gives chunks and errors in its form. */
  readonly stream?: ((request: ChatRequest, signal: AbortSignal) => AsyncIterable<unknown>) | undefined;
  /** Resolves when the provider may be sent the next request. Errors: `run/cancelled`. */
  readonly turn: (request: ChatRequest) => Promise<void>;
}

/** How many parameters are left out one after the other before a refusal is believed. */
const MAX_ADAPTATIONS = 6;
/** The client's own clock is set beyond every limit of ours. */
const NEVER_MS = 2_000_000_000;

type Tried = { ok: true; value: Collector } | { ok: false; failure: Failure };

/** A model behind an OpenAI-compatible address. */
export function createProviderModel(parts: ProviderModelParts): ChatModel {
  const { info, address, circuit, clock } = parts;
  const { provider } = address;
  const asked: Asked = { providerId: provider.id, providerName: provider.name, host: new URL(provider.baseUrl).host, model: info.model, hasKey: provider.secretId !== null, redact: address.redact };
  // Everything that the client would take from the environment is set, and it never sees the key.
  // Loaded when a provider is first asked: who has none does not carry it in memory.
  let opened: Promise<OpenAI> | undefined;
  const client = (): Promise<OpenAI> => opened ??= import('openai').then(({ default: Client }) => new Client({
    apiKey: 'none', adminAPIKey: null, organization: null, project: null, webhookSecret: null, baseURL: provider.baseUrl.split('?')[0] ?? provider.baseUrl, defaultQuery: queryOf(provider.baseUrl),
    maxRetries: 0, timeout: NEVER_MS, logLevel: 'off', fetch: (url, init) => address.fetch(String(url instanceof Request ? url.url : url), init ?? {}),
  }));

  async function attempt(request: ChatRequest, emit: (delta: ChatDelta) => void, shown: () => boolean): Promise<Tried> {
    // Before the circuit is entered: a request that cannot be written must not hold its one probe for ever.
    let params = toWire(info.model, provider.id, request, parts.dialect.get());
    await parts.turn(request);
    circuit.enter(clock.now(), provider.name);
    for (let change = 0; ; change += 1) {
      const collector = new Collector(emit, parts.ids);
      const watch = new Watch(request.signal, parts.limits);
      try {
        const stream = parts.stream?.(request, watch.signal) ?? await (await client()).chat.completions.create(params, { signal: watch.signal });
        for await (const chunk of stream) {
          watch.piece();
          collector.add(chunk);
        }
        if (request.signal.aborted) throw cancelled();
        if (watch.expired || !collector.finished) return await brokenOff(collector, watch, shown());
        circuit.succeeded();
        return { ok: true, value: collector };
      } catch (error) {
        if (error instanceof ListenerFailed) {
          circuit.abandoned();
          throw error.cause;
        }
        if (request.signal.aborted) {
          circuit.abandoned();
          throw cancelled();
        }
        if (watch.expired) return await brokenOff(collector, watch, shown());
        const refusal = readRefusal(error);
        const dialect = refusal && !parts.stream && !shown() && change < MAX_ADAPTATIONS ? adapted(parts.dialect.get(), refusal, params) : undefined;
        if (!dialect) return await failure(error, collector, shown());
        parts.dialect.learn(dialect);
        params = toWire(info.model, provider.id, request, dialect);
        await parts.turn(request).catch((cause: unknown) => { circuit.abandoned(); throw cause; });
      } finally {
        watch.stop();
      }
    }
  }

  /** The stream ended or fell silent before the provider said that it was finished. */
  async function brokenOff(collector: Collector, watch: Watch, wasShown: boolean): Promise<Tried> {
    circuit.failed(clock.now());
    if (wasShown) return { ok: false, failure: { error: cut(collector), retry: false, retryAfterMs: undefined } };
    const error = watch.expired
      ? new AppError('models/unreachable', `${provider.name} accepted the request and then said nothing for ${Math.round(watch.waitedMs / 1000)} seconds. Try again, or choose another model.`, { details: { provider: provider.id, model: info.model, host: asked.host, reason: 'ETIMEDOUT' } })
      : await refusalError({ status: undefined, code: '', message: '', headers: undefined }, asked);
    return { ok: false, failure: { error, retry: true, retryAfterMs: undefined } };
  }

  async function failure(error: unknown, collector: Collector, wasShown: boolean): Promise<Tried> {
    const own = ownError(error);
    const refusal = readRefusal(error);
    const connection = own && connectionError(own, asked);
    const found = connection ?? await refusalError(refusal?.message === undefined || error instanceof SyntaxError ? { status: undefined, code: '', message: '', headers: undefined } : refusal, asked, waitDetails(refusal?.headers));
    // What is not the provider's fault says nothing about it: offline, a locked vault, a mistake in the request.
    const fault = hasCode(found, 'models/unreachable', 'models/overloaded', 'models/bad-answer');
    if (fault) circuit.failed(clock.now());
    else circuit.abandoned();
    if (wasShown) return { ok: false, failure: { error: fault || hasCode(found, 'models/rate-limited') ? cut(collector, found) : found, retry: false, retryAfterMs: undefined } };
    return { ok: false, failure: { error: found, retry: (fault && canPass(found)) || hasCode(found, 'models/rate-limited'), retryAfterMs: retryAfter(refusal?.headers, clock.now()) } };
  }

  const waitDetails = (headers: Headers | undefined): Record<string, unknown> => {
    const wait = retryAfter(headers, clock.now());
    return wait === undefined ? {} : { retryAt: clock.now() + wait };
  };

  const cut = (collector: Collector, why?: AppError): AppError => new AppError('models/cut', `The answer of ${provider.name} broke off in the middle. What came is kept; ask again for the rest.`, {
    details: { provider: provider.id, model: info.model, host: asked.host, text: collector.text, reason: why?.code ?? null },
  });

  return {
    info,
    async chat(request, onDelta) {
      const startedAt = clock.now();
      let firstTokenMs: number | null = null;
      const emit = (delta: ChatDelta): void => {
        firstTokenMs ??= clock.now() - startedAt;
        try {
          onDelta(delta);
        } catch (cause) {
          throw new ListenerFailed('the listener failed', { cause });
        }
      };
      if (request.signal.aborted) throw cancelled();
      let lastError: AppError | undefined;
      const collector = await withRetries(async (number) => {
        try {
          const tried = await attempt(request, emit, () => firstTokenMs !== null);
          if (!tried.ok) lastError = tried.failure.error;
          return tried;
        } catch (error) {
          // The circuit opened on this very call: what went wrong says more than that it is open.
          if (number > 1 && lastError && hasCode(error, 'models/circuit-open')) throw lastError;
          throw error;
        }
      }, { random: parts.random, sleep: (ms, signal) => cancellable(parts.sleep(ms, signal), signal), signal: request.signal, onRetry: onDelta });
      return answerOf(collector, request, info, clock.now() - startedAt, firstTokenMs);
    },
  };
}

/** Whoever listens threw: that is no fault of the provider and must not look like one. */
class ListenerFailed extends Error {}

function answerOf(collector: Collector, request: ChatRequest, info: ModelInfo, requestMs: number, firstTokenMs: number | null): ChatAnswer {
  const toolCalls: readonly AnsweredToolCall[] = collector.toolCalls();
  const usage = collector.usage ? { ...collector.usage, estimated: false } : estimateUsage(request, collector.text, toolCalls, collector.reasoningText());
  return { text: collector.text, toolCalls, ...collector.reasoned(), usage, finish: collector.finishReason(), model: collector.model ?? info.model, provider: info.provider, requestMs, firstTokenMs };
}

/** Failures that no waiting heals: a name that does not exist, a certificate that is not trusted. */
const canPass = (error: AppError): boolean => !/ENOTFOUND|CERT|SIGNED|SIGNATURE|EPROTO|redirect/.test(String(error.details['reason'] ?? ''));

async function cancellable(waiting: Promise<void>, signal: AbortSignal): Promise<void> {
  await waiting.catch((error: unknown) => { throw signal.aborted ? cancelled() : error; });
}

function queryOf(baseUrl: string): Record<string, string> {
  return Object.fromEntries(new URL(baseUrl).searchParams);
}

/** Aborts when the caller does, or when nothing came for too long. */
class Watch {
  expired = false;
  waitedMs: number;
  private readonly controller = new AbortController();
  private readonly limits: ChatLimits;
  private readonly caller: AbortSignal;
  private readonly onAbort = (): void => this.controller.abort(this.caller.reason);
  private timer: NodeJS.Timeout;

  constructor(caller: AbortSignal, limits: ChatLimits) {
    this.caller = caller;
    this.limits = limits;
    this.waitedMs = limits.firstPieceMs;
    this.timer = this.start();
    caller.addEventListener('abort', this.onAbort, { once: true });
    if (caller.aborted) this.onAbort();
  }

  get signal(): AbortSignal { return this.controller.signal; }

  piece(): void {
    if (this.waitedMs === this.limits.idleMs) this.timer.refresh();
    else {
      this.waitedMs = this.limits.idleMs;
      clearTimeout(this.timer);
      this.timer = this.start();
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.caller.removeEventListener('abort', this.onAbort);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.expired = true;
      this.controller.abort(new DOMException('Nothing came for too long.', 'AbortError'));
    }, this.waitedMs);
  }
}
