/** Reads and unpacks archives: at 50 MiB that takes a quarter of a second, so it runs in the archive thread. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../../contract/errors/app-error.ts';
// By file: the room's index would bring the whole catalog verifier into the thread and double its start.
import { NONE_OFF, type Off } from '../../../../packaging/archive/bad-archive.ts';
import { ARCHIVE_LIMITS } from '../../../../packaging/archive/limits.ts';
import { packArchive } from '../../../../packaging/archive/pack.ts';
import { readGuarded, type PluginArchive } from '../../../../packaging/archive/read.ts';
import { readPluginFolder, unpackTo } from '../../../../packaging/archive/unpack-to.ts';
import { recordOf, recordVersionOf } from '../../../../packaging/catalog/record-of.ts';
import { verifyArchive } from '../../../../packaging/catalog/verify-archive.ts';
import { failpoint } from '../../base/failpoints/index.ts';
import type { ArchiveAnswer, ArchiveTask, Compared, Taken } from './archive-protocol.ts';
import { NOBODY } from './owner.ts';

/**
 * @param off rules that a test switches off
 * @throws AppError of `readArchive` and `verifyArchive`
 */
export async function workOn(task: ArchiveTask, off: Off = NONE_OFF): Promise<ArchiveAnswer> {
  if (task.kind === 'take') return take(task, off);
  const archive = await readGuarded(await readFile(task.file), off);
  if (task.kind === 'inspect') {
    if (!off.has('record')) verifyArchive(archive, task.record, task.version);
    return { manifest: archive.manifest, files: archive.files.size, notes: archive.notes };
  }
  // Between the two tasks the file lay in a cache folder, perhaps while a person thought about consent.
  if (archive.sha512 !== task.sha512) throw new AppError('plugins/digest-mismatch', 'The archive was changed on this machine after it had been checked. Nothing of it was installed; try again.', { details: { expected: task.sha512, received: archive.sha512 } });
  if (task.kind === 'compare') return compare(archive, task.folder);
  await unpackTo(archive, task.folder, off, () => { failpoint('unpack.file'); });
  failpoint('unpack.synced');
  return { files: archive.files.size };
}

async function compare({ files }: PluginArchive, folder: string): Promise<Compared> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Map(entries.filter((entry) => !entry.isDirectory()).map((entry) => [path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'), entry.isFile()]));
  const changed: string[] = [];
  for (const [name, content] of files) {
    // A link is not read: what it leads to is not the plugin's.
    if (found.has(name) && !(found.get(name) === true && (await readFile(path.join(folder, ...name.split('/')))).equals(content))) changed.push(name);
  }
  return { missing: [...files.keys()].filter((name) => !found.has(name)).sort(), changed: changed.sort(), added: [...found.keys()].filter((name) => !files.has(name)).sort() };
}

async function take({ from, isFolder, to, at }: Extract<ArchiveTask, { kind: 'take' }>, off: Off): Promise<Taken> {
  if (!isFolder && (await stat(from)).size > ARCHIVE_LIMITS.packedBytes) throw new AppError('plugins/bad-archive', `The archive has more than ${ARCHIVE_LIMITS.packedBytes} bytes, the most that is allowed.`, { details: { reason: 'too-large' } });
  // A folder is packed and read again, so that what runs came through the same door as everything else.
  const bytes = isFolder ? await packArchive((await readPluginFolder(from)).files) : await readFile(from);
  const archive = await readGuarded(bytes, off);
  await writeFile(to, bytes);
  const { partner } = archive.manifest.plugin;
  const version = recordVersionOf(archive, { signature: { key_id: NOBODY, signature: '' }, publishedAt: at });
  const record = recordOf(archive, { publisher: { id: NOBODY, name: partner?.name ?? NOBODY, tier: 'tier3', verified: false, website: null, logo: null, keys: [] }, versions: [version] });
  return { record, version, inspected: { manifest: archive.manifest, files: archive.files.size, notes: archive.notes } };
}
