import path from 'node:path';
import { createRequire } from 'node:module';
import { findAddon } from '../../sandbox/host/index.ts';

declare const __TROUPE_BUILD__: string | undefined;
declare const __TROUPE_VERSION__: string | undefined;

/** The digest of the sources that this was built from; `source` when it runs unbuilt. */
export const BUILD = typeof __TROUPE_BUILD__ === 'undefined' ? 'source' : __TROUPE_BUILD__;
/** The app's version, as plugins may require it. */
export const VERSION = typeof __TROUPE_VERSION__ === 'undefined' ? '0.1.0' : __TROUPE_VERSION__;

const isSource = import.meta.url.endsWith('.ts');
const here = import.meta.dirname;
/** In a build every entry is one file beside the core's own; in a checkout it is its source. */
const entry = (built: string, source: string): string => path.join(here, isSource ? source : built);

/** Files that the core starts as threads or processes. */
export const ENTRY_FILES = {
  storeThread: entry('store-thread.js', 'base/store/thread.ts'),
  catalogThread: entry('catalog-thread.js', 'marketplace/catalog/sync-thread.ts'),
  archiveThread: entry('archive-thread.js', 'marketplace/plugins/archive-thread.ts'),
  schemaThread: entry('schema-thread.js', 'engine/tools/schema-thread.ts'),
  resolverThread: entry('resolver-thread.js', 'marketplace/plugins/resolver-thread.ts'),
  keychainProcess: entry('keychain-process.js', 'base/credentials/keychain-process.ts'),
  sandboxWorker: entry('sandbox-worker.js', '../../sandbox/guest/worker.ts'),
} as const;

/** isolated-vm's native file, which the sandbox worker loads by its path and nothing else. */
export function sandboxAddon(): string | undefined {
  return findAddon(path.dirname(createRequire(import.meta.url).resolve('isolated-vm/package.json')));
}
