import { cp, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { expiriesOf, generateCatalogKeys, openCatalog, writeCatalog, type CatalogState } from '../../packaging/index.ts';
import { rootMetadata } from '../../packaging/catalog/metadata.ts';
import { smallCatalog, type SmallCatalog } from '../support/small-catalog.ts';

let folder = '';
let made: SmallCatalog;
let out = '';
let cacheDir = '';
beforeAll(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-catalog-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));
let count = 0;
beforeEach(async () => {
  count += 1;
  out = path.join(folder, `registry ü ${count}`);
  cacheDir = path.join(folder, `cache-${count}`);
  made = await smallCatalog(out);
});
afterEach(() => { vi.useRealTimers(); });

const open = (source = out) => openCatalog({ source, trustedRoot: made.root, cacheDir });
const ids = async (state: CatalogState): Promise<string[]> => { const found: string[] = []; for await (const record of state.records()) found.push(record.id); return found; };
const refused = (code: string) => expect.objectContaining({ code: `catalog/${code}` }) as Error;

describe('D7 a signed catalog', () => {
  it('is read from a folder, by path and by address, again and again', async () => {
    const state = await open().refresh();
    expect(await ids(state)).toEqual(['com.example.small']);
    expect(await ids(state)).toEqual(['com.example.small']);
    expect(state).toMatchObject({ sequence: 1, badRecords: [], categories: [{ slug: 'data' }], revoked: [], collections: [], versions: { root: 1, timestamp: 1 } });
    expect((await open(pathToFileURL(out).href).refresh()).sequence).toBe(1);
    expect(open().fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
  it('is read over http, where what has not changed is not fetched again', async () => {
    const asked: string[] = [];
    const server: Server = createServer((request, response) => {
      asked.push(request.url ?? '');
      readFile(path.join(out, decodeURIComponent(request.url ?? ''))).then((bytes) => response.end(bytes), () => response.writeHead(404).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const catalog = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(await ids(await catalog.refresh())).toEqual(['com.example.small']);
      asked.length = 0;
      await catalog.refresh();
      expect(asked).toEqual(['/metadata/2.root.json', '/metadata/timestamp.json']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await expect(open(`http://127.0.0.1:${(server.address() as AddressInfo | null)?.port ?? 9}/`).refresh()).rejects.toThrow(refused('unavailable'));
  });
  it('brings the next sequence, and drops what the last one needed', async () => {
    const catalog = open();
    await catalog.refresh();
    await made.publish(2, { revoked: [{ id: 'com.example.small', version: '1.0.0', sha512: made.archive.sha512, reason: 'It was not what it said.', revoked_at: 5 }] });
    const state = await catalog.refresh();
    expect([state.sequence, state.revoked[0]?.reason]).toEqual([2, 'It was not what it said.']);
    const [cache = ''] = await readdir(cacheDir);
    expect((await readdir(path.join(cacheDir, cache, 'targets'))).filter((name) => name.includes('full'))).toHaveLength(1);
  });
  it('uses the good records beside a bad one, and names it', async () => {
    await made.publish(2, { records: [{ ...made.record, id: 'Not An Id' }, made.record, { ...made.record, versions: [] }] });
    const state = await open().refresh();
    expect(await ids(state)).toEqual(['com.example.small']);
    expect(state.badRecords.map(({ line, id }) => [line, id])).toEqual([[1, 'Not An Id'], [3, 'com.example.small']]);
    expect(state.badRecords[0]?.message).toContain('id should be');
  });
  it('reads a record of a newer app, with fields that this one does not know', async () => {
    await made.publish(2, { records: [{ ...made.record, sparkle: true }] });
    expect(await ids(await open().refresh())).toEqual(['com.example.small']);
  });
  it('reads what it had when its own cache is damaged', async () => {
    await open().refresh();
    const [cache = ''] = await readdir(cacheDir);
    for (const name of ['root.json', 'timestamp.json', 'catalog.json']) await writeFile(path.join(cacheDir, cache, name), '{');
    for (const name of await readdir(path.join(cacheDir, cache, 'targets'))) await writeFile(path.join(cacheDir, cache, 'targets', name), 'x');
    expect(await ids(await open().refresh())).toEqual(['com.example.small']);
  });
});

describe('D8 a registry that lies', () => {
  it('is refused when another root signed it', async () => {
    await smallCatalog(out);
    await expect(open().refresh()).rejects.toThrow(refused('refused'));
  });
  it('is refused when a role\'s key is not the one that the root names', async () => {
    const other = generateCatalogKeys();
    for (const [index, role] of (['timestamp', 'snapshot', 'targets'] as const).entries()) {
      await made.publish(index + 2, { keys: { ...made.keys, [role]: other[role] } });
      await expect(open().refresh(), role).rejects.toThrow(refused('refused'));
    }
  });
  it('is refused when it goes back', async () => {
    const earlier = path.join(folder, `earlier-${count}`);
    await cp(out, earlier, { recursive: true });
    await made.publish(2);
    await open().refresh();
    await expect(open(earlier).refresh()).rejects.toThrow(refused('rollback'));
    await expect(open().refresh()).resolves.toMatchObject({ sequence: 2 });
  });
  it('is refused when it freezes', async () => {
    const catalog = open();
    const { expires } = await catalog.refresh();
    vi.useFakeTimers({ toFake: ['Date'], now: expires + 1000 });
    await expect(open().refresh()).rejects.toThrow(refused('expired'));
  });
  it('is refused when one role alone is over', async () => {
    for (const [index, role] of (['timestamp', 'snapshot', 'targets', 'catalog'] as const).entries()) {
      await made.publish(index + 2, { expires: { ...expiriesOf('folder', Date.now()), [role]: Date.now() - 1000 } });
      await expect(open().refresh(), role).rejects.toThrow(refused('expired'));
    }
  });
  it('is unavailable when it is gone, in part or in whole', async () => {
    await open().refresh();
    await made.publish(2);
    await unlink(path.join(out, 'metadata', '2.snapshot.json'));
    await expect(open().refresh()).rejects.toThrow(refused('unavailable'));
    await expect(open(path.join(folder, 'nowhere')).refresh()).rejects.toThrow(refused('unavailable'));
  });
  it('cannot serve a file beside its own folder', async () => {
    await expect(open(`${out}/metadata/..`).refresh()).resolves.toMatchObject({ sequence: 1 });
  });
  it('is refused when a file is not JSON or holds a form of its own', async () => {
    const file = path.join(out, 'metadata', 'timestamp.json');
    const text = await readFile(file, 'utf8');
    for (const spoiled of ['', '[]', `${text} `, text.replace('"version"', ' "version"'), text.replace(/"sig":"[0-9a-f]+"/u, (sig) => sig.toUpperCase().replace('"SIG"', '"sig"'))]) {
      await writeFile(file, spoiled);
      await expect(open().refresh(), spoiled.slice(0, 20)).rejects.toThrow(refused('refused'));
    }
  });
});

describe('roots', () => {
  it('change hands when the old keys say so, and never otherwise', async () => {
    await open().refresh();
    const next = generateCatalogKeys();
    const mixed = { ...next, root: [...made.keys.root, ...next.root.slice(0, 0)] };
    // Root 2: the same root keys hand every other role to new ones.
    const second = rootMetadata(mixed, 2, Date.now() + 1_000_000);
    await writeCatalog({ out, sequence: 2, keys: mixed, records: [made.record], blobs: [], categories: [], expires: expiriesOf('folder', Date.now()), root: second });
    expect((await open().refresh()).versions.root).toBe(2);
    const stranger = generateCatalogKeys();
    await writeFile(path.join(out, 'metadata', '3.root.json'), rootMetadata(stranger, 3, Date.now() + 1_000_000));
    await expect(open().refresh()).rejects.toThrow(refused('refused'));
  });
});
