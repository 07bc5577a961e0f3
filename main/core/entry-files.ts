import { existsSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { findAddon, type SandboxEngine } from '../../sandbox/host/index.ts';

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
  importThread: entry('import-thread.js', 'workspace/chat/importing/import-thread.ts'),
  modelProcess: entry('model-process.js', 'engine/models/embedded/engine-process.ts'),
  knowledgeReader: entry('knowledge-reader.js', 'engine/knowledge/reading/process.ts'),
  keychainProcess: entry('keychain-process.js', 'base/credentials/keychain-process.ts'),
  mcpGuard: entry('mcp-guard.js', 'engine/mcp/guard-process.ts'),
  sandboxQuickjs: entry('sandbox-quickjs.js', '../../sandbox/guest/quickjs-worker.ts'),
  sandboxWorker: entry('sandbox-worker.js', '../../sandbox/guest/worker.ts'),
} as const;

/** QuickJS as WebAssembly: beside the bundle, or in its package. */
const quickjsFile = (): string => (isSource ? createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm') : path.join(here, 'quickjs.wasm'));

/** What the sandbox runs plugins with: isolated-vm, or QuickJS where it was asked for or isolated-vm has no binary. */
export function sandboxFiles(asked: SandboxEngine | undefined): { engine: SandboxEngine; workerFile: string; addonFile: string } {
  const addonFile = asked === 'quickjs' ? undefined : findAddon(path.dirname(createRequire(import.meta.url).resolve('isolated-vm/package.json')));
  if (addonFile !== undefined) return { engine: 'isolated-vm', workerFile: ENTRY_FILES.sandboxWorker, addonFile };
  return { engine: 'quickjs', workerFile: ENTRY_FILES.sandboxQuickjs, addonFile: quickjsFile() };
}

/** Packages with llama.cpp's binary for this machine, as node-llama-cpp looks for them. */
const LLAMA_BINARIES: Readonly<Record<string, string>> = { 'linux-x64': 'linux-x64', 'linux-arm64': 'linux-arm64', 'darwin-x64': 'mac-x64', 'darwin-arm64': 'mac-arm64-metal', 'win32-x64': 'win-x64', 'win32-arm64': 'win-arm64' };

/** Whether models can run inside of Troupe here: the packages are optional. */
export function hasModelEngine(): boolean {
  const from = createRequire(import.meta.url);
  const binary = LLAMA_BINARIES[`${process.platform}-${process.arch}`];
  const isThere = (name: string): boolean => (from.resolve.paths(name) ?? []).some((folder) => existsSync(path.join(folder, name, 'package.json')));
  return binary !== undefined && isThere('node-llama-cpp') && isThere(`@node-llama-cpp/${binary}`);
}
