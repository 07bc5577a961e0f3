import { badArchive, NONE_OFF, type Off } from './bad-archive.ts';
import { readContents, type PluginContents } from './contents.ts';
import { sha512Of } from './digest.ts';
import { unpack } from './gzip.ts';
import { limitsOf, type ArchiveLimits } from './limits.ts';
import { readTar } from './tar-reader.ts';

/** A whole archive in memory (at most 50 MiB), with everything in it parsed. Digests are lower-case hex. */
export interface PluginArchive extends PluginContents {
  /** Of the packed archive. */
  sha512: string;
  /** Bytes of the packed archive. */
  size: number;
  /** Of plugin.yaml as it lies in the archive. */
  manifestSha512: string;
}

async function collect(source: Uint8Array | AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const tooLarge = (): Error => badArchive('too-large', `The archive has more than ${limit} bytes, the most that is allowed.`, { limit });
  if (source instanceof Uint8Array) {
    if (source.length > limit) throw tooLarge();
    return source;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** The files of an archive by path, names and limits checked, nothing parsed. @throws AppError `plugins/bad-archive` */
export async function readArchiveFiles(source: Uint8Array | AsyncIterable<Uint8Array>, lower: Partial<ArchiveLimits> = {}): Promise<Map<string, Uint8Array>> {
  const limits = limitsOf(lower);
  return readTar(await unpack(await collect(source, limits.packedBytes), limits.unpackedBytes), limits);
}

/**
 * Reads a `.troupe` archive as what it is until proven otherwise: hostile.
 * @param lower limits below the usual ones
 * @throws AppError `plugins/bad-archive` (with `details.reason`) or `plugins/bad-manifest` (with `details.problems`)
 */
export async function readArchive(source: Uint8Array | AsyncIterable<Uint8Array>, lower: Partial<ArchiveLimits> = {}): Promise<PluginArchive> {
  return readGuarded(source, NONE_OFF, lower);
}

/** `readArchive` with rules that a test can switch off. */
export async function readGuarded(source: Uint8Array | AsyncIterable<Uint8Array>, off: Off, lower: Partial<ArchiveLimits> = {}): Promise<PluginArchive> {
  const limits = limitsOf(lower);
  const bytes = await collect(source, limits.packedBytes);
  const files = readTar(await unpack(bytes, limits.unpackedBytes, off), limits, off);
  const contents = readContents(files, limits, off);
  const [sha512, manifestSha512] = await Promise.all([sha512Of(bytes), sha512Of(files.get('plugin.yaml') ?? new Uint8Array())]);
  return { ...contents, sha512, size: bytes.length, manifestSha512 };
}
