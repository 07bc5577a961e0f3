/** Files in a folder that the person picked: real paths, no link that leads out, whole or not at all. */
import { constants } from 'node:fs';
import { lstat, open, opendir, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { fileError, makeFolders, openInside, parentInside, realRoot, realTarget } from '../host-calls/folder-path.ts';
import { field, type ConnectedTool, type Kind, type Reach } from './kind.ts';

/** What a model can read at once; a larger file is cut and says so. */
const MAX_READ = 200_000;
const MAX_WRITE = 1_000_000;
const MAX_ENTRIES = 1000;

const placed = { type: 'string', minLength: 1, maxLength: 1000, description: 'The path in the folder, such as notes/today.md.' };
const mayWrite: NonNullable<ConnectedTool['offered']> = (values) => values['access'] === 'write';

/** The folder as it is now; a system's error as the model may see it. */
async function inside<T>(reach: Reach, asked: string, work: (root: string) => Promise<T>): Promise<T> {
  const root = await realRoot(reach.folder ?? '');
  try { return await work(root); } catch (error) { throw fileError(error, asked); }
}

const list: ConnectedTool['run'] = async (input, reach) => {
  const asked = typeof input.path === 'string' ? input.path : '';
  const entries = await inside(reach, asked, async (root) => {
    const folder = await realTarget(root, asked);
    const found: { name: string; kind: 'file' | 'folder'; size: number }[] = [];
    for await (const entry of await opendir(folder)) {
      // Links are left out, since they may lead away.
      if (!entry.isFile() && !entry.isDirectory()) continue;
      if (found.length === MAX_ENTRIES) throw new AppError('tools/failed', `This folder has more than ${MAX_ENTRIES} entries. Name a folder inside it.`);
      found.push({ name: entry.name, kind: entry.isFile() ? 'file' : 'folder', size: entry.isFile() ? (await lstat(path.join(folder, entry.name))).size : 0 });
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  });
  reach.told('file_read', `${reach.name}/${asked}`);
  return { entries };
};

const read: ConnectedTool['run'] = async (input, reach) => {
  const asked = String(input.path);
  const answer = await inside(reach, asked, async (root) => {
    const handle = await openInside(root, asked);
    try {
      const { size } = await handle.stat();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, MAX_READ)), 0, Math.min(size, MAX_READ), 0);
      // A cut in the middle of a letter is no sign of another kind of file.
      const text = new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead), { stream: size > bytesRead });
      return { text, size, cut: size > bytesRead };
    } catch (error) {
      if (error instanceof TypeError) throw new AppError('tools/failed', `"${asked.slice(0, 200)}" is not a text file.`, { cause: error });
      throw error;
    } finally {
      await handle.close();
    }
  });
  reach.told('file_read', `${reach.name}/${asked}`);
  return answer;
};

/** @throws AppError `tools/bad-arguments` when something stands there and was not meant to be replaced */
async function free(file: string, asked: string, replace: unknown): Promise<void> {
  if (replace === true) return;
  const there = await lstat(file).then(() => true, (error: unknown) => { if ((error as { code?: unknown }).code === 'ENOENT') return false; throw error; });
  if (there) throw new AppError('tools/bad-arguments', `There is a file "${asked.slice(0, 200)}" already. Choose another name, or say that it is to be replaced.`);
}

const write: ConnectedTool['run'] = async (input, reach) => {
  const [asked, text] = [String(input.path), String(input.text)];
  await inside(reach, asked, async (root) => {
    await makeFolders(root, asked);
    const { parent, name } = await parentInside(root, asked);
    const target = path.join(parent, name);
    await free(target, asked, input.replace);
    const beside = path.join(parent, `.troupe-${reach.ids.next()}.part`);
    const handle = await open(beside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      try {
        await handle.writeFile(text, 'utf8');
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, target);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  });
  reach.told('file_written', `${reach.name}/${asked}`);
  return { written: Buffer.byteLength(text) };
};

const move: ConnectedTool['run'] = async (input, reach) => {
  const [from, to] = [String(input.from), String(input.to)];
  await inside(reach, from, async (root) => {
    const source = await parentInside(root, from);
    await lstat(path.join(source.parent, source.name));
    await makeFolders(root, to);
    const target = await parentInside(root, to);
    await free(path.join(target.parent, target.name), to, input.replace);
    await rename(path.join(source.parent, source.name), path.join(target.parent, target.name));
  });
  reach.told('file_written', `${reach.name}/${from}`);
  reach.told('file_written', `${reach.name}/${to}`);
  return { moved: true };
};

const remove: ConnectedTool['run'] = async (input, reach) => {
  const asked = String(input.path);
  await inside(reach, asked, async (root) => {
    const { parent, name } = await parentInside(root, asked);
    await unlink(path.join(parent, name));
  });
  reach.told('file_written', `${reach.name}/${asked}`);
  return { removed: true };
};

const replace = { type: 'boolean', description: 'True replaces a file that is there; otherwise it is kept and this fails.' };

export const folder: Kind = {
  kind: 'folder', picks: true, place: (_values, picked) => picked ?? '',
  fields: [field('access', 'enum', 'May', 'read: agents may only look. write: they may also write, move and remove files, and are asked about each time.', { options: ['read', 'write'] })],
  tools: [
    { id: 'builtin.files_list', title: 'List files', effect: 'read', description: 'Lists the files and folders of a folder, with their sizes in bytes.', input: { type: 'object', additionalProperties: false, properties: { path: { ...placed, minLength: 0, description: 'A folder inside; the whole folder when left out.' } } }, run: list },
    { id: 'builtin.files_read', title: 'Read a file', effect: 'read', description: 'Reads a text file.', input: { type: 'object', additionalProperties: false, required: ['path'], properties: { path: placed } }, run: read },
    { id: 'builtin.files_write', title: 'Write a file', effect: 'write', offered: mayWrite, description: 'Writes a text file, with the folders on its way.', input: { type: 'object', additionalProperties: false, required: ['path', 'text'], properties: { path: placed, text: { type: 'string', maxLength: MAX_WRITE }, replace } }, run: write },
    { id: 'builtin.files_move', title: 'Move a file', effect: 'destructive', offered: mayWrite, description: 'Moves or renames a file.', input: { type: 'object', additionalProperties: false, required: ['from', 'to'], properties: { from: placed, to: placed, replace } }, run: move },
    { id: 'builtin.files_remove', title: 'Remove a file', effect: 'destructive', offered: mayWrite, description: 'Removes a file for good.', input: { type: 'object', additionalProperties: false, required: ['path'], properties: { path: placed } }, run: remove },
  ],
  async test(reach) { const { entries } = (await list({}, reach)) as { entries: readonly unknown[] }; return `The folder is there, with ${entries.length} entries.`; },
};
