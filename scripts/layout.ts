/**
 * Lays the packaged app out as the installers hold it: `app.asar` with shell and preload, and beside it what plain Node
 * reads (it cannot read an asar): core with a pruned node_modules, page, embedded catalog, the Node binary.
 */
import { createHash } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
  for (const name of await readdir(path.join(modules, '@napi-rs'))) if (name.startsWith(`keyring-${target}`)) await cp(path.join(modules, '@napi-rs', name), path.join(into, '@napi-rs', name), { recursive: true });
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
