import { badArchive, NONE_OFF, refuse, type Off } from './bad-archive.ts';
import type { ArchiveLimits } from './limits.ts';
import { checkName, NameRegister } from './names.ts';

const BLOCK = 512;

/** Raw header fields of a ustar block: where they begin and how long they are. */
const FIELDS = { name: [0, 100], size: [124, 12], checksum: [148, 8], type: [156, 1], link: [157, 100], magic: [257, 8], prefix: [345, 155] } as const;

interface Header { name: string; size: number; type: string }


function decode(bytes: Uint8Array, off: Off): string {
  try {
    return new TextDecoder('utf-8', { fatal: !off.has('name'), ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badArchive('name', 'The archive holds a name that is not valid UTF-8.', {}, cause);
  }
}

/** The text before the first NUL. What follows has to be NULs: bytes hidden there would be read by others, not by us. */
function textField(block: Uint8Array, [start, length]: readonly [number, number], off: Off): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  if (end !== -1 && field.subarray(end).some((byte) => byte !== 0)) refuse(off, 'header', 'The archive has a header with hidden bytes.');
  return decode(end === -1 ? field : field.subarray(0, end), off);
}

/** Octal digits only: the base-256 form lets two readers see two sizes. */
function octalField(block: Uint8Array, [start, length]: readonly [number, number]): number {
  const match = /^ *([0-7]+)[ \0]*$/.exec(String.fromCharCode(...block.subarray(start, start + length)));
  if (!match?.[1]) throw badArchive('header', 'The archive has a header with a number that is not plain octal.');
  return Number.parseInt(match[1], 8);
}

function readHeader(block: Uint8Array, off: Off): Header {
  const [start, length] = FIELDS.checksum;
  const sum = block.reduce((total, byte, index) => total + (index >= start && index < start + length ? 32 : byte), 0);
  if (octalField(block, FIELDS.checksum) !== sum) refuse(off, 'header', 'The archive is damaged: a header has the wrong checksum.');
  if (String.fromCharCode(...block.subarray(257, 265)) !== 'ustar\x0000') refuse(off, 'header', 'The archive is not a POSIX tar inside. Pack it with "troupe pack".');
  const prefix = textField(block, FIELDS.prefix, off);
  const name = textField(block, FIELDS.name, off);
  if (textField(block, FIELDS.link, off) !== '') refuse(off, 'link', `The archive holds ${JSON.stringify(name)}, which points to another file; only regular files and folders are allowed.`, { name });
  return { name: prefix === '' ? name : `${prefix}/${name}`, size: octalField(block, FIELDS.size), type: String.fromCharCode(block[156] ?? 0) };
}

/**
 * The records of a pax header. Only a long `path` is taken; times are ignored; every other key (size, linkpath, sparse
 * maps) could make two readers see two archives and is refused.
 */
function readPax(bytes: Uint8Array, off: Off): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const digits = space === -1 || space - at > 8 ? '' : String.fromCharCode(...bytes.subarray(at, space));
    const length = /^[1-9]\d*$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (length === 0 || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a) throw badArchive('pax', 'The archive has a damaged extended header.');
    const record = decode(bytes.subarray(space + 1, end - 1), off);
    const equals = record.indexOf('=');
    const key = equals === -1 ? record : record.slice(0, equals);
    if (key === 'path' && (path === undefined || off.has('pax'))) path = record.slice(equals + 1);
    else if (!['mtime', 'atime', 'ctime'].includes(key)) refuse(off, 'pax', `The archive has an extended header with ${JSON.stringify(key.slice(0, 60))}, which is not allowed. Pack it with "troupe pack".`);
    at = end;
  }
  return path;
}

const KINDS: Record<string, string> = { '1': 'a hard link', '2': 'a symbolic link', '3': 'a character device', '4': 'a block device', '6': 'a pipe', '7': 'a contiguous file', S: 'a sparse file', g: 'a global header', L: 'a GNU long name', K: 'a GNU long link' };

/**
 * Reads the files of an unpacked tar from its raw headers. A library's leniency is what a hostile archive lives on, so
 * everything that `troupe pack` does not write is refused here instead of being interpreted.
 * @throws AppError `plugins/bad-archive`
 */
export function readTar(tar: Uint8Array, limits: ArchiveLimits, off: Off = NONE_OFF): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const names = new NameRegister(off);
  let long: string | undefined;
  let pax = false;
  let entries = 0;
  if (tar.length % BLOCK !== 0) refuse(off, 'tar', 'The archive is cut short.');
  for (let at = 0; at < tar.length; at += BLOCK) {
    const block = tar.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) {
      if (pax || tar.length - at < 2 * BLOCK || tar.subarray(at).some((byte) => byte !== 0)) refuse(off, 'tar', 'The archive has data after its end, or no proper end.');
      return files;
    }
    entries += 1;
    if (entries > limits.entries) refuse(off, 'too-many', `The archive has more than ${limits.entries} entries.`, { limit: limits.entries });
    const header = readHeader(block, off);
    const start = at + BLOCK;
    const end = start + header.size;
    const padded = start + Math.ceil(header.size / BLOCK) * BLOCK;
    if (padded > tar.length) throw badArchive('tar', 'The archive is cut short inside an entry.');
    if (tar.subarray(end, padded).some((byte) => byte !== 0)) refuse(off, 'tar', 'The archive has hidden bytes between two entries.');
    if (header.type === 'x') {
      if (pax) refuse(off, 'pax', 'The archive has two extended headers for one entry.');
      pax = true;
      long = readPax(tar.subarray(start, end), off);
    } else {
      if (header.type !== '0' && header.type !== '5') refuse(off, 'kind', `The archive holds ${JSON.stringify(header.name)}, ${KINDS[header.type] ?? 'an entry of an unknown kind'}; only regular files and folders are allowed.`, { name: header.name });
      const folder = header.type === '5';
      if (folder && header.size !== 0) refuse(off, 'header', 'The archive holds a folder with a content of its own.');
      const name = checkName(long ?? header.name, folder, off);
      names.add(name, folder);
      if (!folder) files.set(name, tar.subarray(start, end));
      pax = false;
      long = undefined;
    }
    at = padded - BLOCK;
  }
  refuse(off, 'tar', 'The archive has no end mark; it is cut short.');
  return files;
}
