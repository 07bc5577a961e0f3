/** Builds everything that runs: page, core with its threads and sandbox worker, command line, Electron shell, embedded catalog. */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build as viteBuild } from 'vite';
import { nodeBundle, oneFile } from '../vite.config.ts';
import { buildCatalog } from './build-catalog.ts';
import { digestSources, root } from './sources.ts';

const dist = path.join(root, 'dist');
const stampFile = path.join(dist, 'stamp.json');

/** What is in dist/. */
export interface Built { build: string; version: string }

/** Builds when any source changed since the last build. `say` gets a line for people. */
export async function build(say: (line: string) => void = () => undefined): Promise<Built> {
  const digest = await digestSources();
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
  const built = { build: digest.slice(0, 12), version };
  const last = existsSync(stampFile) ? JSON.parse(await readFile(stampFile, 'utf8')) as Built : null;
  if (last?.build === built.build) return built;
  say('building…');
  const started = performance.now();
  // The catalog keeps its own stamp: its keys are made anew at each build, and a new root would not match what is installed.
  for (const part of ['core', 'shell', 'page', 'stamp.json']) await rm(path.join(dist, part), { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const from = (file: string): string => path.join(root, file);
  const node = { format: 'es' as const, ...built };
  await viteBuild(nodeBundle({ ...node, outDir: from('dist/core'), input: { core: from('main/core/main.ts'), cli: from('main/cli/main.ts'), 'store-thread': from('main/core/base/store/thread.ts'), 'catalog-thread': from('main/core/marketplace/catalog/sync-thread.ts'), 'archive-thread': from('main/core/marketplace/plugins/archive-thread.ts'), 'schema-thread': from('main/core/engine/tools/schema-thread.ts'), 'page-thread': from('main/core/engine/tools/builtin/page-thread.ts'), 'sqlite-process': from('main/core/engine/tools/connections/sqlite-process.ts'), 'import-thread': from('main/core/workspace/chat/importing/import-thread.ts'), 'resolver-thread': from('main/core/marketplace/plugins/resolver-thread.ts'), 'mcp-guard': from('main/core/engine/mcp/guard-process.ts'), 'model-process': from('main/core/engine/models/embedded/engine-process.ts'), 'keychain-process': from('main/core/base/credentials/keychain-process.ts') } }));
  // The worker must be one file: its process may read nothing else.
  await viteBuild(nodeBundle({ ...node, outDir: from('dist/core'), input: { 'sandbox-worker': from('sandbox/guest/worker.ts') } }));
  await viteBuild(oneFile(nodeBundle({ ...node, outDir: from('dist/core'), input: { 'sandbox-quickjs': from('sandbox/guest/quickjs-worker.ts') } })));
  // So must what reads documents.
  await viteBuild(oneFile(nodeBundle({ ...node, outDir: from('dist/core'), input: { 'knowledge-reader': from('main/core/engine/knowledge/reading/process.ts') } })));
  await copyFile(from('node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm'), path.join(dist, 'core/quickjs.wasm'));
  await writeFile(path.join(dist, 'core/package.json'), '{ "type": "module" }\n');
  if (existsSync(from('main/electron/main.ts'))) {
    for (const [name, file] of [['main', 'main/electron/main.ts'], ['preload', 'preload/preload.ts']] as const)
      await viteBuild(nodeBundle({ ...node, format: 'cjs', outDir: from('dist/shell'), input: { [name]: from(file) }, external: ['electron'] }));
    await writeFile(path.join(dist, 'shell/package.json'), `${JSON.stringify({ name: 'troupe', productName: 'Troupe', version, main: 'main.cjs' })}\n`);
  }
  await viteBuild({ configFile: from('vite.page.config.ts'), logLevel: 'warn', define: { __TROUPE_BUILD__: JSON.stringify(built.build), __TROUPE_VERSION__: JSON.stringify(version) } });
  await buildCatalog(from('dist/catalog'));
  await writeFile(stampFile, `${JSON.stringify(built)}\n`);
  say(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return built;
}

if (import.meta.main) await build((line) => { process.stderr.write(`troupe: ${line}\n`); });
