/** The registries that this core reads, and the sync of each. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, hasCode, toWire } from '../../../../contract/errors/app-error.ts';
import type { RegistryStatus } from '../../../../contract/model/catalog.ts';
import { newGrowth, type CatalogStore } from '../../base/store/index.ts';
import { fingerprintOf, type CatalogFetch, type Said } from '../../../../packaging/index.ts';
import type { AppFacts } from './fitness.ts';
import { firstRootOf, placeOf } from './find-registry.ts';
import { basisOf } from './line-of.ts';
import { checkTransport } from './registry-fetch.ts';
import { readKept, writeKept, type RegistryStorage } from './registry-list.ts';
import { runSyncThread } from './sync-client.ts';
import type { SyncOutcome } from './sync-timer.ts';

/**
 * One registry. `source` is a folder's path or an address; `root` the metadata it is trusted by; a smaller `priority` goes
 * first; `prefix` is the beginning of the only ids that it may serve. `fingerprint` is known of those that were added.
 */
export interface RegistryConfig { id: string; name: string; kind: 'embedded' | 'folder' | 'hosted'; source: string; root: Uint8Array; priority?: number; prefix?: string | null; fingerprint?: string }

/** The id of a registry that is added: its first root, so that the same one has the same id again. */
export const idOfRoot = (root: Uint8Array): string => idOfFingerprint(fingerprintOf(root));
const idOfFingerprint = (fingerprint: string): string => fingerprint.slice(0, 32);

export interface AddRegistry { address: string; fingerprint?: string | undefined; prefix?: string | undefined; name?: string | undefined; priority?: number | undefined }

export interface RegistriesParts {
  store: CatalogStore;
  /** Those that are always here. */
  registries: readonly RegistryConfig[];
  /** Where those are kept that the user added. */
  kept: RegistryStorage;
  /** How hosted ones are asked. */
  fetch: CatalogFetch;
  /** The home's cache folder. */
  cacheDir: string;
  app: AppFacts;
  now: () => number;
  /** Told when the catalog or the state of a registry changed. */
  changed: () => void;
  afterSync: () => Promise<void>;
  threadFile: string;
  /** Told how the sync of a registry ended. */
  ended: (registry: string, outcome: SyncOutcome) => void;
  /** Told what was left out or refused; for the log. */
  report: (message: string, facts: Record<string, unknown>) => void;
}

export interface Registries {
  /** All that are read, those that are always here first. */
  all(): Promise<readonly RegistryConfig[]>;
  status(): Promise<RegistryStatus[]>;
  /**
   * Syncs all or those that are due, one after another; a refusal stays in that registry's status and leaves what was stored.
   * Calls during one share it; only one for all does not share what asks some.
   */
  sync(due?: (registry: string) => boolean): Promise<void>;
  /**
   * Without a fingerprint answers the one to confirm. With it adds and syncs the registry; one that cannot be synced is not added.
   * @throws AppError `core/bad-input`, `catalog/refused` for another fingerprint, and what a sync throws
   */
  add(input: AddRegistry): Promise<{ fingerprint: string; added: boolean }>;
  /** Forgets a registry and what it served. @throws AppError `catalog/not-found`, `core/bad-input` for one that is always here */
  remove(id: string): Promise<void>;
  stop(): Promise<void>;
}

/** After the embedded one, whatever the user adds. */
const DEFAULT_PRIORITY = 100;

