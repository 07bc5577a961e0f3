/** Catalog and plugins over a fresh home and a registry of the test's own. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { OperationEvent, OperationEventBody } from '../../../contract/model/plugin.ts';
import { createCatalog, type Catalog, type RegistryConfig } from '../../../main/core/marketplace/catalog/index.ts';
import { createPlugins, type Plugins, type PluginsParts } from '../../../main/core/marketplace/plugins/index.ts';
import type { CatalogFetch } from '../../../packaging/index.ts';
import { createSandboxPool, findAddon, type SandboxPool } from '../../../sandbox/host/index.ts';
import { memorySecrets } from '../../support/memory-secrets.ts';
import { openTestStore, type TestStore } from '../../support/store.ts';
import { openInlineStore } from './inline-store.ts';
import { testRegistry, type TestRegistry } from './registry.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

export function startSandbox(): SandboxPool {
  const addonFile = findAddon(path.join(root, 'node_modules', 'isolated-vm'));
  if (addonFile === undefined) throw new Error('There is no sandbox for this platform.');
  return createSandboxPool({ workerFile: path.join(root, 'sandbox', 'guest', 'worker.ts'), addonFile, processes: 1 });
}

export interface World {
  test: TestStore;
  registry: TestRegistry;
  catalog: Catalog;
  plugins: Plugins;
  changes: string[];
  /** Paths below the home's plugins and blobs folders, top level. */
  left(): Promise<{ plugins: string[]; blobs: string[] }>;
  /** Starts an install and follows it to its end, answering consent when asked. */
  install(id: string, options?: { range?: string; grantAll?: boolean; answer?: 'accept' | 'refuse'; granted?: string[] }): Promise<OperationEventBody[]>;
  uninstall(id: string, keepData?: boolean): Promise<OperationEventBody[]>;
  follow(operationId: string, each?: (event: OperationEventBody) => void): Promise<OperationEventBody[]>;
  /** Removes everything that is installed or cached, for the next test. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** `threads`: the store as the core opens it; else its queries run in the test's own thread. */
export interface WorldOptions { threads?: boolean; sandbox: Pick<SandboxPool, 'run'>; registries?: (own: TestRegistry) => readonly RegistryConfig[] | Promise<readonly RegistryConfig[]>; fetch?: CatalogFetch; now?: () => number; ownKeyId?: string | null; change?: (parts: PluginsParts) => PluginsParts }

export async function startWorld(options: WorldOptions): Promise<World> {
  const test = options.threads ? await openTestStore({ catalog: true }) : await openInlineStore();
  const registry = await testRegistry(path.join(test.home.root, 'registry'));
  await registry.publish([]);
  if (!test.catalog) throw new Error('The catalog store is missing.');
  const changes: string[] = [];
  const app = { version: '1.0.0', platform: 'linux' };
  const registries = await options.registries?.(registry) ?? [{ id: 'test', name: 'Test', kind: 'folder' as const, source: registry.folder, root: registry.root }];
  const catalog = createCatalog({
    store: test.catalog, home: test.home, registries, app, ...(options.fetch && { fetch: options.fetch }), changed: (topic) => { changes.push(topic); }, installed: () => plugins.versions(),
    installedImage: (sha512) => plugins.image(sha512), afterSync: () => plugins.disableWithdrawn(), now: options.now ?? Date.now });
  let made = 0;
  const parts: PluginsParts = {
    store: test.store, home: test.home, catalog, sandbox: options.sandbox, app, ownKeyId: options.ownKeyId ?? null, clock: { now: Date.now },
    ids: { next: () => `operation-${(made += 1)}` }, changed: (topic) => { changes.push(topic); }, secrets: memorySecrets() };
  const plugins = createPlugins(options.change?.(parts) ?? parts);

  const follow = async (operationId: string, each: (event: OperationEventBody) => void = () => undefined): Promise<OperationEventBody[]> => {
    const events: OperationEvent[] = [];
    for await (const batch of plugins.events(operationId, 0, new AbortController().signal)) {
      for (const event of batch) { events.push(event); each(event.event); }
    }
    return events.map(({ event }) => event);
  };
  const uninstall = async (id: string, keepData = false): Promise<OperationEventBody[]> => follow((await plugins.uninstall({ id, keepData })).operationId);
  return {
    test, registry, catalog, plugins, changes, follow, uninstall,
    async clear() {
      for (let rest = (await plugins.list()).plugins; rest.length > 0; rest = (await plugins.list()).plugins) await uninstall(rest.find(({ neededBy }) => neededBy.length === 0)?.id ?? '');
      for (const name of await readdir(test.home.blobs)) await rm(path.join(test.home.blobs, name), { recursive: true });
    },
    left: async () => ({ plugins: await readdir(test.home.plugins), blobs: (await readdir(test.home.blobs, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name) }),
    async install(id, { range, grantAll = false, answer = 'accept', granted } = {}) {
      const { operationId } = await plugins.install({ id, grantAll, ...(range !== undefined && { range }) });
      return follow(operationId, (event) => {
        if (event.type !== 'consent_requested') return;
        const all = event.items.flatMap((item) => item.permissions.map(({ key }) => ({ pluginId: item.pluginId, key })));
        void plugins.consent({ operationId, accept: answer === 'accept', granted: granted ? all.filter(({ key }) => granted.includes(key)) : all });
      });
    },
    async stop() {
      await plugins.stop();
      await catalog.stop();
      await test.stop();
    },
  };
}

/** The last event, which says how it ended. */
export const outcome = (events: readonly OperationEventBody[]): OperationEventBody => {
  const last = events.at(-1);
  if (!last) throw new Error('The operation has no events.');
  return last;
};
