import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hasCode } from '../../contract/errors/app-error.ts';
import { OWN } from '../../contract/model/ids.ts';
import priceList from '../../resources/prices.json' with { type: 'json' };
import { createSandboxPool, type SandboxEngine } from '../../sandbox/host/index.ts';
import { auditApi } from './api/audit.ts';
import { builderApi } from './api/builder.ts';
import { catalogApi } from './api/catalog.ts';
import { chatApi } from './api/chat.ts';
import { knowledgeApi } from './api/knowledge.ts';
import { memoryApi } from './api/memory.ts';
import { mcpApi, type Confirming } from './api/mcp.ts';
import { modelsApi } from './api/models.ts';
import { createOnce } from './api/once.ts';
import { pluginsApi, type FolderPicking } from './api/plugins.ts';
import { runsApi } from './api/runs.ts';
import { settingsApi } from './api/settings.ts';
import { teamApi } from './api/team.ts';
import { toolsApi } from './api/tools.ts';
import { actingAs, actorNow, openAudit } from './base/audit/index.ts';
import { openBackups } from './base/backup/index.ts';
import { openCredentials, type Keys, type Rewrite } from './base/credentials/index.ts';
import { createHttp } from './base/http/index.ts';
import { secretValues, type Changes, type CoreLog } from './base/observe/index.ts';
import { openSettings } from './base/settings/index.ts';
import { openCatalogStore, openStore, rekeyStore, type Home } from './base/store/index.ts';
import { roomChecks } from './checks.ts';
import type { RoomCheck } from './doctor.ts';
import { createAgents, createStarter } from './engine/agents/index.ts';
import { createKnowledge, createPluginKnowledge, createReader, type PluginKnowledge } from './engine/knowledge/index.ts';
import { createMemory, createVectors } from './engine/memory/index.ts';
import { createMcp } from './engine/mcp/index.ts';
import { createEngine, createModelFiles, createModels, createPace, filesStore, modelSecrets, modelsStore, type Engine } from './engine/models/index.ts';
import { createRuns } from './engine/runs/index.ts';
import { createConnections, createTools } from './engine/tools/index.ts';
import { createBudget, createPrices, parsePriceList, pricedModels, pricesOf } from './engine/usage/index.ts';
import { ENTRY_FILES, hasModelEngine, sandboxFiles, VERSION } from './entry-files.ts';
import { createCatalog, idOfRoot, registryFetch } from './marketplace/catalog/index.ts';
import { keptRegistries } from './kept-registries.ts';
import { createLacks } from './lacks.ts';
import { idFrom } from './new-id.ts';
import { createPermissions, createPlugins, createPluginSecrets } from './marketplace/plugins/index.ts';
import type { FolderChooser } from './serve/http/folder-chooser.ts';
import type { HostLink } from './serve/pipe.ts';
import { createBuilder, createOwnAgents, createOwnUses } from './workspace/builder/index.ts';
import { createAttachments, createChat, createImports } from './workspace/chat/index.ts';
import { createTeam, documentsOfHires } from './workspace/team/index.ts';

export interface RoomsOptions {
  home: Home;
  keys: Keys;
  log: CoreLog;
  changes: Changes;
  host: HostLink;
  chooser: FolderChooser;
  /** The folder of the embedded catalog. */
  catalog: string;
  /** What runs plugins; undefined: the best there is for this machine. */
  sandboxEngine: SandboxEngine | undefined;
  /** Whether the network is forbidden now, besides the setting. */
  offline(): boolean;
  registerSecret(value: string): void;
  /** Told when a thread of a database died: the core cannot go on and ends; the shell starts the next one. */
  lost(error: unknown): void;
  /** Told how many runs are under way, when that changed. */
  running(runs: number): void;
}

/** Every room that needs the home's key. `router` holds the handlers of their domains. */
export type Rooms = Awaited<ReturnType<typeof openRooms>>;

/** What the shell's system says; without a shell that knows, undefined: the environment decides. */
async function proxyOf(host: HostLink, url: string): Promise<string | undefined> {
  try { return (await host.ask('resolveProxy', { url })).proxy; } catch (error) { if (hasCode(error, 'host/unavailable')) return undefined; throw error; }
}

