import { lstat, open, opendir, rename, rm, unlink, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { fileError, makeFolders, openInside, parentInside, realRoot, realTarget } from './folder-path.ts';
import { denied, inRun, mustWrite, parse, type HostCall, type HostCallScope } from './scope.ts';

export const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_ENTRIES = 10_000;

const place = { key: z.string().check(z.maxLength(64)), path: z._default(z.string().check(z.maxLength(4096)), '') };
const placeSchema = z.strictObject(place);
const writeSchema = z.strictObject({ ...place, text: z.string() });

/** The folder of a key, when it was both granted and picked. Write access includes reading. */
async function rootOf(scope: HostCallScope, key: string, access: 'read' | 'write'): Promise<string> {
  const { code } = scope;
  const write = code.grants.has(`folder:${key}:write`);
  if (!write && (access === 'write' || !code.grants.has(`folder:${key}:read`))) throw denied(`folder:${key}:${access}`, `The folder "${key}" was not granted to this plugin for ${access === 'write' ? 'writing' : 'reading'}.`);
  const folder = await scope.parts.plugins.folder(code.pluginId, key);
  if (!folder) throw denied(`folder:${key}:${access}`, `No folder was picked for "${key}". Pick one on the page of the plugin.`);
  if (access === 'write' && folder.access !== 'write') throw denied(`folder:${key}:write`, `The folder picked for "${key}" is for reading only.`);
  return realRoot(folder.path);
}

const told = async <T>(asked: string, work: () => Promise<T>): Promise<T> => {
  try { return await work(); } catch (error) { throw fileError(error, asked); }
};

async function readBytes(scope: HostCallScope, args: unknown, name: string): Promise<Buffer> {
  const asked = parse(placeSchema, args, name);
  const root = await rootOf(scope, asked.key, 'read');
  return told(asked.path, async () => {
    const handle: FileHandle = await openInside(root, asked.path);
    try {
      const { size } = await handle.stat();
      if (size > MAX_FILE_BYTES) throw new AppError('sandbox/result-too-large', `"${asked.path.slice(0, 200)}" has ${size} bytes; at most ${MAX_FILE_BYTES} are read at once.`);
      scope.onBytes?.(size);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  });
}

export const filesReadText: HostCall = async (scope, args) => (await readBytes(scope, args, 'files.readText')).toString('utf8');
export const filesReadBytes: HostCall = async (scope, args) => (await readBytes(scope, args, 'files.readBytes')).toString('base64');

/** Files and folders with their sizes in bytes, sorted by name; links are left out, since they may lead away. */
export const filesList: HostCall = async (scope, args) => {
  const asked = parse(placeSchema, args, 'files.list');
  const root = await rootOf(scope, asked.key, 'read');
  return told(asked.path, async () => {
    const folder = await realTarget(root, asked.path);
    const entries: { name: string; kind: 'file' | 'folder'; size: number }[] = [];
    for await (const entry of await opendir(folder)) {
      if (!entry.isFile() && !entry.isDirectory()) continue;
      entries.push({ name: entry.name, kind: entry.isFile() ? 'file' : 'folder', size: entry.isFile() ? (await lstat(path.join(folder, entry.name))).size : 0 });
      if (entries.length > MAX_ENTRIES) throw new AppError('sandbox/result-too-large', `"${asked.path.slice(0, 200)}" has more than ${MAX_ENTRIES} entries.`);
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  });
};

/** Whole or not at all: written beside and moved into place. */
export const filesWriteText: HostCall = async (scope, args) => {
  const asked = parse(writeSchema, args, 'files.writeText');
  const root = await rootOf(scope, asked.key, 'write');
  mustWrite(scope, 'write files');
  if (Buffer.byteLength(asked.text) > MAX_FILE_BYTES) throw new AppError('core/bad-input', `At most ${MAX_FILE_BYTES} bytes are written at once.`);
  await scope.begin();
  await told(asked.path, async () => {
    await makeFolders(root, asked.path);
    const { parent, name } = await parentInside(root, asked.path);
    const beside = path.join(parent, `.troupe-${inRun(scope, `folder:${asked.key}:write`).session.context.ids.next()}.part`);
    const handle = await open(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      try {
        await handle.writeFile(asked.text, 'utf8');
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, path.join(parent, name));
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  });
  return null;
};

export const filesRemove: HostCall = async (scope, args) => {
  const asked = parse(placeSchema, args, 'files.remove');
  const root = await rootOf(scope, asked.key, 'write');
  mustWrite(scope, 'remove files');
  await scope.begin();
  await told(asked.path, async () => {
    const { parent, name } = await parentInside(root, asked.path);
    await unlink(path.join(parent, name));
  });
  return null;
};
