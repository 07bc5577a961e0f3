import * as z from 'zod/mini';
import { formatModelRef, parseModelRef, type Capabilities, type ModelRef } from '../../../../contract/model/model-ref.ts';
import type { Credentials } from '../../base/credentials/index.ts';
import type { Store } from '../../base/store/index.ts';

/** A provider as it is kept. `secretId` names the key in the credentials room; null when the provider needs none. */
export interface StoredProvider {
  readonly id: string;
  readonly name: string;
  readonly preset: string | null;
  readonly baseUrl: string;
  readonly secretId: string | null;
  readonly createdAt: number;
  /** Null: as many as there are. */
  readonly requestsPerMinute: number | null;
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

const known = z.catch(z.nullable(z.boolean()), null);
const keptSchema = z.object({ label: z.catch(z.nullable(z.string()), null), tools: known, parallelTools: known, jsonSchema: known, vision: known, reasoning: known, usageInStream: known });

/** The models room's view of the store. What another version wrote in another form reads as "not known yet". */
export function modelsStore(store: Pick<Store, 'read' | 'write'>): ModelsStore {
  return {
    providers: async () => (await store.read('providers', {})).flatMap((row) => (row.base_url === null ? [] : [{
      id: row.id, name: row.name, preset: row.preset === '' ? null : row.preset, baseUrl: row.base_url, secretId: row.secret_id, createdAt: row.created_at, requestsPerMinute: row.requests_per_minute,
    }])),
    saveProvider: (provider) => store.write('putProvider', { ...provider, preset: provider.preset ?? '' }),
    deleteProvider: (id) => store.write('dropProvider', { id }),
    models: async () => (await store.read('providerModels', {})).map((row) => {
      const { label, ...capabilities } = keptSchema.parse(JSON.parse(row.capabilities));
      return { provider: row.provider_id, model: row.model_id, label: label ?? row.model_id, contextLength: row.context_length, capabilities };
    }),
    replaceModels: (provider, models) => store.write('putProviderModels', {
      provider, models: models.map(({ model, label, contextLength, capabilities }) => ({ model, contextLength, capabilities: JSON.stringify({ ...capabilities, label }) })),
    }),
    defaultModel: async () => parseModelRef((await store.read('defaultModel', {})) ?? '') ?? null,
    saveDefaultModel: (ref) => store.write('putDefaultModel', ref === null ? { provider: null, ref: null } : { provider: ref.provider, ref: formatModelRef(ref) }),
  };
}

/** The models room's view of the credentials room. */
export const modelSecrets = (credentials: Pick<Credentials, 'setSecret' | 'withSecret' | 'deleteSecret'>): ModelSecrets => ({
  withSecret: credentials.withSecret, set: (label, value) => credentials.setSecret(label, value), remove: credentials.deleteSecret,
});
