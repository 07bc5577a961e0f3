/** Which files a build depends on, and one digest over all of them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

const FOLDERS = ['contract', 'packaging', 'sandbox', 'sdk', 'main', 'preload', 'renderer', 'plugins', 'resources', 'scripts'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'vite.config.ts', 'vite.page.config.ts'];

/** Paths of every file under `folders`, sorted, relative to the root with `/`. */
export async function filesUnder(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return []; throw error; });
    for (const entry of entries) if (entry.isFile()) found.push(path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  }
  return found.sort();
}

/** A hex SHA-256 over names and contents of everything that a build reads. */
export async function digestSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [...FILES, ...await filesUnder(FOLDERS)]) {
    const body = await readFile(path.join(root, file)).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return null; throw error; });
    if (body) hash.update(`${file}\0${body.byteLength}\0`).update(body);
  }
  return hash.digest('hex');
}
