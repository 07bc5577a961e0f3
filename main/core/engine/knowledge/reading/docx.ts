import { inflateRawSync } from 'node:zlib';
import mammoth from 'mammoth';
import { Refusal, type Block } from './blocks.ts';
import { htmlBlocks } from './html.ts';

const MOST_UNPACKED = 80_000_000;
const MOST_ENTRIES = 5000;
const broken = (): Refusal => new Refusal('This is no Word document (.docx) that can be read. Open it and save it again.');

/**
 * Looks through the archive before the parser gets it: each entry is really unpacked, up to a limit for all of them, since
 * what an archive says of its own sizes proves nothing.
 */
function checkArchive(bytes: Buffer): void {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > bytes.length) throw broken();
  const entries = bytes.readUInt16LE(end + 10);
  if (entries > MOST_ENTRIES) throw new Refusal('The document holds more parts than any document needs.', true);
  let at = bytes.readUInt32LE(end + 16);
  let left = MOST_UNPACKED;
  for (let entry = 0; entry < entries; entry += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw broken();
    const [method, packed, header] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)];
    if (header + 30 > bytes.length) throw broken();
    const from = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
    const content = bytes.subarray(from, from + packed);
    if (method !== 0 && method !== 8) throw broken();
    left -= method === 0 ? content.length : unpackedSize(content, left);
    if (left < 0) throw bomb();
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

const bomb = (): Refusal => new Refusal('The document unpacks to more than 80 MB, which no text needs. It was not read.', true);

function unpackedSize(content: Buffer, left: number): number {
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, left) }).length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw bomb();
    throw broken();
  }
}

/** The paragraphs of a Word document with the headings above them; pictures are left out. */
export async function docxBlocks(bytes: Buffer): Promise<Block[]> {
  checkArchive(bytes);
  const { value } = await mammoth.convertToHtml({ buffer: bytes }, { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })), externalFileAccess: false });
  return htmlBlocks(value);
}