/** Ids of what the core makes: 96 random bits. */
const ids = { next: (): string => idFrom(randomBytes(12)) };
const clock = { now: Date.now };
const sleep = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal });
/** What a model may take. A Mac counts as free only what nobody ever used, so there it is a share of all. */
const machine = () => ({ processors: os.availableParallelism(), memory: process.platform === 'darwin' ? os.totalmem() * 0.7 : process.availableMemory() });

/** Wires the rooms together, from the lowest to the highest; nothing else does. */
export async function openRooms(options: RoomsOptions) {
  const { home, keys, log, changes, host, chooser } = options;
  let pluginKnowledge: PluginKnowledge | undefined = undefined;
  const changed: Changes['tell'] = (topic) => {
    changes.tell(topic);
    // What a plugin brings for its agents follows what is hired and installed.
    if (topic === 'team' || topic === 'plugins') pluginKnowledge?.look();
  };
  const slow = (call: object): void => { log.warn({ ...call }, 'a query was slow'); };
  const backups = openBackups({ folder: home.backups, keyFile: home.keyFile, now: Date.now });
  const store = await openStore({ file: home.database, key: keys.databaseKey(), copyTo: backups.fileFor('migration'), threadFile: ENTRY_FILES.storeThread, onSlow: slow, onLost: options.lost, actor: actorNow });
  await backups.tidy();
  const secrets = secretValues();
  const registerSecret = (value: string): void => { options.registerSecret(value); secrets.register(value); };
  const audit = openAudit({ store, now: Date.now, changed: () => { changed('audit'); }, clean: (text) => secrets.remove(text), report: (message, facts) => { log.warn(facts, message); } });
  const catalogStore = await openCatalogStore({ file: home.catalog, threadFile: ENTRY_FILES.storeThread, onSlow: slow, onLost: options.lost });
  const settings = await openSettings({ store, now: Date.now, log });
  settings.onChange(() => { changed('settings'); });
  const credentials = openCredentials({ store, keys, newId: ids.next, now: Date.now, onReveal: registerSecret });
  const network = { offline: () => settings.get('offline') || options.offline(), resolveProxy: (url: string) => proxyOf(host, url) };
  const http = createHttp(network);
  const registryHttp = createHttp({ ...network, minimumTls: 'TLSv1.3' });

  const sandbox = createSandboxPool({ ...sandboxFiles(options.sandboxEngine ?? (settings.get('sandboxEngine') === 'quickjs' ? 'quickjs' : undefined)), log: (entry) => { log.info({ ...entry }, 'sandbox'); } });
  const app = { version: VERSION, platform: process.platform };
  const trust = JSON.parse(await readFile(path.join(options.catalog, 'trust.json'), 'utf8')) as { publisher_key_id: string };
  const embedded = await readFile(path.join(options.catalog, 'root.json'));
  const catalog = createCatalog({
    store: catalogStore, home, app, changed, threadFile: ENTRY_FILES.catalogThread, report: (message, facts) => { log.warn(facts, message); },
    registries: [{ id: 'embedded', name: 'Built in', kind: 'embedded', source: options.catalog, root: embedded }],
    fetch: registryFetch(registryHttp), kept: keptRegistries(store),
    installed: () => plugins.versions(), installedImage: (sha512) => plugins.image(sha512), installedFrom: (id) => plugins.registryOf(id), lacks: (record, version) => lacks(record, version),
    async afterSync() {
      await actingAs({ kind: 'policy', id: 'withdrawn' }, () => plugins.disableWithdrawn());
      // A sync does not wait for what is downloaded because of it.
      actingAs({ kind: 'policy', id: 'updates' }, () => plugins.updateByPolicy()).catch((error: unknown) => { log.warn({ err: error }, 'plugins could not be updated by themselves'); });
    },
  });
  const pluginSecrets = createPluginSecrets(credentials, () => keys.secretsKey() !== undefined);
  const plugins = createPlugins({ store, secrets: pluginSecrets, catalog, sandbox, home, app, embeddedRoot: idOfRoot(embedded), ownKeyId: trust.publisher_key_id, clock, ids, changed, log, autoUpdate: () => settings.get('autoUpdate'), ownAgents: createOwnUses(store), developerMode: () => settings.get('developerMode'), archiveThreadFile: ENTRY_FILES.archiveThread, resolverThreadFile: ENTRY_FILES.resolverThread });
  const permissions = createPermissions({ store, clock, changed });
  settings.onChange((names) => { if (names.includes('developerMode')) plugins.followFolders().catch((error: unknown) => { log.warn({ err: error }, 'folders of plugins could not be watched'); }); });

  // A home that stores no secrets keeps a provider's key until the core ends, and asks for it again then.
  const keysOfProviders = modelSecrets({ ...credentials, setSecret: (label, value) => credentials.setSecret(label, value, { session: keys.secretsKey() === undefined }) });
  const modelEngine = (): Engine => createEngine({ processFile: ENTRY_FILES.modelProcess, clock, sleep, log, idleMs: () => settings.get('modelIdleMinutes') * 60_000, changed: () => { changed('models'); } });
  const modelFiles = createModelFiles({ store: filesStore(store), http, engine: modelEngine(), vectorEngine: modelEngine(), folder: home.models, machine, available: hasModelEngine, clock, ids, sleep, log, changed: () => { changed('models'); } });
  const prices = createPrices({ list: parsePriceList(priceList), own: () => settings.get('modelPrices') });
  settings.onChange((names) => { if (names.includes('modelPrices')) changed('models'); });
  const pace = createPace({ now: () => performance.now(), sleep });
  const models = pricedModels(createModels({ pace, files: modelFiles, http, store: modelsStore(store), secrets: keysOfProviders, clock, random: Math.random, ids, sleep, log }), prices);
  const runs = createRuns({ store, clock, ids, changed: (topic) => { changed(topic); options.running(runs.active()); }, ending: () => audit.flush(), log });
  const vectors = createVectors({ store, chosen: () => settings.get('embeddingModel'), embedder: models.embedder, clock, sleep, log, changed: () => { changed('knowledge'); } });
  settings.onChange((names) => { if (names.includes('embeddingModel')) vectors.look(); });
  const memory = createMemory({ vectors, store, clock, ids, clean: (text) => secrets.remove(text), changed: () => { changed('memory'); } });
  const mcp = createMcp({
    store, clock, ids, network, version: VERSION, home: home.root, folder: path.join(home.cache, 'mcp'), bundles: path.join(home.root, 'bundles'), broughtBundles: path.join(home.cache, 'bundles'), guardFile: ENTRY_FILES.mcpGuard, changed: () => { changed('mcp'); }, clean: (text) => secrets.remove(text),
    // What a home without encryption is told is kept until the core ends, and asked for again then.
    secrets: { ...credentials, set: async (id, label, value) => { await credentials.setSecret(label, value, { id, session: keys.secretsKey() === undefined }); } },
  });
  const connections = createConnections({ store, http, secrets: credentials, stores: () => keys.secretsKey() !== undefined, clock, ids, changed, activity: audit.activity });
  const reader = createReader(ENTRY_FILES.knowledgeReader);
  const knowledge = createKnowledge({ vectors, store, reader, clock, ids, clean: (text) => secrets.remove(text), changed: () => { changed('knowledge'); }, settled: async () => { await pluginKnowledge?.settled(); } });
  const tools = createTools({ connections, clipboard: { read: () => host.ask('readClipboard', {}), write: async (text) => { await host.ask('writeClipboard', { text }); } }, mcp, memory, knowledge, plugins: plugins.source, secrets: pluginSecrets, sandbox, http, store, activity: audit.activity, schemaThreadFile: ENTRY_FILES.schemaThread, userSalt: await store.write('keepHomeValue', { key: 'user_salt', value: ids.next() }) });
  const lacks = createLacks({ models, tools, plugins: plugins.source });
  const attachments = createAttachments({ store, clock });
  const agents = createAgents({ plugins: plugins.source, own: createOwnAgents(store), models, tools, memory, knowledge, attachments, pace, budget: createBudget({ store }) });
  const team = createTeam({ store, plugins: plugins.source, agents, models, clock, ids, changed });
  pluginKnowledge = createPluginKnowledge({
    store, reader, vectors, clock, ids, clean: (text) => secrets.remove(text), changed: () => { changed('knowledge'); }, warn: (message, facts) => { log.warn(facts, message); },
    hired: () => documentsOfHires({ store, agents }), installed: async () => new Set((await plugins.source.list()).map(({ pluginId }) => pluginId)),
  });
  const chat = createChat({ store, agents, attachments, runs, clock, ids, changed });
  const imports = createImports({ store, clock, ids, changed, threadFile: ENTRY_FILES.importThread });
  const builder = createBuilder({ store, plugins: plugins.source, agents, tools, models, runs, clock, ids, changed });
  const starter = createStarter({ plugins: plugins.source, tools, agents, models, runs });

  await audit.record([
    { action: 'home_opened', subject: keys.state().protectedBy }, ...(store.opened.copy === undefined ? [] : [{ action: 'backup_made' as const, subject: 'migration', details: { schema: store.opened.migrated.at(-1) } }]),
  ]);
  await audit.recover();
  await audit.keep(settings.get('auditDays'));
  settings.onChange((names, { auditDays }) => { if (names.includes('auditDays')) audit.keep(auditDays).catch((error: unknown) => { log.warn({ err: error }, 'old rows could not be taken from the audit list'); }); });
  await modelFiles.recover();
  await plugins.recover();
  await mcp.recover();
  pluginKnowledge.look();
  vectors.look();
  await runs.recover((run) => (run.conversationId !== null ? chat.runnableOf(run) : typeof (run.parameters as { preview?: unknown } | null)?.preview === 'number' && run.pluginId === OWN ? builder.runnableOf(run) : starter.runnableOf(run)));
  // The first start has nothing to show or install before the built-in catalog was read once; later ones look for changes
  // in the background.
  const { registries } = await catalog.status();
  const first = registries.every(({ syncedAt }) => syncedAt === null);
  if (first) await catalog.sync();
  catalog.start({ now: !first });
  settings.onChange((names) => { if (names.includes('offline') && !network.offline()) catalog.online(); });

  const once = createOnce(Date.now);
  const picking: FolderPicking = { dialog: async (title, kind) => (await host.ask('pickPath', { title, kind })).path, page: (title, detail, picked) => chooser.ask({ title, detail, picked }) };
  const openOutside = async (url: string): Promise<boolean> => { try { return (await host.ask('openExternal', { url })).opened; } catch (error) { if (hasCode(error, 'host/unavailable')) return false; throw error; } };
  const confirming: Confirming = { dialog: async (question) => (await host.ask('confirm', question)).accepted, page: (question, accepted) => chooser.confirm({ ...question, accepted }) };
  const checks = (): RoomCheck[] => roomChecks({ store, catalogStore, catalog, sandbox, models, now: Date.now });
  return {
    running: () => runs.active(),
    checks,
    record: audit.record,
    /** Writes the database anew under another key, with the row that tells of it. */
    rewrite: (to: Parameters<Rewrite>[0]) => rekeyStore(store, { ...to, file: home.database, audit: { actor: actorNow() ?? { kind: 'policy', id: 'core' }, at: Date.now(), entries: [{ action: 'data_rekeyed', subject: keys.state().protectedBy }] } }),
    router: {
      settings: settingsApi(settings), audit: auditApi(audit), catalog: catalogApi(catalog, { picking, once }), models: modelsApi(models, modelFiles, { picking, once, prices: () => pricesOf(models, prices) }), mcp: mcpApi(mcp, { once, confirming, picking, openOutside }), runs: runsApi(runs, starter.start), team: teamApi(team), chat: chatApi(chat, attachments, imports, once), builder: builderApi(builder), memory: memoryApi(memory), knowledge: knowledgeApi(knowledge, vectors, once), tools: toolsApi(connections, tools, { picking, once }),
      plugins: pluginsApi(plugins, {
        permissions, audit, once, picking, check: (id, signal) => tools.check(id, ids.next(), signal ?? AbortSignal.timeout(120_000)) }),
    },
    async stop() {
      // First: what waits for a document to be read waits no longer.
      await reader.stop();
      await pluginKnowledge.settled();
      await runs.stop();
      await mcp.stop();
      await vectors.stop();
      await imports.stop();
      await plugins.stop();
      await catalog.stop();
      await modelFiles.stop();
      await sandbox.stop();
      await tools.validator.stop();
      await audit.flush();
      http.close();
      registryHttp.close();
      await Promise.all([store.stop(), catalogStore.stop()]);
    },
  };
}
