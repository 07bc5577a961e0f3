import type { Capabilities, ModelRef } from '../../../../contract/model/model-ref.ts';

/** A provider as it is kept. `secretId` names the key in the credentials room; null when the provider needs none. */
export interface StoredProvider {
  readonly id: string;
  readonly name: string;
  readonly preset: string | null;
  readonly baseUrl: string;
  readonly secretId: string | null;
  readonly createdAt: number;
}

/** A model of a provider as it is kept; `contextLength` in tokens. */
export interface StoredModel {
  readonly provider: string;
  readonly model: string;
  readonly label: string;
  readonly contextLength: number | null;
  readonly capabilities: Capabilities;
}

/** What this room needs of the store. Each method is one query or one named transaction. */
export interface ModelsStore {
  providers(): Promise<readonly StoredProvider[]>;
  saveProvider(provider: StoredProvider): Promise<void>;
  /** Removes the provider, its models, and the default when it points there. */
  deleteProvider(id: string): Promise<void>;
  models(): Promise<readonly StoredModel[]>;
  /** What a provider offers now takes the place of what it offered before. */
  replaceModels(provider: string, models: readonly StoredModel[]): Promise<void>;
  defaultModel(): Promise<ModelRef | null>;
  saveDefaultModel(ref: ModelRef | null): Promise<void>;
}

/** What this room needs of the credentials room. The value is never kept outside `use`. */
export interface ModelSecrets {
  withSecret<T>(id: string, use: (value: string) => Promise<T> | T): Promise<T>;
  /** Keeps `value` under a label for people and answers its id. */
  set(label: string, value: string): Promise<string>;
  remove(id: string): Promise<void>;
}
