/** Removes what no reader asks for any more: metadata and lists of catalogs that were replaced a day ago. Roots and blobs stay. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Failpoint } from './place.ts';

/** A reader that began with an earlier timestamp, or a cache that still serves one, finds everything that it names. */
const GRACE_MS = 86_400_000;

interface Signed { signed: { meta?: Record<string, { version: number }>; targets?: Record<string, { hashes: { sha512: string } }> } }

/** @param now ms UTC; what was replaced less than a day before it stays */
export async function sweepPublished(out: string, now: number, failpoint: Failpoint = () => undefined): Promise<void> {
  const metadata = path.join(out, 'metadata');
  const read = async (name: string): Promise<Signed['signed']> => (JSON.parse(await readFile(path.join(metadata, name), 'utf8')) as Signed).signed;
  const names = await readdir(metadata);
  const current = (await read('timestamp.json')).meta?.['snapshot.json']?.version ?? 0;
  const versions = names.flatMap((name) => /^(\d+)\.snapshot\.json$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
  const kept = new Set<string>(['timestamp.json']);
  const lists = new Set<string>();
  for (const [index, version] of versions.entries()) {
    // It was replaced when the next one came.
    const next = versions[index + 1];
    const replaced = next === undefined ? now : (await stat(path.join(metadata, `${next}.snapshot.json`))).mtimeMs;
    if (version < current && replaced < now - GRACE_MS) continue;
    const { meta = {} } = await read(`${version}.snapshot.json`);
    const parts = ['targets', 'catalog'].map((role) => `${meta[`${role}.json`]?.version ?? 0}.${role}.json`);
    for (const name of [`${version}.snapshot.json`, ...parts]) kept.add(name);
    const { targets = {} } = await read(parts[1] ?? '').catch((error: unknown) => {
      // An earlier one that is not there keeps nothing for anybody. Were any other taken for empty, the lists that it names would be removed.
      if (version !== current && error instanceof Error && 'code' in error && error.code === 'ENOENT') return { targets: {} };
      throw error;
    });
    for (const [name, { hashes }] of Object.entries(targets)) lists.add(`${hashes.sha512}.${path.posix.basename(name)}`);
  }
  const old = async (file: string): Promise<boolean> => (await stat(file)).mtimeMs < now - GRACE_MS;
  for (const [folder, there, keep] of [[metadata, names, kept], [path.join(out, 'catalog'), await readdir(path.join(out, 'catalog')), lists]] as const) {
    for (const name of there) {
      const file = path.join(folder, name);
      const ours = /\.(snapshot|targets|catalog)\.json$|\.new$/.test(name) || folder !== metadata;
      if (!ours || keep.has(name) || !(await old(file))) continue;
      failpoint(`sweep ${name}`);
      await rm(file, { force: true });
    }
  }
}
