/** A download that has not ended yet: the bytes so far, and beside them what they are to become. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';

const BYTES = '.part';
const FACTS = '.part.facts';

/** Whether a file of this name belongs to a download that has not ended. */
export const isPartFile = (name: string): boolean => name.endsWith(BYTES) || name.endsWith(FACTS);

/** The name of the facts of a part; that of facts is their own. */
export const factsOfPart = (name: string): string => (name.endsWith(FACTS) ? name : `${name.slice(0, -BYTES.length)}${FACTS}`);

/** The name of the file that a part or its facts become. */
export const blobOfPart = (name: string): string => factsOfPart(name).slice(0, -FACTS.length);

export interface PartFile {
  /** Where the bytes go. */
  readonly file: string;
  /** How many bytes there are to go on from, and what the server called the file then; 0 when there is nothing to use. */
  begun(): Promise<{ bytes: number; etag: string | null }>;
  /** Notes what the server calls the file, before its first byte is kept. */
  note(etag: string | null): Promise<void>;
  /** After the bytes have got their own name. */
  forget(): Promise<void>;
  discard(): Promise<void>;
}

/** @param to the file that it becomes */
export function partFile(to: string, { sha512, size }: { sha512: string; size: number }): PartFile {
  const file = `${to}${BYTES}`;
  const facts = `${to}${FACTS}`;
  const forget = (): Promise<void> => rm(facts, { force: true });
  return {
    file, forget,
    async begun() {
      const [found, text] = await Promise.all([stat(file).catch(() => undefined), readFile(facts, 'utf8').catch(() => '')]);
      const [digest, bytes, etag = ''] = text.split('\n');
      const fits = found?.isFile() === true && digest === sha512 && bytes === String(size) && found.size <= size;
      return fits ? { bytes: found.size, etag: etag === '' ? null : etag } : { bytes: 0, etag: null };
    },
    // Lines: a header holds no line break, and what a crash left of the file says nothing wrong.
    note: (etag) => writeFile(facts, `${sha512}\n${size}\n${etag ?? ''}\n`, { mode: 0o600 }),
    async discard() {
      await rm(file, { force: true });
      await forget();
    },
  };
}
