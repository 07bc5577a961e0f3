import type { QueryTable, Reader } from '../handles.ts';

export interface ProviderRow { id: string; name: string; preset: string; base_url: string | null; secret_id: string | null; created_at: number; requests_per_minute: number | null }
/** `capabilities` is JSON text. */
export interface ModelRow { provider_id: string; model_id: string; capabilities: string; context_length: number | null }

export interface ModelFileRow { id: string; name: string; state: 'ready' | 'downloading' | 'paused' | 'failed'; path: string | null; linked: 0 | 1; address: string | null; sha256: string | null; bytes: number | null; kept: string; added_at: number }

/** Named queries of the domain models; each is a plain function that runs in a reader thread. */
export const modelsQueries = {
  /** Every provider, oldest first. */
  providers: (db: Reader, _input: Record<string, never>): ProviderRow[] =>
    db.all<ProviderRow>('SELECT id, name, preset, base_url, secret_id, created_at, requests_per_minute FROM providers ORDER BY created_at, id'),
  /** Every model, in the order of its provider's name. */
  providerModels: (db: Reader, _input: Record<string, never>): ModelRow[] =>
    db.all<ModelRow>('SELECT provider_id, model_id, capabilities, context_length FROM models JOIN providers ON providers.id = provider_id ORDER BY providers.created_at, provider_id, model_id'),
  /** `<provider>/<model>`, or undefined when none was chosen. */
  defaultModel: (db: Reader, _input: Record<string, never>): string | undefined =>
    db.get<{ value: string }>(`SELECT value FROM meta WHERE key = 'default_model'`)?.value,
  /** Every model that this machine runs by itself, oldest first. */
  modelFiles: (db: Reader, _input: Record<string, never>): ModelFileRow[] =>
    db.all<ModelFileRow>('SELECT id, name, state, path, linked, address, sha256, bytes, kept, added_at FROM model_files ORDER BY added_at, id'),
} satisfies QueryTable;
