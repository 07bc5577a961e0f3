/** The embedded catalog for tests: built once per state of its inputs, shared by all test processes. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildCatalog } from '../../scripts/build-catalog.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '.cache', 'test-catalog');

export interface BuiltCatalog {
  /** The registry: a folder that `openCatalog` reads. Never write to it; copy it first. */
  folder: string;
  trustedRoot: Uint8Array;
  /** The id of the publisher `troupe` and of the key that may sign `dev.troupe.*`. */
  publisher: string;
  publisherKeyId: string;
}

export async function builtCatalog(): Promise<BuiltCatalog> {
  await buildCatalog(folder);
  const trust = JSON.parse(await readFile(path.join(folder, 'trust.json'), 'utf8')) as { publisher: string; publisher_key_id: string };
  return { folder, trustedRoot: await readFile(path.join(folder, 'root.json')), publisher: trust.publisher, publisherKeyId: trust.publisher_key_id };
}
