/** Writes tar and gzip by hand, so that tests can write what no honest tool would. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface RawEntry {
  name: string | Buffer;
  content?: string | Uint8Array;
  type?: string;
  link?: string;
  prefix?: string;
  /** What the header says, when it is not the truth. */
  size?: number;
  magic?: string;
  /** Changes the finished header before its checksum is made. */
  patch?: (header: Buffer) => void;
  /** Changes it after. */
  spoil?: (header: Buffer) => void;
  padding?: number;
}

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

export function rawEntry(entry: RawEntry): Buffer {
  const header = Buffer.alloc(512);
  const content = Buffer.from(entry.content ?? '');
  header.set(Buffer.isBuffer(entry.name) ? entry.name : Buffer.from(entry.name), 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(entry.size ?? content.length, 12), 124);
  header.write(octal(1_577_836_800, 12), 136);
  header.write(entry.type ?? '0', 156);
  header.write(entry.link ?? '', 157);
  header.write(entry.magic ?? 'ustar\x0000', 257, 'latin1');
  header.write(entry.prefix ?? '', 345);
  entry.patch?.(header);
  header.fill(' ', 148, 156);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  entry.spoil?.(header);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512, entry.padding ?? 0)]);
}

export const rawTar = (entries: readonly RawEntry[], end: Buffer = Buffer.alloc(1024)): Buffer => Buffer.concat([...entries.map(rawEntry), end]);

/** A pax record; its length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length) length = String(length).length + Buffer.byteLength(rest);
  return `${length}${rest}`;
}

export interface RawGzip { flags?: number; extra?: Buffer; after?: Buffer; checksum?: number; length?: number }

export function rawGzip(plain: Uint8Array, { flags = 0, extra = Buffer.alloc(0), after = Buffer.alloc(0), checksum, length }: RawGzip = {}): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum ?? crc32(plain), 0);
  trailer.writeUInt32LE(length ?? plain.length, 4);
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 2, 255]), extra, deflateRawSync(plain), trailer, after]);
}
