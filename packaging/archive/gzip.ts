import { constants } from 'node:buffer';
import { crc32, gzip, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import { badArchive, NONE_OFF, refuse, type Off } from './bad-archive.ts';

const HEADER = 10;
const TRAILER = 8;

/** One gzip member whose bytes depend on the content alone: no time, no name, unknown system. */
export async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = await promisify<Uint8Array, object, Buffer>(gzip)(bytes, { level: 9 });
  packed.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  return packed;
}

/** Inflates with a limit that holds while it runs, and says how many bytes of the input it used. */
function inflate(bytes: Uint8Array, limit: number): Promise<{ buffer: Buffer; used: number }> {
  return new Promise((resolve, reject) => {
    inflateRaw(bytes, { maxOutputLength: limit, info: true }, (error: Error | null, result: unknown) => {
      if (error) reject(error);
      else {
        const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
        resolve({ buffer, used: engine.bytesWritten });
      }
    });
  });
}

/**
 * Unpacks exactly one gzip member with nothing after it.
 * @param limit the most bytes it may unpack to
 * @throws AppError `plugins/bad-archive`
 */
export async function unpack(bytes: Uint8Array, limit: number, off: Off = NONE_OFF): Promise<Uint8Array> {
  if (bytes.length < HEADER + TRAILER || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw badArchive('gzip', 'The file is not a .troupe archive: it does not begin as gzip does.');
  // Flags announce optional fields (a name, a comment, extra data), places for bytes that nobody checks.
  if (bytes[3] !== 0) throw badArchive('gzip', 'The archive has optional gzip fields; a .troupe archive has none. Pack it with "troupe pack".');
  const body = bytes.subarray(HEADER);
  const { buffer, used } = await inflate(body, off.has('too-large') ? constants.MAX_LENGTH : limit).catch((cause: unknown) => {
    const tooLarge = typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge ? badArchive('too-large', `The archive unpacks to more than ${limit} bytes, the most that is allowed.`, { limit }, cause)
      : badArchive('gzip', 'The archive is damaged: it cannot be decompressed.', {}, cause);
  });
  if (body.length - used < TRAILER) throw badArchive('gzip', 'The archive is cut short: its checksum is missing.');
  if (body.length - used > TRAILER) refuse(off, 'trailing', 'The archive has data after its end; a .troupe archive is one gzip member with nothing after it.');
  const trailer = new DataView(body.buffer, body.byteOffset + used, TRAILER);
  if (trailer.getUint32(0, true) !== crc32(buffer) || trailer.getUint32(4, true) !== buffer.length) refuse(off, 'gzip', 'The archive is damaged: its checksum does not fit.');
  return buffer;
}
