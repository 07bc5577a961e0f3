import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { badArchive, NONE_OFF, type Off } from './bad-archive.ts';
import { readContents, type PluginContents } from './contents.ts';
import { limitsOf } from './limits.ts';
import { checkName, NameRegister } from './names.ts';

/** Makes what was written survive a power loss. Windows has no handle for a folder and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes the files of a checked archive into a folder that does not exist or is empty: folders 0755, files 0644, each
 * fsynced, then their folders. When it throws, the caller removes the folder.
 * @param written told after each file
 * @throws AppError `plugins/bad-archive` for a name that no archive may hold; errors of the file system as they are
 */
export async function unpackTo(archive: Pick<PluginContents, 'files'>, folder: string, off: Off = NONE_OFF, written: () => void = () => undefined): Promise<void> {
  const folders = new Set<string>([folder]);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const [name, content] of archive.files) {
    const file = path.join(folder, ...checkName(name, false, off).split('/'));
    const parent = path.dirname(file);
    if (!folders.has(parent)) {
      await mkdir(parent, { recursive: true, mode: 0o755 });
      for (let up = parent; up.length > folder.length; up = path.dirname(up)) folders.add(up);
    }
    // wx: nothing that lies there already, a link above all, is ever written through.
    const handle = await open(file, 'wx', 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    written();
  }
  for (const made of folders) await syncFolder(made);
  await syncFolder(path.dirname(folder));
}

/**
 * Reads a plugin from an unpacked folder with the same rules as from an archive. Links and other kinds are refused.
 * @throws AppError `plugins/bad-archive`, `plugins/bad-manifest`
 */
export async function readPluginFolder(folder: string): Promise<PluginContents> {
  const limits = limitsOf();
  const files = new Map<string, Uint8Array>();
  const names = new NameRegister();
  let bytes = 0;
  const walk = async (relative: string): Promise<void> => {
    for (const entry of await readdir(path.join(folder, relative), { withFileTypes: true })) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (!entry.isFile() && !entry.isDirectory()) throw badArchive('kind', `The plugin's folder holds ${name}, which is neither a file nor a folder.`, { name });
      names.add(checkName(name, entry.isDirectory()), entry.isDirectory());
      if (entry.isDirectory()) await walk(name);
      else {
        const content = await readFile(path.join(folder, name));
        bytes += content.length;
        files.set(name, content);
      }
      if (bytes > limits.unpackedBytes || files.size > limits.entries) throw badArchive('too-large', `The plugin's folder holds more than ${limits.unpackedBytes} bytes or ${limits.entries} files.`);
    }
  };
  await walk('');
  return readContents(files, limits);
}
