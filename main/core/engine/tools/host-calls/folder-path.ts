import { lstat, mkdir, open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../../../contract/errors/app-error.ts';
import { isErrorCode } from '../../../../../contract/errors/codes.ts';
import { denied } from './scope.ts';

const codeOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '');
const outside = (asked: string): AppError => denied('folder', `"${asked.slice(0, 200)}" leads out of the folder that was granted. Name a path inside it.`);

/** A system's error as the plugin may see it: what happened and to which path as it named it, never where the folder lies. */
export function fileError(error: unknown, asked: string): unknown {
  if (isErrorCode(codeOf(error))) return error;
  const shown = `"${asked.slice(0, 200)}"`;
  switch (codeOf(error)) {
    case 'ENOENT': return new AppError('tools/not-found', `There is no ${shown} in the folder.`, { cause: error });
    case 'ENOTDIR': case 'EISDIR': return new AppError('core/bad-input', `${shown} is not of the kind that was asked for (file or folder).`, { cause: error });
    case 'ELOOP': return outside(asked);
    case 'EACCES': case 'EPERM': case 'EROFS': return denied('folder', `The system does not let Troupe at ${shown}.`);
    case 'ENOSPC': case 'EDQUOT': return new AppError('store/full', 'The disk is full. Free some space and try again.', { cause: error });
    case '': return error;
    default: return new AppError('tools/failed', `${shown} could not be used (${codeOf(error)}).`, { cause: error });
  }
}

/** Whether `target` is `root` or lies below it; both are real paths. */
const within = (root: string, target: string): boolean => {
  const way = path.relative(root, target);
  return way === '' || (!path.isAbsolute(way) && way !== '..' && !way.startsWith(`..${path.sep}`));
};

/** The parts of a path as the plugin writes it: relative, `/` between, nothing that climbs or means something to a system. */
export function partsOf(asked: string): string[] {
  if (asked.length > 4096 || /[\0\\:]/.test(asked) || asked.startsWith('/')) throw outside(asked);
  const parts = asked.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw outside(asked);
  return parts;
}

/** The folder itself, as it is now. */
export async function realRoot(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    throw new AppError('tools/not-found', 'The folder that was granted is no longer there. Pick it again.', { cause: error });
  }
}

/** Where an existing path really lies. @throws `permission/denied` when that is outside. */
export async function realTarget(root: string, asked: string): Promise<string> {
  const target = await realpath(path.join(root, ...partsOf(asked)));
  if (!within(root, target)) throw outside(asked);
  return target;
}

/**
 * Opens a regular file for reading. The path is resolved before and compared after: a link that was put in between is
 * found, and a pipe or device is never waited for.
 */
export async function openInside(root: string, asked: string): Promise<FileHandle> {
  const target = await realTarget(root, asked);
  const handle = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const [opened, named] = [await handle.stat(), await stat(await realTarget(root, asked))];
    if (opened.ino !== named.ino || opened.dev !== named.dev) throw outside(asked);
    if (!opened.isFile()) throw new AppError('core/bad-input', `"${asked.slice(0, 200)}" is not a file.`);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The real folder of a path whose last part may not exist, and that part. A link in the last place is refused. */
export async function parentInside(root: string, asked: string): Promise<{ parent: string; name: string }> {
  const parts = partsOf(asked);
  const name = parts.pop();
  if (name === undefined) throw new AppError('core/bad-input', 'A file name was expected, not the folder itself.');
  const parent = await realTarget(root, parts.join('/'));
  const there = await lstat(path.join(parent, name)).catch((error: unknown) => { if (codeOf(error) === 'ENOENT') return undefined; throw error; });
  if (there?.isSymbolicLink()) throw outside(asked);
  if (there && !there.isFile()) throw new AppError('core/bad-input', `"${asked.slice(0, 200)}" is not a file.`);
  return { parent, name };
}

/** Makes the folders on the way one by one, each below a real folder inside. */
export async function makeFolders(root: string, asked: string): Promise<void> {
  const parts = partsOf(asked).slice(0, -1);
  for (let count = 1; count <= parts.length; count += 1) {
    const parent = await realTarget(root, parts.slice(0, count - 1).join('/'));
    await mkdir(path.join(parent, parts[count - 1] as string)).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
}
