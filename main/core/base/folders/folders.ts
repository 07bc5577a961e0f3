import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Whether a folder of the person's own may be given to others, and its real path: links are followed once, here, so that a later
 * change of a link changes nothing. Else why it may not, as the end of a sentence.
 * @param given an absolute path
 * @param home Troupe's own folder: its databases and other plugins' files are nobody's to give
 */
export async function folderToGive(given: string, home: string): Promise<{ real: string } | { why: string }> {
  if (!path.isAbsolute(given)) return { why: 'the path should be absolute. Give the whole path of a folder.' };
  const real = await realpath(given).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isDirectory()) return { why: 'there is no folder at that path. Pick one that exists.' };
  return isWithin(real, home) || real === path.parse(real).root ? { why: 'it holds Troupe’s own data. Pick another one.' } : { real };
}

const isWithin = (inner: string, outer: string): boolean => !path.relative(outer, inner).startsWith('..') && !path.isAbsolute(path.relative(outer, inner));
