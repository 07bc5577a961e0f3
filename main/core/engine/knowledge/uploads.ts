import { AppError } from '../../../../contract/errors/app-error.ts';
import { MOST_DOCUMENT_BYTES } from '../../../../contract/model/knowledge.ts';

/** Kept at once; an older one that nobody ended gives way. */
const MOST_OPEN = 3;

/** Puts parts together in memory, in their order. */
export function createUploads() {
  const open = new Map<string, { parts: Buffer[]; size: number }>();
  return {
    /** The whole when this was the last part, else undefined. Errors: `core/bad-input`, `knowledge/too-large`. */
    add({ upload, offset, base64, last }: { upload: string; offset: number; base64: string; last: boolean }): Buffer | undefined {
      const part = Buffer.from(base64, 'base64');
      const known = offset === 0 ? { parts: [], size: 0 } : open.get(upload);
      if (!known || known.size !== offset) throw new AppError('core/bad-input', 'A part of the document is missing, or came twice. Add the document again.');
      if (known.size + part.length > MOST_DOCUMENT_BYTES) {
        open.delete(upload);
        throw new AppError('knowledge/too-large', `A document has ${MOST_DOCUMENT_BYTES / 1e6} MB at most. Add the part of it that matters.`);
      }
      known.parts.push(part);
      known.size += part.length;
      open.delete(upload);
      if (last) return Buffer.concat(known.parts);
      open.set(upload, known);
      const oldest = open.size > MOST_OPEN ? open.keys().next().value : undefined;
      if (oldest !== undefined) open.delete(oldest);
      return undefined;
    },
  };
}
