/** What lies where the database belongs, told from its first bytes. */
import { closeSync, openSync, readSync } from 'node:fs';

/** SQLite writes its name at the start of a file unless the file is encrypted. */
export function databaseAt(file: string): 'none' | 'plain' | 'encrypted' {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'none';
    throw error;
  }
  try {
    const head = Buffer.alloc(16);
    if (readSync(descriptor, head) === 0) return 'none';
    return head.toString('latin1') === 'SQLite format 3\0' ? 'plain' : 'encrypted';
  } finally {
    closeSync(descriptor);
  }
}
