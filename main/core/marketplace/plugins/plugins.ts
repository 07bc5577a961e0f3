/** Installed plugins: installing, uninstalling, what they may do, and their code for the engine. */
import { AppError, toWire } from '../../../../contract/errors/app-error.ts';
import type { Manifest } from '../../../../contract/manifest/index.ts';
import type { AutoUpdate, AvailableUpdate, Channel, FolderGrant, InstalledPlugin, Operation as OperationView, OperationEvent, OperationKind, VerifyProblem } from '../../../../contract/model/plugin.ts';
import { ARCHIVE_LIMITS } from '../../../../packaging/index.ts';
import { failpoint } from '../../base/observe/index.ts';
import { createWakeups, followLog, type InstalledRow, type WriteRequest } from '../../base/store/index.ts';
import { createUploads, type UploadPart } from '../../base/uploads/index.ts';
import { createAutoUpdates } from './auto-update.ts';
import { again, noOperation } from './again.ts';
import { createArchives, defaultArchiveThreadFile } from './archives.ts';
import { checkPin, checkSound, withdrawalsOf } from './checks.ts';
import { usersOf } from './concerned.ts';
import { createConfigurations } from './configuration.ts';
import { createConfigurationService, type ConfigurationService } from './configuration-service.ts';
import { createPluginFiles } from './files.ts';
import { foldersOf, grantFolder } from './folders.ts';
import { install, keepForItself, type InstallTools } from './install.ts';
import { createLock } from './lock.ts';
import { lockfileOf } from './lockfile.ts';
import { createManifests } from './manifests.ts';
import { Operation, type ConsentAnswer } from './operation.ts';
import type { PluginsParts } from './parts.ts';
import { planInstall } from './plan.ts';
import { previewBack, previewOf, type Preview } from './preview.ts';
import { rollBack } from './rollback.ts';
import { inRange } from './ranges.ts';
import { changesOfSet, installSet } from './set.ts';
import { createSideLoads } from './side-load.ts';
import { createPluginSource, type PluginSource } from './source.ts';
import { forgetGone, uninstall } from './uninstall.ts';
import { planUpdate, updatesOf } from './updates.ts';
import { verify } from './verify.ts';
import { createIcons, viewOf } from './views.ts';

