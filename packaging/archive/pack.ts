import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import { badArchive } from './bad-archive.ts';
import { pack as gzip } from './gzip.ts';
import { ARCHIVE_LIMITS } from './limits.ts';
import { checkName, NameRegister } from './names.ts';

/** The moment every entry bears: 2020-01-01, since some tools stumble over 1970. */
const FIXED_TIME = new Date(1_577_836_800_000);

/** By code unit, so that no locale has a say. */
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Packs files into a `.troupe` archive: the same bytes for the same input (sorted, fixed times, owners and modes).
 * @param files content by its path inside the archive
 * @throws AppError `plugins/bad-archive` for a name or size that `readArchive` would refuse
 */
export async function packArchive(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const stream = tar.pack();
  const packed = buffer(stream);
  const names = new NameRegister();
  for (const name of [...files.keys()].sort(byName)) {
    names.add(checkName(name, false), false);
    const content = files.get(name) ?? new Uint8Array();
    stream.entry({ name, mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', mtime: FIXED_TIME, type: 'file' }, Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  }
  stream.finalize();
  const plain = await packed;
  if (plain.length > ARCHIVE_LIMITS.unpackedBytes) throw badArchive('too-large', `The files make ${plain.length} bytes; an archive holds at most ${ARCHIVE_LIMITS.unpackedBytes}.`);
  if (files.size > ARCHIVE_LIMITS.entries) throw badArchive('too-many', `There are ${files.size} files; an archive holds at most ${ARCHIVE_LIMITS.entries}.`);
  return gzip(plain);
}
