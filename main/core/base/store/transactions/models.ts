import type { TransactionTable, Writer } from '../handles.ts';

interface ModelFileInput { id: string; name: string; state: string; path: string | null; linked: number; address: string | null; sha256: string | null; bytes: number | null; kept: string; addedAt: number }

/** Named transactions of the domain models; each is a plain function that runs in the writer thread. */
export const modelsTransactions = {
  putProvider(db: Writer, input: { id: string; name: string; preset: string; baseUrl: string; secretId: string | null; createdAt: number; requestsPerMinute: number | null }): void {
    db.run(`INSERT INTO providers (id, name, preset, base_url, secret_id, created_at, updated_at, requests_per_minute) VALUES (@id, @name, @preset, @baseUrl, @secretId, @createdAt, @createdAt, @requestsPerMinute)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, preset = excluded.preset, base_url = excluded.base_url, secret_id = excluded.secret_id, requests_per_minute = excluded.requests_per_minute`, input);
  },
  /** With its models, and the default when it points there. */
  dropProvider(db: Writer, input: { id: string }): void {
    db.run('DELETE FROM providers WHERE id = @id', input);
    db.run(`DELETE FROM meta WHERE key = 'default_model' AND substr(value, 1, length(@id) + 1) = @id || '/'`, input);
  },
  /** What a provider offers now takes the place of what it offered before. Nothing happens when the provider is gone. */
  putProviderModels(db: Writer, input: { provider: string; models: readonly { model: string; capabilities: string; contextLength: number | null }[] }): void {
    db.run('DELETE FROM models WHERE provider_id = @provider', { provider: input.provider });
    for (const { model, capabilities, contextLength } of input.models) {
      db.run(`INSERT INTO models (provider_id, model_id, capabilities, context_length) SELECT id, @model, @capabilities, @contextLength FROM providers WHERE id = @provider
ON CONFLICT (provider_id, model_id) DO NOTHING`, { provider: input.provider, model, capabilities, contextLength });
    }
  },
  /** Null leaves no choice, which means the practice model. */
  putDefaultModel(db: Writer, input: { provider: string; ref: string } | { provider: null; ref: null }): void {
    if (input.ref === null) db.run(`DELETE FROM meta WHERE key = 'default_model'`);
    else db.run(`INSERT INTO meta (key, value) VALUES ('default_model', @ref) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, { ref: input.ref });
    db.run('UPDATE providers SET is_default = (id IS @provider)', { provider: input.provider });
  },
  putModelFile(db: Writer, input: ModelFileInput): void {
    db.run('INSERT INTO model_files (id, name, state, path, linked, address, sha256, bytes, kept, added_at) VALUES (@id, @name, @state, @path, @linked, @address, @sha256, @bytes, @kept, @addedAt)', { ...input });
  },
  /** Nothing happens when it is gone. */
  updateModelFile(db: Writer, input: ModelFileInput): void {
    db.run('UPDATE model_files SET name = @name, state = @state, path = @path, linked = @linked, address = @address, sha256 = @sha256, bytes = @bytes, kept = @kept, added_at = @addedAt WHERE id = @id', { ...input });
  },
  /** With the default when it is this one. */
  dropModelFile(db: Writer, input: { id: string }): void {
    db.run('DELETE FROM model_files WHERE id = @id', input);
    db.run(`DELETE FROM meta WHERE key = 'default_model' AND value = 'embedded/' || @id`, input);
  },
} satisfies TransactionTable;
