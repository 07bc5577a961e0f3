/** The catalog on this machine: synced from registries, searched without a network. */
import { AppError } from '../../../../contract/errors/app-error.ts';
import type { CatalogRecord, CatalogRecordVersion } from '../../../../contract/manifest/index.ts';
import type { CatalogCard, CatalogDetail, CatalogFilters, CatalogSort, Category, Collection, PublisherCount, RegistryStatus, Review, ReviewSort, UseInstead } from '../../../../contract/model/catalog.ts';
import { readBlob, type CatalogFetch } from '../../../../packaging/index.ts';
import { failpoint } from '../../base/observe/index.ts';
import type { CatalogEntry, CatalogStore } from '../../base/store/index.ts';
import { cardOf, detailOf, type KnownDependency } from './detail.ts';
import type { AppFacts } from './fitness.ts';
import { createIconsAhead } from './icons-ahead.ts';
import { shownVersion } from './line-of.ts';
import { createImages, type Image, type ImageUse } from './images.ts';
import { createRegistries, type AddRegistry, type RegistryConfig } from './registries.ts';
import { storageInMemory, type RegistryStorage } from './registry-list.ts';
import { defaultSyncThreadFile } from './sync-client.ts';
import { createSyncTimer } from './sync-timer.ts';

export interface CatalogParts {
  store: CatalogStore;
  /** Folders of the home. */
  home: { blobs: string; cache: string };
  registries: readonly RegistryConfig[];
  /** Where the registries are kept that the user adds; in memory by default. */
  kept?: RegistryStorage;
  /** How hosted registries are asked; without it none can be. */
  fetch?: CatalogFetch;
  app: AppFacts;
  /** Versions of what is installed, by id. */
  installed: () => Promise<Readonly<Record<string, string>>>;
  /** Which registry an installed plugin came from; null for one of this machine and for what is not installed. */
  installedFrom?: (id: string) => Promise<string | null>;
  /** What a plugin works with and this machine has not, in sentences. */
  lacks?: (record: CatalogRecord, version: CatalogRecordVersion) => Promise<string[]>;
  /** An image of an installed plugin that no catalog names any more. */
  installedImage?: (sha512: string) => Promise<Uint8Array | undefined>;
  changed: (topic: 'catalog') => void;
  /** Told when a sync changed what is known, before others are: withdrawn versions are disabled here. */
  afterSync?: () => Promise<void>;
  now?: () => number;
  random?: () => number;
  /** The sync thread's file; default: beside this one. */
  threadFile?: string;
  report?: (message: string, facts: Record<string, unknown>) => void;
}

export interface SearchInput { words: string; filters: CatalogFilters; sort: CatalogSort; offset: number; limit: number }

/** What a registry signed about a plugin, and where it came from. */
export interface SignedRecord { record: CatalogRecord; registry: string; blocked: boolean }

export interface BlobRequest { registry: string; sha512: string; size: number; to: string; signal?: AbortSignal; progress?: (done: number) => void }

export interface Catalog {
  /** Syncs in the background, now and then again and again, and brings likely icons after each sync from then on; a catalog that is up to date costs two requests. `now` false: the first time later. */
  start(options?: { now?: boolean }): void;
  status(): Promise<{ registries: RegistryStatus[] }>;
  sync(): Promise<{ registries: RegistryStatus[] }>;
  /** @throws AppError as `Registries.add` */
  addRegistry(input: AddRegistry): Promise<{ fingerprint: string; added: boolean; registries: RegistryStatus[] }>;
  /** @throws AppError `catalog/not-found`, `core/bad-input` */
  removeRegistry(input: { id: string }): Promise<{ registries: RegistryStatus[] }>;
  search(input: SearchInput): Promise<{ items: CatalogCard[]; total: number; corrected: string | null; facets: Record<string, number> }>;
  /** @throws AppError `catalog/not-found` */
  get(input: { id: string; registry?: string | undefined }): Promise<CatalogDetail>;
  publishers(input: { words: string; limit: number }): Promise<{ publishers: PublisherCount[]; total: number }>;
  /** What people wrote about the plugin that is shown for this id. @throws AppError `catalog/not-found` */
  reviews(input: { id: string; registry?: string | undefined; sort: ReviewSort }): Promise<{ asOf: string | null; reviews: Review[] }>;
  categories(): Promise<{ categories: Category[] }>;
  /** Hand-picked lists; one of which nothing is shown here is left out. */
  collections(): Promise<{ collections: Collection[] }>;
  /** @throws AppError `catalog/not-found`, `catalog/unavailable` */
  image(input: { sha512: string; as: ImageUse }): Promise<Image>;
  /** Signed records of these ids from every registry that has them, best priority first. For the install engine. */
  records(ids: readonly string[]): Promise<SignedRecord[]>;
  /** Versions that registries withdrew for safety. */
  revoked(ids: readonly string[]): Promise<{ registry: string; id: string; version: string; sha512: string; reason: string; useInstead: UseInstead | null }[]>;
  /** Brings a blob of a registry into a file, verified against the digest. @throws AppError as `readBlob` */
  fetchBlob(request: BlobRequest): Promise<void>;
  /** @throws AppError `catalog/expired` when what this registry signed is out of date (nothing new is installed then) */
  checkFresh(registry: string): Promise<void>;
  /** The user works online again: registries that could not be asked are asked at once. */
  online(): void;
  stop(): Promise<void>;
}

