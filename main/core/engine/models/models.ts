import type { FoundServer, ModelInfo, ModelRef, Probe, Provider } from '../../../../contract/model/model-ref.ts';
import type { ChatModel } from './chat-model.ts';
import type { Embedder } from './embedder.ts';

/** What a person enters to add a provider. `preset` names an entry of the preset table and gives the address when `baseUrl` is empty. */
export interface NewProvider {
  readonly baseUrl: string;
  readonly key?: string | undefined;
  readonly name?: string | undefined;
  readonly preset?: string | undefined;
}

/** What changes of a provider. `key` null: it needs none any more. */
export interface ProviderChange {
  readonly name?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly key?: string | null | undefined;
}

export interface Models {
  /** The providers that the user added, oldest first; the practice model is no provider. */
  list(): Promise<Provider[]>;
  /** Servers that answer on this machine now, those that were added already included. Never fails. */
  discover(): Promise<FoundServer[]>;
  /** Asks the address for its models and keeps it when it answers. Errors: `core/bad-input`, `core/offline`, `models/…`; nothing is kept then. */
  addProvider(input: NewProvider): Promise<{ provider: Provider; probe: Probe }>;
  /** Asks it as it is to be, and keeps that when it answers; its id stays, and with it what agents chose. Errors: as for `addProvider`, `models/not-found`, `models/no-key`: another host needs a key of its own. */
  changeProvider(id: string, change: ProviderChange): Promise<{ provider: Provider; probe: Probe }>;
  /** Forgets the provider, its key and its models. Errors: `models/not-found`. */
  removeProvider(id: string): Promise<void>;
  /** Asks again and keeps what it offers now. A provider's failure is an answer (`ok: false`), not an error. Errors: `models/not-found`. */
  test(id: string): Promise<Probe>;
  /** Null: as many requests a minute as there are. Errors: `models/not-found`. */
  setLimit(id: string, requestsPerMinute: number | null): Promise<void>;
  /** Every model of every provider, the practice model first. */
  models(): Promise<ModelInfo[]>;
  /** Undefined asks for the default; with no default that is the practice model. Text is `<provider>/<model>`. Errors: `models/not-found`. */
  resolve(ref: ModelRef | string | undefined): Promise<ChatModel>;
  /** A model that makes vectors, by `<provider>/<model>`. Whether it can shows when it is asked. Errors: `models/not-found`. */
  embedder(ref: string): Promise<Embedder>;
  /** Null makes the practice model the default. Errors: `models/not-found`. */
  setDefault(ref: ModelRef | string | null): Promise<ModelRef>;
  defaultModel(): Promise<ModelRef>;
  /** Lets calls through again at once after the circuit breaker held them back. */
  resetCircuit(id: string): void;
}
