/** What the plugins room needs from the rest of the core. */
import type { SandboxPool } from '../../../../sandbox/host/index.ts';
import type { AutoUpdate } from '../../../../contract/model/plugin.ts';
import type { Store } from '../../base/store/index.ts';
import type { PluginSecretStore } from './secrets.ts';
import type { AppFacts, Catalog } from '../catalog/index.ts';

/** `tools` are references to tools, of a plugin as `<plugin>/<tool>` or `<plugin>/*`; those of its checks as well. */
export interface AgentUse { readonly names: readonly string[]; readonly tools: readonly string[] }

export interface PluginsParts {
  store: Pick<Store, 'read' | 'write'>;
  /** Folders of the home. */
  home: { plugins: string; blobs: string };
  catalog: Pick<Catalog, 'records' | 'revoked' | 'fetchBlob' | 'checkFresh'>;
  sandbox: Pick<SandboxPool, 'run'>;
  app: AppFacts;
  /** The id that a registry with the root of the embedded one has when a person adds it; default: no such registry is known. */
  embeddedRoot?: string;
  /** The key that alone may sign `dev.troupe.*` and `builtin.*`; null refuses them all. */
  ownKeyId: string | null;
  clock: { now(): number };
  ids: { next(): string };
  changed: (topic: 'plugins') => void;
  /** What plugins without a choice of their own get by themselves; default: nothing. */
  autoUpdate?: () => AutoUpdate;
  /** Whether unsigned plugins may be installed from this machine; default: no. */
  developerMode?: () => boolean;
  /** What people's own agents were given, by the names under which they are known; default: there are none. */
  ownAgents?: () => Promise<readonly AgentUse[]>;
  /** The archive thread's file; default: beside this room's. */
  archiveThreadFile?: string;
  /** The same for the resolver thread. */
  resolverThreadFile?: string;
  /** Secrets that people entered for plugins; those of an uninstalled one are forgotten unless its data is kept. */
  secrets: PluginSecretStore;
  log?: { warn(facts: Record<string, unknown>, message: string): void };
}

/** Ids that only Troupe itself may publish. */
export const isReserved = (pluginId: string): boolean => pluginId.startsWith('dev.troupe.') || pluginId.startsWith('builtin.');
