import { AppError } from '../../../../contract/errors/app-error.ts';

/** Kept at once; an older one that nobody ended gives way. */
const MOST_OPEN = 3;

/** A name and no path, whatever the sender's system calls a file; may be empty. */
export const fileNameOf = (given: string): string => (given.split(/[\\/]/).at(-1) ?? '').replace(/[\p{Cc}\p{Cf}]/gu, '').trim();

/** Puts the parts of a file together in memory, in their order. `tooLarge` is thrown when they are more than `most` bytes. */
export function createUploads(most: number, tooLarge: () => AppError) {
  const open = new Map<string, { parts: Buffer[]; size: number }>();
  return {
    /** The whole when this was the last part, else undefined. Errors: `core/bad-input`, `tooLarge`. */
    add({ upload, offset, base64, last }: { upload: string; offset: number; base64: string; last: boolean }): Buffer | undefined {
      const part = Buffer.from(base64, 'base64');
      const known = offset === 0 ? { parts: [], size: 0 } : open.get(upload);
      if (!known || known.size !== offset) throw new AppError('core/bad-input', 'A part of the file is missing, or came twice. Add the file again.');
      if (known.size + part.length > most) {
        open.delete(upload);
        throw tooLarge();
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
