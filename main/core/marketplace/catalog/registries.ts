/** The registries that this core reads, and the sync of each. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { toWire } from '../../../../contract/errors/app-error.ts';
import type { RegistryStatus } from '../../../../contract/model/catalog.ts';
import type { CatalogStore } from '../../base/store/index.ts';
import type { AppFacts } from './fitness.ts';
import { runSyncThread } from './sync-client.ts';

/** One registry. `source` is a folder's path or an address; `root` the metadata it is trusted by; a smaller `priority` goes first. */
export interface RegistryConfig { id: string; name: string; kind: 'embedded' | 'folder' | 'hosted'; source: string; root: Uint8Array; priority?: number }

export interface RegistriesParts {
  store: CatalogStore;
  registries: readonly RegistryConfig[];
  /** The home's cache folder. */
  cacheDir: string;
  app: AppFacts;
  now: () => number;
  /** Told when the catalog or the state of a registry changed. */
  changed: () => void;
  afterSync: () => Promise<void>;
  threadFile: string;
  /** Told what was left out or refused; for the log. */
  report: (message: string, facts: Record<string, unknown>) => void;
}

export interface Registries {
  get(id: string): RegistryConfig | undefined;
  status(): Promise<RegistryStatus[]>;
  /** Syncs all, one after another; a refusal stays in that registry's status and leaves what was stored. Calls during one share it. */
  sync(): Promise<void>;
  stop(): Promise<void>;
}

export function createRegistries(parts: RegistriesParts): Registries {
  const { store, registries } = parts;
  const errors = new Map<string, RegistryStatus['error']>();
  const syncing = new Set<string>();
  const stopping = new AbortController();
  let under: Promise<void> | undefined;

  const syncOne = async (registry: RegistryConfig): Promise<void> => {
    const cacheDir = path.join(parts.cacheDir, 'catalog', registry.id);
    const out = path.join(cacheDir, 'changes.jsonl');
    syncing.add(registry.id);
    parts.changed();
    try {
      const known = (await store.read('catalogRegistries', undefined)).find(({ id }) => id === registry.id);
      const found = await runSyncThread(parts.threadFile, {
        source: registry.source, trustedRoot: registry.root, cacheDir, app: parts.app, known: { sequence: known?.sequence ?? 0, basis: known?.basis ?? '' }, out }, stopping.signal);
      if (found.kind === 'unchanged') await store.write('touchRegistry', { id: registry.id, syncedAt: parts.now(), expiresAt: found.expiresAt });
      else {
        const { id, name, kind, priority = 0 } = registry;
        const { sequence, basis, expiresAt, categories, revoked, badRecords } = found;
        if (badRecords.length > 0) parts.report('the catalog has records that cannot be read', { registry: id, badRecords });
        await store.write('applyCatalog', { registry: { id, name, kind, priority }, changes: out, whole: true, sequence, basis, syncedAt: parts.now(), expiresAt, categories, revoked, badRecords });
        await parts.afterSync();
      }
      errors.delete(registry.id);
    } catch (error) {
      const { code, message } = toWire(error);
      errors.set(registry.id, { code, message });
      if (!stopping.signal.aborted) parts.report('a registry could not be synced', { registry: registry.id, code, message });
    } finally {
      syncing.delete(registry.id);
      await rm(out, { force: true });
      parts.changed();
    }
  };

  const syncAll = async (): Promise<void> => {
    for (const registry of registries) if (!stopping.signal.aborted) await syncOne(registry);
  };

  return {
    get: (id) => registries.find((registry) => registry.id === id),
    async status() {
      const rows = new Map((await store.read('catalogRegistries', undefined)).map((row) => [row.id, row]));
      return registries.map(({ id, name, kind }): RegistryStatus => {
        const row = rows.get(id);
        return { id, name, kind, entries: row?.entries ?? 0, sequence: row?.sequence ?? 0, syncedAt: row?.synced_at ?? null, expiresAt: row?.expires_at ?? null, syncing: syncing.has(id), error: errors.get(id) ?? null };
      });
    },
    sync() {
      under ??= syncAll().finally(() => { under = undefined; });
      return under;
    },
    async stop() {
      stopping.abort();
      await under;
    },
  };
}
