import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface PageFile { address: string; type: string; body: Buffer; immutable: boolean }

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
  // Folder by folder: the Node inside some versions of Electron cannot list folders recursively.
  const take = async (below: string): Promise<void> => {
    for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
      const address = `${below}/${entry.name}`;
      if (entry.isDirectory()) { await take(address); continue; }
      const type = TYPES[path.extname(entry.name)];
      if (type && entry.isFile()) files.set(address, { address, type, body: await readFile(path.join(folder, address)), immutable: address.startsWith('/assets/') });
    }
  };
  await take('');
  return files;
}
