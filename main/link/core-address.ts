import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../contract/errors/app-error.ts';

/** The longest path that a Unix socket may have on the platforms we run on (macOS: 104 bytes with the final zero). */
const LONGEST_SOCKET_PATH = 100;
const NAME = 'core.address';

/**
 * Where the core of `home` listens for the command line. On Windows a pipe with a random name; elsewhere `<home>/core.sock`,
 * or a file in a private folder below the temporary one when that path would be too long for a socket.
 */
export async function chooseAddress(home: string): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\troupe-${randomBytes(16).toString('hex')}`;
  const beside = path.join(home, 'core.sock');
  if (Buffer.byteLength(beside) <= LONGEST_SOCKET_PATH) return beside;
  const folder = path.join(os.tmpdir(), `troupe-${process.getuid?.() ?? 0}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Everyone may make files in the temporary folder: one that another user made first would show them what passes here.
  const made = await lstat(folder);
  if (!made.isDirectory() || made.uid !== process.getuid?.()) throw new AppError('core/home-in-use', `${folder} is needed for a home with such a long path, and belongs to somebody else. Remove it, or choose a home with a shorter path.`, { details: { folder } });
  await chmod(folder, 0o700);
  return path.join(folder, `${createHash('sha256').update(home).digest('hex').slice(0, 24)}.sock`);
}

/** Tells the command line where the core listens: a file that only this user can read. */
export async function publishAddress(home: string, address: string): Promise<void> {
  const file = path.join(home, NAME);
  await writeFile(`${file}.new`, address, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** The published address, or null when no core of this home ever ran. */
export async function readAddress(home: string): Promise<string | null> {
  return readFile(path.join(home, NAME), 'utf8').catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return null; throw error; });
}
