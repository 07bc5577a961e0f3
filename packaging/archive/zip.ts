import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { badArchive, type Off } from './bad-archive.ts';
import { checkName, NameRegister } from './names.ts';

/** What a zip archive may hold, in bytes packed, bytes unpacked and files and folders together. */
export interface ZipLimits { readonly packedBytes: number; readonly unpackedBytes: number; readonly entries: number }

const inflate = promisify(inflateRaw);
const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
/** What stands at the top of such an archive is its own matter; everything else of a name is held to the rules of plugins. */
const ANY_TOP: Off = new Set(['top-level']);
const broken = (cause?: unknown): Error => badArchive('zip', 'This is no zip archive that can be read, or it was cut off. Bring it again from where it came.', {}, cause);

/**
 * Reads a zip archive as hostile: names as those of plugins, no links, no encryption, no second entry of a name, and every entry really
 * unpacked up to the limits, since what an archive says of its own sizes proves nothing. Files by path; folders are left out.
 * @throws AppError `plugins/bad-archive`
 */
export async function readZip(archive: Uint8Array, limits: ZipLimits): Promise<Map<string, Uint8Array>> {
  const tooLarge = (): Error => badArchive('too-large', `The archive holds more than ${limits.entries} files or ${limits.unpackedBytes} bytes, the most that is allowed.`);
  if (archive.length > limits.packedBytes) throw badArchive('too-large', `The archive has more than ${limits.packedBytes} bytes, the most that is allowed.`);
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const files = new Map<string, Uint8Array>();
  const names = new NameRegister();
  let left = limits.unpackedBytes;
  try {
    const { at: first, count } = directoryOf(bytes);
    if (count > limits.entries) throw tooLarge();
    let at = first;
    for (let entry = 0; entry < count; entry += 1) {
      if (bytes.readUInt32LE(at) !== ENTRY) throw broken();
      const [madeBy, flags, method, packed, unpacked] = [bytes.readUInt8(at + 5), bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
      const [nameBytes, extra, comment, mode, header] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 38) >>> 16, bytes.readUInt32LE(at + 42)];
      const given = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at + 46, at + 46 + nameBytes));
      const isFolder = given.endsWith('/');
      const name = checkName(given, isFolder, ANY_TOP);
      // Where Unix made it, the upper half says what it is: a link could lead out of the folder, or be written through.
      const kind = madeBy === 3 ? mode & 0o170000 : 0;
      if (kind !== 0 && kind !== (isFolder ? 0o040000 : 0o100000)) throw badArchive('kind', `The archive holds ${JSON.stringify(name)}, which is neither a file nor a folder.`, { name });
      if ((flags & 1) !== 0) throw badArchive('kind', 'The archive is encrypted. Only archives that anybody can read are taken.', { name });
      names.add(name, isFolder);
      if (!isFolder) {
        if (bytes.readUInt32LE(header) !== LOCAL) throw broken();
        const from = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
        const content = bytes.subarray(from, from + packed);
        if (content.length !== packed || (method !== 0 && method !== 8)) throw broken();
        if (unpacked > left) throw tooLarge();
        // One byte more than it says: what is longer is none of what was said.
        const text = method === 0 ? content : await inflate(content, { maxOutputLength: unpacked + 1 });
        if (text.length !== unpacked || crc32(text) !== bytes.readUInt32LE(at + 16)) throw broken();
        left -= unpacked;
        files.set(name, text);
      }
      at += 46 + nameBytes + extra + comment;
    }
    return files;
  } catch (error) {
    // A place outside the archive, text that is none, or content that does not unpack.
    if (error instanceof RangeError || error instanceof TypeError || (error instanceof Error && 'code' in error && /^(Z_|ERR_BUFFER_TOO_LARGE|ERR_ENCODING)/.test(String(error.code)))) throw broken(error);
    throw error;
  }
}

/** Where the list of entries begins, and how many there are. It stands at the end, before a comment of at most 65,535 bytes. */
function directoryOf(bytes: Buffer): { at: number; count: number } {
  const from = Math.max(0, bytes.length - 65_557);
  for (let at = bytes.length - 22; at >= from; at -= 1) {
    if (bytes.readUInt32LE(at) === END && at + 22 + bytes.readUInt16LE(at + 20) === bytes.length) return { at: bytes.readUInt32LE(at + 16), count: bytes.readUInt16LE(at + 10) };
  }
  throw broken();
}
