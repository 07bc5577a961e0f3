import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface PageFile { type: string; body: Buffer; immutable: boolean }

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.woff': 'font/woff', '.webmanifest': 'application/manifest+json',
};

/**
 * The built page in memory, by request path. A request can only name an entry of this list, so that no path of the disk
 * can be reached through it.
 */
export async function loadPage(folder: string): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = path.join(entry.parentPath, entry.name);
    const type = TYPES[path.extname(entry.name)];
    if (!type) continue;
    const address = `/${path.relative(folder, full).split(path.sep).join('/')}`;
    files.set(address, { type, body: await readFile(full), immutable: address.startsWith('/assets/') });
  }
  return files;
}