const unknown = (id: string): AppError => new AppError('catalog/not-found', `No registry has the plugin ${id}. Check the id, or sync the catalog.`, { details: { id } });

const byDay = (a: Review, b: Review): number => b.writtenAt - a.writtenAt;
const REVIEW_ORDERS: Readonly<Record<ReviewSort, (a: Review, b: Review) => number>> = {
  newest: byDay, helpful: (a, b) => b.helpful - a.helpful || byDay(a, b), best: (a, b) => b.rating - a.rating || byDay(a, b), worst: (a, b) => a.rating - b.rating || byDay(a, b),
};

export function createCatalog(parts: CatalogParts): Catalog {
  const { store, app } = parts;
  const now = parts.now ?? Date.now;
  const fetch = parts.fetch ?? (() => Promise.reject(new AppError('core/offline', 'There is no network here.')));
  const registries = createRegistries({
    fetch, kept: parts.kept ?? storageInMemory(),
    store, registries: parts.registries, cacheDir: parts.home.cache, app, now, afterSync: parts.afterSync ?? (() => Promise.resolve()), changed: () => { parts.changed('catalog'); },
    threadFile: parts.threadFile ?? defaultSyncThreadFile(), report: parts.report ?? (() => undefined), ended: (registry, outcome) => { timer.ended(registry, outcome); } });

  let started = false;
  const bringIcons = (): void => { if (started) iconsAhead.bring(); };
  const sync = async (due?: (registry: string) => boolean): Promise<void> => {
    await registries.sync(due);
    bringIcons();
  };
  const timer = createSyncTimer({
    sync: (due) => sync(due).catch((error: unknown) => { parts.report?.('the registries could not be synced', { error: error instanceof Error ? error.message : String(error) }); }),
    now: () => performance.now(), random: parts.random ?? Math.random,
  });

  const fetchBlob = async ({ registry, sha512, size, ...request }: BlobRequest): Promise<void> => {
    const from = (await registries.all()).find(({ id }) => id === registry);
    if (!from) throw new AppError('catalog/unavailable', `The registry ${registry} is not among those that Troupe reads. Add it again, or install from another.`, { details: { registry } });
    await readBlob({
      source: from.source, fetch, blob: { sha512, size }, ...request, reached: (place) => { failpoint(`download.${place}`); },
      progress: (done) => { failpoint('download.piece'); request.progress?.(done); } });
  };
  const images = createImages({
    blobs: parts.home.blobs, installed: parts.installedImage ?? (() => Promise.resolve(undefined)),
    named: (sha512) => store.read('catalogImage', { sha512 }),
    fetch: (blob) => fetchBlob(blob).catch((cause: unknown) => { throw new AppError('catalog/unavailable', 'The image could not be had from its registry. Try again when there is a network.', { details: { sha512: blob.sha512 }, cause }); }),
  });
  const iconsAhead = createIconsAhead({ store, images, installed: parts.installed, report: (message, facts) => { parts.report?.(message, facts); } });
  const statuses = async (): Promise<{ registries: RegistryStatus[] }> => ({ registries: await registries.status() });

  /** Of an installed plugin that of the registry it came from: a namesake of another never stands in its place. */
  const entryOf = async (id: string, registry: string | undefined): Promise<CatalogEntry | undefined> => {
    const own = registry ?? await parts.installedFrom?.(id) ?? undefined;
    return await store.read('catalogEntry', { id, registry: own }) ?? (registry === undefined && own !== undefined ? store.read('catalogEntry', { id }) : undefined);
  };

  /** The records that a shown version depends on. */
  const dependenciesOf = async (entry: CatalogEntry, record: CatalogRecord): Promise<Map<string, KnownDependency>> => {
    const version = record.versions.find((one) => one.version === entry.card.version);
    const ids = version?.dependencies.filter(({ foreign }) => !foreign).map(({ id }) => id) ?? [];
    const found = await Promise.all(ids.map(async (id) => [id, await store.read('catalogEntry', { id })] as const));
    return new Map(found.map(([id, one]) => [id, one && { record: JSON.parse(one.record) as CatalogRecord, compatible: one.compatible }]));
  };

  return {
    start({ now: atOnce = true } = {}) {
      started = true;
      if (atOnce) void sync();
      timer.start();
    },
    status: statuses,
    async sync() {
      await sync();
      return statuses();
    },
    async addRegistry(input) {
      const answer = await registries.add(input);
      if (answer.added) bringIcons();
      return { ...answer, ...await statuses() };
    },
    async removeRegistry({ id }) {
      await registries.remove(id);
      return statuses();
    },
    async search(input) {
      const installed = await parts.installed();
      const found = await store.read('searchCatalog', { ...input, installed: Object.keys(installed) });
      return { ...found, items: found.items.map((item) => cardOf(item, installed[item.card.id] ?? null)) };
    },
    async get({ id, registry }) {
      const [entry, installed] = await Promise.all([entryOf(id, registry), parts.installed()]);
      if (!entry) throw unknown(id);
      const record = JSON.parse(entry.record) as CatalogRecord;
      const [dependencies, lacks] = await Promise.all([dependenciesOf(entry, record), parts.lacks?.(record, shownVersion(record, app)) ?? []]);
      return detailOf(entry, record, app, installed[id] ?? null, dependencies, lacks);
    },
    publishers: (input) => store.read('catalogPublishers', input),
    async reviews({ id, registry, sort }) {
      const found = await store.read('catalogReviews', { id, registry: registry ?? (await entryOf(id, undefined))?.registry });
      if (!found) throw unknown(id);
      return { asOf: found.asOf, reviews: found.reviews.toSorted(REVIEW_ORDERS[sort]) };
    },
    async categories() {
      const { known, counts } = await store.read('catalogCategories', undefined);
      const categories = new Map<string, Category>();
      for (const { slug, name, description, icon, sort_order } of known) if (!categories.has(slug)) categories.set(slug, { slug, name, description, icon, sortOrder: sort_order, count: counts[slug] ?? 0 });
      // A category that a plugin names and no registry describes is shown as it is, after the others.
      for (const [slug, count] of Object.entries(counts)) if (!categories.has(slug)) categories.set(slug, { slug, name: slug, description: '', icon: '', sortOrder: 1_000_000, count });
      return { categories: [...categories.values()].sort((a, b) => a.sortOrder - b.sortOrder || (a.slug < b.slug ? -1 : 1)) };
    },
    async collections() {
      const [found, installed] = await Promise.all([store.read('catalogCollections', undefined), parts.installed()]);
      return { collections: found.filter(({ plugins }) => plugins.length > 0).map((one) => ({ ...one, plugins: one.plugins.map((item) => cardOf(item, installed[item.card.id] ?? null)) })) };
    },
    image: ({ sha512, as }) => images.image(sha512, as),
    async records(ids) {
      const [rows, known] = await Promise.all([store.read('catalogRecords', { ids }), registries.all()]);
      return rows.filter(({ registry }) => known.some(({ id }) => id === registry)).map(({ registry, blocked, record }) => ({ registry, blocked, record: JSON.parse(record) as CatalogRecord }));
    },
    revoked: (ids) => store.read('catalogRevoked', { ids }),
    fetchBlob,
    async checkFresh(id) {
      const status = (await registries.status()).find((one) => one.id === id);
      if (!status || status.kind === 'embedded' || status.expiresAt === null || status.expiresAt > now()) return;
      throw new AppError('catalog/expired', `The catalog of ${status.name} is out of date since ${new Date(status.expiresAt).toISOString().slice(0, 10)}, so nothing new is installed from it. Sync it; what is installed goes on working.`, { details: { registry: id, expiresAt: status.expiresAt } });
    },
    online() { timer.online(); },
    async stop() {
      timer.stop();
      await Promise.all([iconsAhead.stop(), registries.stop()]);
    },
  };
}