export interface Plugins extends ConfigurationService {
  /** For the engine. */
  readonly source: PluginSource;
  /** At start, before anything runs: operations that a crash cut off are ended and what they left is removed. */
  recover(): Promise<void>;
  list(): Promise<{ plugins: InstalledPlugin[] }>;
  /** @throws AppError `plugins/not-installed` */
  get(input: { id: string }): Promise<InstalledPlugin>;
  /** Versions of what is installed, by id. */
  versions(): Promise<Record<string, string>>;
  /** Which registry an installed plugin came from; null for one of this machine and for what is not installed. */
  registryOf(id: string): Promise<string | null>;
  /** Answers when the operation is stored; it runs in the background. @throws AppError `catalog/not-found`, `plugins/already-installed` */
  install(input: { id: string; range?: string | undefined; registry?: string | undefined; grantAll: boolean }, request?: WriteRequest): Promise<{ operationId: string }>;
  /** Installs an archive or a plugin's folder of this machine, unsigned. @throws AppError `plugins/developer-mode`, `plugins/already-installed`, `plugins/bad-signature`, and those of `readArchive` */
  sideLoad(input: { path: string; grantAll: boolean }, request?: WriteRequest): Promise<{ operationId: string; id: string }>;
  /** A part of an archive that a page was given; the last one installs it like `sideLoad`. @throws AppError like `sideLoad`, `core/bad-input` */
  uploadSideLoad(part: UploadPart, request?: WriteRequest): Promise<{ operationId: string | null; id: string | null }>;
  /** Watches the folders of plugins under development while developer mode is on; call it when that changes. */
  followFolders(): Promise<void>;
  /** @throws AppError `plugins/developer-mode` while it is off */
  checkDeveloperMode(): void;
  /** What a lockfile would change. @throws AppError like `verify`, and what the resolver throws */
  compareSet(input: { lockfile: string }): Promise<Preview & { others: string[] }>;
  /** Installs exactly what a lockfile names. @throws AppError like `compareSet`, `plugins/already-installed` when nothing differs */
  installSet(input: { lockfile: string; grantAll: boolean }, request?: WriteRequest): Promise<{ operationId: string }>;
  /** @throws AppError `plugins/not-installed`, `plugins/needed-by-others` */
  uninstall(input: { id: string; keepData: boolean }, request?: WriteRequest): Promise<{ operationId: string }>;
  /** Without `range` the newest that fits; a version that is pinned only by its pin. @throws AppError `plugins/not-installed`, `plugins/already-installed`, `plugins/pinned` */
  update(input: { id: string; range?: string | undefined; grantAll: boolean }, request?: WriteRequest): Promise<{ operationId: string }>;
  /** The version before, with its configuration and grants. @throws AppError `plugins/not-installed`, `plugins/no-previous`, `plugins/pinned` */
  rollback(input: { id: string }, request?: WriteRequest): Promise<{ operationId: string }>;
  /** Newer versions of what is installed, by id. */
  updates(): Promise<{ updates: AvailableUpdate[] }>;
  /** What another version, with null the way back, without one an update would change, and whom that concerns. @throws AppError `plugins/not-installed`, `plugins/no-previous`, and what the resolver throws */
  preview(input: { id: string; version?: string | null | undefined }): Promise<Preview>;
  /** @throws AppError `plugins/not-installed` */
  setUpdatePolicy(input: { id: string; autoUpdate: AutoUpdate | null; channel: Channel }, request?: WriteRequest): Promise<{ autoUpdate: AutoUpdate | null; channel: Channel }>;
  /** @throws AppError `plugins/not-installed`, `plugins/no-version` */
  setPin(input: { id: string; version: string | null }, request?: WriteRequest): Promise<{ pinned: string | null }>;
  /** Switching on brings what it needs along. @throws AppError `plugins/not-installed`, `plugins/needed-by-others`, `plugins/withdrawn` */
  setEnabled(input: { id: string; enabled: boolean }, request?: WriteRequest): Promise<{ changed: string[]; hiredAs: string[]; usedBy: string[] }>;
  /** What differs between disk, store and lockfile. @throws AppError `plugins/bad-manifest`, `core/bad-input` for a text that is no lockfile */
  verify(input: { lockfile?: string | undefined }): Promise<{ plugins: number; problems: VerifyProblem[] }>;
  operations(input: { recent: boolean }): Promise<{ operations: OperationView[] }>;
  /** @throws AppError `plugins/no-operation` */
  events(operationId: string, after: number, signal: AbortSignal): AsyncIterable<OperationEvent[]>;
  /** No effect on an operation that does not wait for it. @throws AppError `plugins/no-operation` */
  consent(input: { operationId: string } & ConsentAnswer, request?: WriteRequest): Promise<Record<string, never>>;
  /** No effect once the operation has taken effect. @throws AppError `plugins/no-operation` */
  cancel(input: { operationId: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /** Begins what ended once more, as it was asked for; one that is under way is answered as it is. @throws AppError `plugins/no-operation`, `core/bad-input` for what was picked from this machine, and those of what it begins */
  retry(input: { operationId: string }, request?: WriteRequest): Promise<{ operationId: string }>;
  folders(input: { id: string }): Promise<{ folders: FolderGrant[] }>;
  /** @throws AppError `plugins/not-installed`, `permission/denied` */
  grantFolder(input: { id: string; key: string; path: string }, request?: WriteRequest): Promise<FolderGrant>;
  revokeFolder(input: { id: string; key: string }, request?: WriteRequest): Promise<Record<string, never>>;
  /** The icon of an installed plugin by its digest, for when no catalog has it. */
  image(sha512: string): Promise<Uint8Array | undefined>;
  /** Disables what registries have withdrawn; call it after a sync. */
  disableWithdrawn(): Promise<void>;
  /** Starts the updates that policies allow without a person; call it after a sync. Answers when they have ended. */
  updateByPolicy(): Promise<void>;
  /** The text of troupe.lock.yaml. */
  lockfile(): Promise<string>;
  /** Ends what is under way; the next start reports it as interrupted. */
  stop(): Promise<void>;
}

const EVENTS_A_PAGE = 200;

export function createPlugins(parts: PluginsParts): Plugins {
  const { store, clock } = parts;
  const files = createPluginFiles(parts);
  const manifests = createManifests(store);
  const configurations = createConfigurations(parts);
  const source = createPluginSource(parts, files, manifests, configurations);
  const icons = createIcons((sha512) => files.folder(sha512));
  const wakeups = createWakeups();
  const lock = createLock();
  const archives = createArchives(parts.archiveThreadFile ?? defaultArchiveThreadFile());
  const tools: InstallTools = { files, archives, lock, manifests };
  const running = new Map<string, { operation: Operation; done: Promise<void> }>();
  let stopping = false;

  const viewsOf = async (rows: readonly InstalledRow[]): Promise<InstalledPlugin[]> => {
    const known = await manifests.of(rows.map(({ sha512 }) => sha512));
    const [records, withdrawals, users] = await Promise.all([parts.catalog.records(rows.map(({ id }) => id)), withdrawalsOf(parts, rows), usersOf(parts)]);
    return Promise.all(rows.flatMap((row) => {
      const manifest = known.get(row.sha512);
      const record = records.find(({ record: one, registry }) => one.id === row.id && registry === row.registry)?.record;
      return manifest ? [Promise.all([icons.of(row.sha512, manifest), configurations.missing({ row, manifest })]).then(([icon, missing]) => viewOf(row, manifest, record, icon, missing, withdrawals.get(row.sha512), sideLoads.problemOf(row.id), users(row.id)))] : [];
    }));
  };

  const installed = async (id: string): Promise<{ row: InstalledRow; manifest: Manifest }> => {
    const row = await store.read('installedPlugin', { id });
    const manifest = row && (await manifests.of([row.sha512])).get(row.sha512);
    if (!row || !manifest) throw new AppError('plugins/not-installed', `${id} is not installed. Install it from the marketplace first.`, { details: { id } });
    return { row, manifest };
  };

  const allInstalled = async (): Promise<{ row: InstalledRow; manifest: Manifest }[]> => {
    const rows = await store.read('installedPlugins', undefined);
    const known = await manifests.of(rows.map(({ sha512 }) => sha512));
    return rows.flatMap((row) => { const manifest = known.get(row.sha512); return manifest ? [{ row, manifest }] : []; });
  };

  /** Stores the operation and lets it run; a repeated request finds the first one running or ended and starts nothing. */
  const start = async (kind: OperationKind, pluginId: string, range: string | undefined, input: unknown, request: WriteRequest | undefined, work: (operation: Operation) => Promise<string[]>): Promise<{ operationId: string }> => {
    if (stopping) throw new AppError('core/stopping', 'Troupe is closing. Start it again and try once more.');
    const id = parts.ids.next();
    const answer = await store.write('startOperation', { id, kind, pluginId, range, input, at: clock.now() }, request ? { request } : {});
    if (answer.operationId !== id) return answer;
    failpoint(`${kind}.stored`);
    const operation = new Operation(parts, wakeups, id, kind);
    const done = work(operation).then((pluginIds) => operation.end({ pluginIds }), (error: unknown) => {
      if (toWire(error).code === 'core/internal') parts.log?.warn({ operationId: id, step: operation.step, error: error instanceof Error ? error.stack ?? error.message : String(error) }, 'an operation failed for a reason of our own');
      return operation.end({ error });
    }).catch((error: unknown) => { parts.log?.warn({ operationId: id, error: String(error) }, 'the end of an operation could not be stored'); })
      .finally(() => { running.delete(id); });
    running.set(id, { operation, done });
    parts.changed('plugins');
    return answer;
  };

  /** The last operation on each side-loaded plugin: the next save makes one that still waits pointless. */
  const sideLoading = new Map<string, { operationId: string; sha512: string }>();
  const sideLoads = createSideLoads(parts, tools, async (id, isHere, grantAll, local, request) => {
    const { sha512 } = local.taken.version;
    const last = sideLoading.get(id);
    const under = running.get(last?.operationId ?? '');
    if (last && under && last.sha512 === sha512) return { operationId: last.operationId };
    under?.operation.cancel();
    const answer = await start(isHere ? 'update' : 'install', id, undefined, { id, sideLoad: true, sha512 }, request, async (operation) => {
      const ids = await install(parts, tools, operation, { pluginId: id, grantAll, local });
      await sideLoads.follow();
      return ids;
    });
    sideLoading.set(id, { ...answer, sha512 });
    return answer;
  });

  const uploads = createUploads({ folder: parts.home.blobs, nextId: () => parts.ids.next(), mostBytes: ARCHIVE_LIMITS.packedBytes, check: () => { sideLoads.check(); } });

  const reach = async (operationId: string, request: WriteRequest | undefined, effect: (operation: Operation) => void): Promise<Record<string, never>> => {
    const answer = await store.write('touchOperation', { operationId }, request ? { request } : {});
    const found = running.get(operationId);
    if (found) effect(found.operation);
    return answer;
  };

  const autoUpdates = createAutoUpdates(parts, manifests, async (id, { from, to }) => {
    let failure: string | undefined;
    const { operationId } = await start('update', id, to, { id, range: to, grantAll: false, automatic: { from, to } }, undefined, (operation) => install(parts, tools, operation, { pluginId: id, range: to, grantAll: false, unasked: true })
      .catch((error: unknown) => { failure = toWire(error).code; throw error; }));
    await running.get(operationId)?.done;
    return failure;
  });

  const service: Plugins = {
    ...createConfigurationService(parts, configurations, installed, allInstalled),
    source,
    async recover() {
      const ended = await store.write('endInterruptedOperations', { at: clock.now() });
      for (const { id } of ended) wakeups.ring(id);
      await forgetGone(parts, ended.flatMap(({ gone }) => gone));
      await uploads.sweep();
      const removed = await files.sweep();
      await sideLoads.follow();
      if (ended.length > 0 || removed > 0) parts.log?.warn({ operations: ended, removed }, 'operations that were cut off have been ended');
    },
    list: async () => ({ plugins: await viewsOf(await store.read('installedPlugins', undefined)) }),
    async get({ id }) {
      const [view] = await viewsOf([(await installed(id)).row]);
      if (!view) throw new AppError('plugins/not-installed', `${id} is not installed. Install it from the marketplace first.`, { details: { id } });
      return view;
    },
    versions: async () => Object.fromEntries((await store.read('installedVersions', undefined)).map(({ id, version }) => [id, version])),
    registryOf: async (id) => (await store.read('installedPlugin', { id }))?.registry ?? null,
    async install({ id, range, registry, grantAll }, request) {
      const known = await parts.catalog.records([id]);
      if (known.every((one) => one.blocked || (registry !== undefined && one.registry !== registry))) {
        throw new AppError('catalog/not-found', registry !== undefined && known.some(({ blocked }) => !blocked) ? `The registry that was chosen does not have the plugin ${id}; another one does. Choose that one, or sync the catalog.` : `No registry has the plugin ${id}. Check the id, or sync the catalog.`, { details: { id } });
      }
      const here = await store.read('installedPlugin', { id });
      // A namesake is another plugin: it neither replaces this one nor gets at its data.
      if (here && registry !== undefined && here.registry !== registry) throw new AppError('plugins/already-installed', `${id} is installed from another source. Uninstall it before you install the one of this registry.`, { details: { id } });
      if (here?.reason === 'dependency' && (range === undefined || inRange(here.version, range))) return start('install', id, range, { id, range: range ?? null, registry, grantAll }, request, (operation) => keepForItself(parts, operation, id));
      return start('install', id, range, { id, range: range ?? null, registry, grantAll }, request, (operation) => install(parts, tools, operation, { pluginId: id, range, registry, grantAll }));
    },
    followFolders: () => sideLoads.follow(),
    checkDeveloperMode: () => { sideLoads.check(); },
    sideLoad: (input, request) => sideLoads.load(input, request),
    uploadSideLoad: async (part, request) => await uploads.add(part, (path) => sideLoads.load({ path, grantAll: false }, request)) ?? { operationId: null, id: null },
    compareSet: ({ lockfile }) => changesOfSet(parts, manifests, lockfile),
    async installSet({ lockfile, grantAll }, request) {
      const { changes } = await changesOfSet(parts, manifests, lockfile);
      const [first] = changes;
      if (!first) throw new AppError('plugins/already-installed', 'Everything that the lockfile names is installed in exactly those versions. Nothing was changed.');
      const kind = first.from === null ? 'install' as const : 'update' as const;
      return start(kind, first.id, first.to, { lockfile, grantAll }, request, (operation) => installSet(parts, tools, operation, { pluginId: first.id, lockfile, grantAll }));
    },
    uninstall: ({ id, keepData }, request) => start('uninstall', id, undefined, { id, keepData }, request, (operation) => uninstall(parts, files, lock, operation, { pluginId: id, keepData })),
    async update({ id, range, grantAll }, request) {
      const { row } = await installed(id);
      return start('update', id, range, { id, range: range ?? null, grantAll }, request, (operation) => install(parts, tools, operation, { pluginId: id, grantAll, plan: (signal) => planUpdate(parts, manifests, row, range, signal) }));
    },
    rollback: ({ id }, request) => start('rollback', id, undefined, { id }, request, (operation) => rollBack(parts, tools, operation, id)),
    updates: async () => ({ updates: await updatesOf(parts, manifests) }),
    async preview({ id, version }) {
      const { row } = await installed(id);
      if (version === null) return previewBack(parts, manifests, id);
      return previewOf(parts, manifests, version === undefined ? await planUpdate(parts, manifests, row, undefined) : await planInstall(parts, { id, range: version }));
    },
    async setUpdatePolicy({ id, autoUpdate, channel }, request) {
      const answer = await store.write('setPluginUpdatePolicy', { id, autoUpdate, channel }, request ? { request } : {});
      parts.changed('plugins');
      return answer;
    },
    async setPin({ id, version }, request) {
      const { row } = await installed(id);
      if (version !== null) await checkPin(parts, row, version);
      const answer = await store.write('setPluginPin', { id, version }, request ? { request } : {});
      parts.changed('plugins');
      return answer;
    },
    async setEnabled({ id, enabled }, request) {
      if (enabled) await checkSound(parts, id);
      const answer = await store.write('setPluginEnabled', { id, enabled, at: clock.now() }, request ? { request } : {});
      if (answer.changed.length > 0) parts.changed('plugins');
      return { ...answer, usedBy: (await usersOf(parts))(id) };
    },
    verify: ({ lockfile }) => verify(parts, tools, lockfile),
    operations: async ({ recent }) => ({ operations: await store.read('operations', { recent }) }),
    events: (operationId, after, signal) => followLog(wakeups, operationId, after, signal, async (seq) => {
      const page = await store.read('operationEventsAfter', { operationId, after: seq, limit: EVENTS_A_PAGE });
      if (!page) throw noOperation(operationId);
      return page;
    }),
    consent: ({ operationId, accept, granted }, request) => reach(operationId, request, (operation) => { operation.consent({ accept, granted }); }),
    cancel: ({ operationId }, request) => reach(operationId, request, (operation) => { operation.cancel(); }),
    async retry({ operationId }, request) {
      const found = await store.read('operationInput', { operationId });
      if (!found) throw noOperation(operationId);
      return found.ended === 0 ? { operationId } : again(service, found, request);
    },
    async folders({ id }) {
      const { manifest } = await installed(id);
      return { folders: await foldersOf(parts, id, manifest) };
    },
    async grantFolder({ id, key, path }, request) {
      const { manifest } = await installed(id);
      return grantFolder(parts, id, manifest, key, path, request);
    },
    async revokeFolder({ id, key }, request) {
      await installed(id);
      const answer = await store.write('revokeFolder', { pluginId: id, key }, request ? { request } : {});
      parts.changed('plugins');
      return answer;
    },
    async image(sha512) {
      const found = await icons.read(sha512);
      if (found) return found;
      // Icons are known once the plugins were listed.
      await viewsOf(await store.read('installedPlugins', undefined));
      return icons.read(sha512);
    },
    async disableWithdrawn() {
      const rows = await store.read('installedPlugins', undefined);
      const digests = [...(await withdrawalsOf(parts, rows.filter(({ status }) => status === 'active'))).keys()];
      if (digests.length === 0) return;
      const disabled = await store.write('disableVersions', { digests, at: clock.now() });
      parts.log?.warn({ disabled }, 'withdrawn versions were disabled');
      parts.changed('plugins');
    },
    updateByPolicy: () => (stopping ? Promise.resolve() : autoUpdates.run()),
    lockfile: async () => lockfileOf(await store.read('installedPlugins', undefined)),
    async stop() {
      stopping = true;
      autoUpdates.stop();
      await uploads.stop();
      await sideLoads.stop();
      for (const { operation } of running.values()) operation.cancel('core/stopping');
      await Promise.all([...running.values()].map(({ done }) => done));
      await archives.stop();
    },
  };
  return service;
}