export function createRegistries(parts: RegistriesParts): Registries {
  const { store } = parts;
  const errors = new Map<string, RegistryStatus['error']>();
  const syncing = new Set<string>();
  const stopping = new AbortController();
  let under: { whole: boolean; done: Promise<void> } | undefined;
  /** A sync of all was asked for and has not reached its first registry. */
  let pending = false;
  let added: Promise<RegistryConfig[]> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const loadAdded = (): Promise<RegistryConfig[]> => added ??= readKept(parts.kept).catch((error: unknown) => {
    parts.report('the list of added registries cannot be read', { error: error instanceof Error ? error.message : String(error) });
    return [];
  });
  const all = async (): Promise<readonly RegistryConfig[]> => [...parts.registries, ...await loadAdded()];
  const keep = async (list: RegistryConfig[]): Promise<void> => {
    await writeKept(parts.kept, list);
    added = Promise.resolve(list);
  };
  /** Syncs, additions and removals wait for one another: each reads and writes the state of registries. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work, work);
    queue = turn.catch(() => undefined);
    return turn;
  };

  const takeSync = async (registry: RegistryConfig, out: string, cacheDir: string, fetch: CatalogFetch): Promise<void> => {
    const { id, name, kind, priority = 0, prefix = null } = registry;
    if (kind === 'hosted') checkTransport(new URL(registry.source));
    const known = (await store.read('catalogRegistries', undefined)).find((row) => row.id === id);
    // Its keys were thrown away when it was made: under one root nothing else was ever signed, and looking would cost each start a thread.
    if (known && kind === 'embedded' && known.basis === basisOf(fingerprintOf(registry.root), { app: parts.app, prefix })) {
      await store.write('touchRegistry', { id, syncedAt: parts.now(), expiresAt: known.expires_at });
      await parts.afterSync();
      return;
    }
    const growth = newGrowth();
    const found = await runSyncThread(parts.threadFile, {
      source: registry.source, trustedRoot: registry.root, cacheDir, app: parts.app, prefix, out, growth,
      known: { sequence: known?.sequence ?? 0, basis: known?.basis ?? '', figuresOf: known?.figures_of ?? null, reviewsDigest: known?.reviews_digest ?? null, said: known?.said == null ? null : JSON.parse(known.said) as Said, badRecords: JSON.parse(known?.bad_records ?? '[]') as string[] },
    }, fetch, stopping.signal,
    // A catalog that is lost with the power is synced again; it is never half of one.
    (begun) => store.write('applyCatalog', { registry: { id, name, kind, priority }, changes: out, growth, syncedAt: parts.now(), ...begun }, { durable: false }));
    if (found.kind === 'unchanged') await store.write('touchRegistry', { id, syncedAt: parts.now(), expiresAt: found.expiresAt });
    else if (found.badRecords.length > 0) parts.report('the catalog has records that were left out', { registry: id, badRecords: found.badRecords });
    // Also when nothing changed: a core that ended after the last change has not told others of it.
    await parts.afterSync();
  };

  const syncOne = async (registry: RegistryConfig): Promise<void> => {
    const cacheDir = path.join(parts.cacheDir, 'catalog', registry.id);
    const out = path.join(cacheDir, 'changes.jsonl');
    syncing.add(registry.id);
    parts.changed();
    let outcome: SyncOutcome = 'failed';
    let offline = false;
    // What the sync fails with says only that the place gave nothing.
    const fetch: CatalogFetch = (...asked) => parts.fetch(...asked).catch((error: unknown) => { offline ||= hasCode(error, 'core/offline'); throw error; });
    try {
      await takeSync(registry, out, cacheDir, fetch);
      errors.delete(registry.id);
      outcome = 'good';
    } catch (error) {
      const { code, message } = toWire(error);
      if (offline) outcome = 'offline';
      errors.set(registry.id, { code, message });
      if (!stopping.signal.aborted) parts.report('a registry could not be synced', { registry: registry.id, code, message });
    } finally {
      syncing.delete(registry.id);
      parts.ended(registry.id, outcome);
      await rm(out, { force: true });
      parts.changed();
    }
  };

  const syncThose = async (due?: (registry: string) => boolean): Promise<void> => {
    const known = await all();
    // What a removal could not finish, because the core ended.
    for (const { id } of await store.read('catalogRegistries', undefined)) if (!known.some((one) => one.id === id)) await store.write('removeRegistry', { id });
    if (!due) pending = false;
    const asked = due ? known.filter(({ id }) => due(id)) : known;
    for (const registry of asked) if (!stopping.signal.aborted) await syncOne(registry);
  };

  /** Takes in a registry whose first root was confirmed; puts everything back when its first sync fails. */
  const takeIn = async (next: RegistryConfig): Promise<void> => {
    const before = await loadAdded();
    const old = before.find(({ id }) => id === next.id);
    await keep([...before.filter(({ id }) => id !== next.id), next]);
    await syncOne(next);
    const failure = errors.get(next.id);
    if (failure) {
      await keep(before);
      if (!old) {
        errors.delete(next.id);
        await store.write('removeRegistry', { id: next.id });
      }
      parts.changed();
      throw new AppError(failure.code as AppError['code'], `The registry was not added. ${failure.message}`, { details: { address: next.source } });
    }
    // A catalog that did not change was not applied again, and with it neither name nor priority.
    const now = (await store.read('catalogRegistries', undefined)).find(({ id }) => id === next.id);
    if (now?.name !== next.name || now.priority !== (next.priority ?? 0)) await store.write('describeRegistry', { id: next.id, name: next.name, priority: next.priority ?? 0 });
    parts.changed();
  };

  return {
    all,
    async status() {
      const rows = new Map((await store.read('catalogRegistries', undefined)).map((row) => [row.id, row]));
      return (await all()).map(({ id, name, kind, source, fingerprint, priority = 0, prefix = null }): RegistryStatus => {
        const row = rows.get(id);
        return {
          id, name, kind, entries: row?.entries ?? 0, sequence: row?.sequence ?? 0, syncedAt: row?.synced_at ?? null, expiresAt: row?.expires_at ?? null, syncing: pending || syncing.has(id), error: errors.get(id) ?? null,
          address: kind === 'embedded' ? null : source, fingerprint: fingerprint ?? null, priority, prefix, badRecords: JSON.parse(row?.bad_records ?? '[]') as string[],
        };
      });
    },
    sync(due) {
      const whole = !due;
      if (under && (under.whole || !whole)) return under.done;
      if (whole) pending = true;
      const done = inTurn(() => syncThose(due)).finally(() => {
        if (under?.done === done) under = undefined;
        if (whole) pending = false;
      });
      under = { whole, done };
      return done;
    },
    async add(input) {
      const place = placeOf(input.address);
      if (place.kind === 'hosted') checkTransport(new URL(place.source));
      const { root, fingerprint } = await firstRootOf(place, parts.fetch, stopping.signal);
      if (input.fingerprint === undefined) return { fingerprint, added: false };
      if (input.fingerprint !== fingerprint) throw new AppError('catalog/refused', `The registry at ${place.source} has the fingerprint ${fingerprint}, not the one that was expected. Do not add it; ask whoever runs it.`, { details: { expected: input.fingerprint, received: fingerprint } });
      await inTurn(() => takeIn({ ...place, id: idOfFingerprint(fingerprint), name: input.name ?? place.name, root, fingerprint, prefix: input.prefix ?? null, priority: input.priority ?? DEFAULT_PRIORITY }));
      return { fingerprint, added: true };
    },
    remove: (id) => inTurn(async () => {
      if (parts.registries.some((one) => one.id === id)) throw new AppError('core/bad-input', 'This registry comes with Troupe and stays.', { details: { id } });
      const list = await loadAdded();
      if (!list.some((one) => one.id === id)) throw new AppError('catalog/not-found', 'There is no such registry here. Look at the list of registries.', { details: { id } });
      await keep(list.filter((one) => one.id !== id));
      errors.delete(id);
      await store.write('removeRegistry', { id });
      parts.changed();
    }),
    async stop() {
      stopping.abort();
      await queue;
    },
  };
}
