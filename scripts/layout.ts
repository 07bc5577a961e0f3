/**
 * Lays the packaged app out as the installers hold it: `app.asar` with shell and preload, and beside it what plain Node
 * reads (it cannot read an asar): core with a pruned node_modules, page, embedded catalog, the Node binary.
 */
import { createHash } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { build } from './build.ts';
import { root } from './sources.ts';

const modules = path.join(root, 'node_modules');
const target = `${process.platform}-${process.arch}`;

/** Lays the app out in `out`, which is emptied first. @returns the folder that Electron calls its resources */
export async function layOut(out: string): Promise<string> {
  await build();
  await rm(out, { recursive: true, force: true });
  const resources = path.join(out, 'resources');
  await mkdir(path.join(resources, 'bin'), { recursive: true });
  for (const part of ['core', 'page', 'catalog']) await cp(path.join(root, 'dist', part), path.join(resources, part), { recursive: true });
  await copyNative(path.join(resources, 'core/node_modules'));
  const binary = path.join(resources, 'bin', process.platform === 'win32' ? 'troupe-core.exe' : 'troupe-core');
  await copyFile(process.execPath, binary);
  await chmod(binary, 0o755);

  const shell = path.join(out, 'shell');
  await cp(path.join(root, 'dist/shell'), shell, { recursive: true });
  const list = JSON.stringify(await digests(resources, ['core', 'bin', 'catalog', 'page']));
  await writeFile(path.join(shell, 'files.json'), list);
  await writeFile(path.join(out, 'files.json'), list); // for electron-builder, which packs its own archive
  await createPackage(shell, path.join(resources, 'app.asar'));
  await rm(shell, { recursive: true });
  return resources;
}

/** The native packages with this platform's binaries alone: no sources, no other platforms. */
async function copyNative(into: string): Promise<void> {
  const only = async (name: string, parts: readonly string[]): Promise<void> => {
    for (const part of ['package.json', 'LICENSE', ...parts]) {
      await cp(path.join(modules, name, part), path.join(into, name, part), { recursive: true }).catch((error: NodeJS.ErrnoException) => { if (part !== 'LICENSE' || error.code !== 'ENOENT') throw error; });
    }
  };
  await only('better-sqlite3', ['lib', `prebuilds/${target}.node`]);
  await only('isolated-vm', [`prebuilds/${target}`]);
  await only('@napi-rs/keyring', ['index.js']);
  await copyModelEngine(into);
  for (const name of await readdir(path.join(modules, '@napi-rs'))) if (name.startsWith(`keyring-${target}`)) await cp(path.join(modules, '@napi-rs', name), path.join(into, '@napi-rs', name), { recursive: true });
}

/** What runs models: the package with all that it imports, and this platform's binary; not llama.cpp's sources. Optional, as its install is. */
async function copyModelEngine(into: string): Promise<void> {
  const binary = { 'linux-x64': 'linux-x64', 'linux-arm64': 'linux-arm64', 'darwin-x64': 'mac-x64', 'darwin-arm64': 'mac-arm64-metal', 'win32-x64': 'win-x64', 'win32-arm64': 'win-arm64' }[target];
  const binaryPackage = `@node-llama-cpp/${binary ?? ''}`;
  if (!existsSync(path.join(modules, 'node-llama-cpp')) || !existsSync(path.join(modules, binaryPackage))) return;
  await cp(path.join(modules, binaryPackage), path.join(into, binaryPackage), { recursive: true });
  const { packages } = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dependencies?: Record<string, string> }> };
  const wanted = new Set<string>();
  /** As Node looks for it: below who asks for it, then above. */
  const visit = (place: string): void => {
    if (wanted.has(place)) return;
    wanted.add(place);
    for (const name of Object.keys(packages[place]?.dependencies ?? {})) {
      let folder = place;
      while (folder !== '' && !packages[`${folder}/node_modules/${name}`]) folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
      visit(folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`);
    }
  };
  visit('node_modules/node-llama-cpp');
  for (const place of wanted) {
    const from = path.join(root, place);
    if (!existsSync(from)) continue;
    const nested = path.join(from, 'node_modules');
    await cp(from, path.join(into, path.relative('node_modules', place)), { recursive: true, filter: (file) => file !== nested && !file.endsWith('gitRelease.bundle') && !/\.(d\.ts|map)$/.test(file) });
  }
}

/** Path below `folder` (with `/`) → hex SHA-512, for every file in the given parts. */
async function digests(folder: string, parts: readonly string[]): Promise<Record<string, string>> {
  const list: Record<string, string> = {};
  for (const part of parts) {
    for (const entry of await readdir(path.join(folder, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      list[path.relative(folder, file).split(path.sep).join('/')] = createHash('sha512').update(await readFile(file)).digest('hex');
    }
  }
  return list;
}

if (import.meta.main) process.stdout.write(`${await layOut(path.resolve(process.argv[2] ?? path.join(root, 'dist/layout')))}\n`);
