/** Reads and unpacks archives: at 50 MiB that takes a quarter of a second, so it runs in the archive thread. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../../../../contract/errors/app-error.ts';
// By file: the room's index would bring the whole catalog verifier into the thread and double its start.
import { readArchive, type PluginArchive } from '../../../../packaging/archive/read.ts';
import { unpackTo } from '../../../../packaging/archive/unpack-to.ts';
import { verifyArchive } from '../../../../packaging/catalog/verify-archive.ts';
import type { ArchiveTask, Inspected } from './archive-protocol.ts';

const read = async (file: string): Promise<PluginArchive> => readArchive(await readFile(file));

/** @throws AppError of `readArchive` and `verifyArchive` */
export async function workOn(task: ArchiveTask): Promise<Inspected | { files: number }> {
  const archive = await read(task.file);
  if (task.kind === 'inspect') {
    verifyArchive(archive, task.record, task.version);
    return { manifest: archive.manifest, files: archive.files.size, notes: archive.notes };
  }
  // Between the two tasks the file lay in a cache folder, perhaps while a person thought about consent.
  if (archive.sha512 !== task.sha512) throw new AppError('plugins/digest-mismatch', 'The archive was changed on this machine after it had been checked. Nothing of it was installed; try again.', { details: { expected: task.sha512, received: archive.sha512 } });
  await unpackTo(archive, task.folder);
  return { files: archive.files.size };
}
