import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCode } from '../../contract/errors/app-error.ts';
import { blobPath, openCatalog, readBlob } from '../../packaging/index.ts';
import { pluginFolders } from '../../scripts/build-plugins.ts';
import { builtCatalog, type BuiltCatalog } from '../support/catalog.ts';

let work = '';
let built: BuiltCatalog;
let copy = '';
beforeAll(async () => {
  built = await builtCatalog();
  work = await mkdtemp(path.join(os.tmpdir(), 'troupe-flip-'));
  copy = path.join(work, 'registry');
  await cp(built.folder, copy, { recursive: true });
});
afterAll(() => rm(work, { recursive: true, force: true }));

let round = 0;
/** Reads everything a client reads, with nothing kept from before. */
async function readAll(trustedRoot = built.trustedRoot): Promise<string[]> {
  round += 1;
  const cacheDir = path.join(work, `cache-${round}`);
  try {
    const state = await openCatalog({ source: copy, trustedRoot, cacheDir }).refresh();
    const ids: string[] = [];
    for await (const record of state.records()) ids.push(record.id);
    return ids;
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

/** Places all over a file: the first and last bytes and an even spread between. */
const places = (length: number, wanted: number): number[] => [...new Set([0, 1, length - 1, ...Array.from({ length: wanted }, (_, index) => Math.floor((index * length) / wanted))])];

async function withFlip<T>(file: string, at: number, by: number, work: () => Promise<T>): Promise<T> {
  const whole = await readFile(file);
  const spoiled = Buffer.from(whole);
  spoiled[at] = (spoiled[at] ?? 0) ^ by;
  await writeFile(file, spoiled);
  try { return await work(); } finally { await writeFile(file, whole); }
}

describe('D8 one flipped byte of the embedded catalog', () => {
  it('is not there to begin with', async () => { expect((await readAll()).sort()).toEqual((await pluginFolders()).map((folder) => `dev.troupe.${path.basename(folder)}`)); });

  it('is refused in every metadata file', async () => {
    const names = (await readdir(path.join(copy, 'metadata'))).filter((name) => !name.endsWith('root.json')).sort();
    expect(names).toEqual(['1.catalog.json', '1.snapshot.json', '1.targets.json', 'timestamp.json']);
    for (const name of names) {
      const file = path.join(copy, 'metadata', name);
      // 0x20 turns letters into their other case, which hex digits survive in careless readers.
      for (const by of [1, 0x20]) {
        for (const at of places((await readFile(file)).length, name === 'timestamp.json' ? 80 : 15)) {
          await expect(withFlip(file, at, by, readAll), `${name} byte ${at} by ${by}`).rejects.toSatisfy((error) => hasCode(error, 'catalog/refused', 'catalog/expired', 'catalog/rollback'));
        }
      }
    }
  }, 90_000);
  it('is refused in the trust root', async () => {
    for (const at of places(built.trustedRoot.length, 60)) {
      for (const by of [1, 0x20]) {
        const spoiled = Uint8Array.from(built.trustedRoot);
        spoiled[at] = (spoiled[at] ?? 0) ^ by;
        await expect(readAll(spoiled), `byte ${at} by ${by}`).rejects.toSatisfy((error) => hasCode(error, 'catalog/refused'));
      }
    }
  });
  it('is refused in every target', async () => {
    const names = await readdir(path.join(copy, 'catalog'));
    expect(names).toHaveLength(4);
    for (const name of names) {
      const file = path.join(copy, 'catalog', name);
      const { length } = await readFile(file);
      for (const at of places(length, 10)) await expect(withFlip(file, at, 1, readAll), `${name} byte ${at}`).rejects.toSatisfy((error) => hasCode(error, 'catalog/refused'));
    }
  });
  it('is refused in every blob, and nothing of it is kept', async () => {
    const shas = (await readdir(path.join(copy, 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name);
    expect(shas.length).toBeGreaterThanOrEqual(6);
    for (const sha512 of shas) {
      const file = path.join(copy, blobPath(sha512));
      const { length } = await readFile(file);
      const to = path.join(work, 'blob');
      for (const at of places(length, 5)) {
        await expect(withFlip(file, at, 1, () => readBlob({ source: copy, blob: { sha512, size: length }, to })), `${sha512.slice(0, 8)} byte ${at}`).rejects.toMatchObject({ code: 'plugins/digest-mismatch' });
        expect((await readdir(work)).filter((name) => name.startsWith('blob'))).toEqual([]);
      }
    }
  });
});
