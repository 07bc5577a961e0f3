import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobPath, readBlob, sha512Of, type CatalogFetch } from '../../packaging/index.ts';

let folder = '';
beforeAll(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-blob-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const content = Buffer.alloc(200_000, 'troupe');
const chunks = (bytes: Uint8Array, failAfter = Infinity): AsyncIterable<Uint8Array> => (async function* () {
  for (let at = 0; at < bytes.length; at += 50_000) {
    if (at >= failAfter) throw new Error('the line was cut');
    yield bytes.subarray(at, at + 50_000);
  }
}());
const serving = (body: () => AsyncIterable<Uint8Array> | null, status = 200): CatalogFetch => () => Promise.resolve({ status, body: body() });

describe('I3 blobs', () => {
  it('appear whole and verified', async () => {
    const sha512 = await sha512Of(content);
    const to = path.join(folder, 'a', 'b', 'whole');
    const progress: number[] = [];
    await readBlob({ source: 'https://registry.example/', blob: { sha512, size: content.length }, to, fetch: serving(() => chunks(content)), progress: (done) => { progress.push(done); } });
    expect((await readFile(to)).equals(content)).toBe(true);
    expect(progress).toEqual([50_000, 100_000, 150_000, 200_000]);
    // A second time nothing is fetched; when the file was changed since, it is fetched anew.
    const never = serving(() => { throw new Error('was asked'); });
    await readBlob({ source: 'https://registry.example/', blob: { sha512, size: content.length }, to, fetch: never });
    await writeFile(to, Buffer.alloc(content.length));
    await readBlob({ source: 'https://registry.example/', blob: { sha512, size: content.length }, to, fetch: serving(() => chunks(content)) });
    expect((await readFile(to)).equals(content)).toBe(true);
  });
  it('are asked for by digest, below the registry', async () => {
    const asked: string[] = [];
    const sha512 = await sha512Of(content);
    await readBlob({ source: 'https://registry.example/deep', blob: { sha512, size: content.length }, to: path.join(folder, 'asked'), fetch: (address) => { asked.push(address); return Promise.resolve({ status: 200, body: chunks(content) }); } });
    expect(asked).toEqual([`https://registry.example/deep/${blobPath(sha512)}`]);
    expect(blobPath(sha512)).toMatch(/^blobs\/sha512\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{128}$/);
  });
  it.each<[string, () => CatalogFetch, string]>([
    ['one byte more', () => serving(() => chunks(Buffer.concat([content, Buffer.from('x')]))), 'plugins/digest-mismatch'],
    ['one byte less', () => serving(() => chunks(content.subarray(1))), 'plugins/digest-mismatch'],
    ['another content', () => serving(() => chunks(Buffer.alloc(content.length))), 'plugins/digest-mismatch'],
    ['no such file', () => serving(() => null, 404), 'plugins/download-failed'],
    ['no answer', () => () => Promise.reject(new Error('refused')), 'plugins/download-failed'],
  ])('leave nothing behind after %s', async (_, fetch, code) => {
    const place = path.join(folder, 'nothing');
    await mkdir(place, { recursive: true });
    await expect(readBlob({ source: 'https://registry.example/', blob: { sha512: await sha512Of(content), size: content.length }, to: path.join(place, 'blob'), fetch: fetch(), backOffMs: [] })).rejects.toMatchObject({ code });
    expect(await readdir(place)).toEqual([]);
  });
  it('stop when they are cancelled', async () => {
    const stop = new AbortController();
    const reading = readBlob({ source: 'https://registry.example/', blob: { sha512: await sha512Of(content), size: content.length }, to: path.join(folder, 'cancelled'), fetch: serving(() => chunks(content)), signal: stop.signal, progress: () => { stop.abort(new Error('enough')); } });
    await expect(reading).rejects.toThrow('enough');
    expect(await readdir(folder)).not.toContain('cancelled.part');
  });
});
