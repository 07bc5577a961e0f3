import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';

const listSchema = z.record(z.string(), z.string());

/**
 * Compares what the shell is about to start with the list that was packed into the app's own archive.
 * @param listFile JSON: path below `resources` (with `/`) → hex SHA-512
 * @returns what is wrong as a sentence, or null
 */
export function checkFiles(listFile: string, resources: string): string | null {
  const list = z.safeParse(listSchema, readJson(listFile));
  if (!list.success || Object.keys(list.data).length === 0) return 'The list of its files cannot be read.';
  for (const [name, expected] of Object.entries(list.data)) {
    const bytes = readBytes(path.join(resources, ...name.split('/')));
    if (!bytes) return `The file ${name} is missing.`;
    if (createHash('sha512').update(bytes).digest('hex') !== expected) return `The file ${name} was changed.`;
  }
  return null;
}

function readBytes(file: string): Buffer | null {
  try { return readFileSync(file); } catch (error) { if (error instanceof Error) return null; throw error; }
}

function readJson(file: string): unknown {
  try { return JSON.parse(readFileSync(file, 'utf8')); } catch (error) { if (error instanceof Error) return null; throw error; }
}
