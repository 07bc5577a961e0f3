import { crc32, deflateRawSync } from 'node:zlib';

/** One entry as a zip archive says it; every field may be made to lie. */
export interface ZipEntry { name: string; text?: string | Uint8Array; stored?: boolean; mode?: number; flags?: number; method?: number; says?: number; crc?: number }

/** A zip archive, with what an archive must not say where a test wants it. */
export function zipOf(entries: readonly ZipEntry[], comment = ''): Buffer<ArrayBuffer> {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, text = '', stored = false, mode = name.endsWith('/') ? 0o040755 : 0o100644, flags = 0x800, method = stored ? 0 : 8, says, crc } of entries) {
    const [content, label] = [Buffer.from(text), Buffer.from(name)];
    const packed = stored ? content : deflateRawSync(content);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(label.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt8(3, 5);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc ?? crc32(content), 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(says ?? content.length, 24);
    entry.writeUInt16LE(label.length, 28);
    entry.writeUInt32LE(mode * 65_536, 38);
    entry.writeUInt32LE(at, 42);
    parts.push(head, label, packed);
    list.push(entry, label);
    at += head.length + label.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(list).length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...list, end, Buffer.from(comment)]);
}
