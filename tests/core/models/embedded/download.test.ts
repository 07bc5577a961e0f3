import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelFile } from '../../../../contract/model/model-file.ts';
import { download, readAddress } from '../../../../main/core/engine/models/embedded/download.ts';
import { ggufFile } from '../../../support/gguf-file.ts';
import { stage, until, type Stage } from './stage.ts';

const bytes = ggufFile({ says: ['Hello'], layers: 3 });
const sha256 = createHash('sha256').update(bytes).digest('hex');

let at: Stage;
let address: string;
let asked: IncomingMessage['headers'][];
/** What the server does with a request; answers the whole file by default. */
let behave: (request: IncomingMessage, response: ServerResponse, number: number) => void;
let etag: string;
const server = createServer((request, response) => { asked.push(request.headers); behave(request, response, asked.length); });

/** Answers the range that is asked for, when `If-Range` names this very file. */
function serve(request: IncomingMessage, response: ServerResponse, upTo = bytes.byteLength): void {
  const from = request.headers['if-range'] === etag ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
  response.writeHead(from > 0 ? 206 : 200, { etag, 'content-length': bytes.byteLength - from, ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.byteLength - 1}/${bytes.byteLength}` } : {}) });
  if (upTo >= bytes.byteLength) response.end(bytes.subarray(from));
  else response.write(bytes.subarray(from, upTo));
}
const one = async (): Promise<ModelFile> => { const [file] = (await at.files.list(null)).files; if (!file) throw new Error('there is none'); return file; };
const state = (wanted: ModelFile['state']): Promise<ModelFile> => until(async () => { const file = await one(); return file.state === wanted && file; });
const inFolder = (): Promise<string[]> => readdir(path.join(at.folder, 'models'));

beforeEach(async () => {
  at = await stage();
  asked = [];
  etag = '"first"';
  behave = (request, response) => { serve(request, response); };
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/meadow-8b.Q4_K_M.gguf`;
});
afterEach(async () => {
  await at.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
});

describe('A5 downloading a model', () => {
  it('brings it whole, checks its sum, reads its head, and says so', async () => {
    const { id } = await at.files.download({ address: `${address}?token=secret`, sha256: `sha256:${sha256.toUpperCase()}` });
    expect(id).toBe('meadow-8b-q4-k-m');
    const file = await state('ready');
    expect(file).toMatchObject({ name: 'meadow-8b.Q4_K_M', bytes: bytes.byteLength, received: bytes.byteLength, sha256, linked: false, details: { architecture: 'llama', quantisation: 'F32' } });
    expect(JSON.stringify(file)).not.toContain('secret');
    expect(await readFile(path.join(at.folder, 'models', `${id}.gguf`))).toEqual(bytes);
    expect(await inFolder()).toEqual([`${id}.gguf`]);
    await at.files.remove(id);
    expect(await inFolder()).toEqual([]);
  });

  it('is held and goes on where it was, in the next core too', async () => {
    const half = Math.floor(bytes.byteLength / 2);
    behave = (request, response, number) => { serve(request, response, number === 1 ? half : undefined); };
    const { id } = await at.files.download({ address });
    await until(async () => (await one()).received === half);
    expect(await one()).toMatchObject({ state: 'downloading', bytes: bytes.byteLength });
    await at.files.pause(id);
    expect(await one()).toMatchObject({ state: 'paused', received: half });
    await at.files.stop();
    const next = at.again();
    await next.recover();
    expect(await one()).toMatchObject({ state: 'paused', received: half });
    await next.resume(id);
    await state('ready');
    expect(asked.map((headers) => [headers.range, headers['if-range'], headers['accept-encoding']])).toEqual([[undefined, undefined, 'identity'], [`bytes=${half}-`, '"first"', 'identity']]);
    expect(await readFile(path.join(at.folder, 'models', `${id}.gguf`))).toEqual(bytes);
  });

  it('goes on by itself after a core that ended amid it, and begins anew when the file is another one', async () => {
    behave = (request, response, number) => { serve(request, response, number === 1 ? 4_096 : undefined); };
    await at.files.download({ address });
    await until(async () => (await one()).received === 4_096);
    await at.files.stop();
    etag = '"second"';
    await at.again().recover();
    await state('ready');
    expect(asked[1]).toMatchObject({ 'range': 'bytes=4096-', 'if-range': '"first"' });
  });

  it('takes a connection up again that breaks, and says when it cannot', async () => {
    behave = (request, response, number) => { serve(request, response, number * 50_000); setTimeout(() => { response.destroy(); }, 20); };
    await at.files.download({ address });
    await until(async () => ['ready', 'failed'].includes((await one()).state));
    expect(asked.length).toBeGreaterThan(2);
    await at.files.remove((await one()).id);
    behave = (_request, response) => { response.destroy(); };
    await at.files.download({ address });
    expect((await state('failed')).error).toMatchObject({ code: 'models/unreachable' });
  });

  it.each([
    ['another sum', (): void => undefined, { sha256: 'a'.repeat(64) }, 'models/checksum'],
    ['a page instead of a file', () => { behave = (_request, response) => { response.end('<!doctype html><title>Sign in</title>'); }; }, {}, 'models/bad-file'],
    ['a refusal', () => { behave = (_request, response) => { response.writeHead(403).end(); }; }, {}, 'models/bad-file'],
    ['a file larger than any disk', () => { behave = (_request, response) => { response.writeHead(200, { 'content-length': 2 ** 52 }); response.write(bytes.subarray(0, 64)); }; }, {}, 'models/no-space'],
    ['a way to an address that is not secure', () => { behave = (_request, response) => { response.writeHead(302, { location: 'http://models.example.com/x.gguf' }).end(); }; }, {}, 'core/bad-input'],
  ] as const)('says of %s what is wrong, and cancelling leaves nothing', async (_what, prepare, more, code) => {
    prepare();
    const { id } = await at.files.download({ address, ...more });
    expect((await state('failed')).error).toMatchObject({ code });
    await at.files.remove(id);
    expect(await inFolder()).toEqual([]);
    expect(at.store.kept).toEqual([]);
  });

  it('takes addresses that are secure or of this machine, and whole sums', async () => {
    expect(() => readAddress('http://models.example.com/a.gguf')).toThrow(/https/);
    expect(() => readAddress('https://a:b@models.example.com/a.gguf')).toThrow(/password/);
    expect(await at.files.download({ address: `${address}?name=100%`, sha256 })).toBeDefined();
    expect(await at.files.download({ address: address.replace('meadow', '100%25-50%') })).toMatchObject({ id: expect.stringMatching(/^100-50-8b/) as string });
    for (const { id } of (await at.files.list(null)).files) await at.files.remove(id);
    await expect(at.files.download({ address, sha256: 'abc' })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(at.store.kept).toEqual([]);
  });
});

it('A5 a server elsewhere leads to none of this machine', async () => {
  const asked: string[] = [];
  const fetch = (url: URL | string | Request): Promise<Response> => { asked.push(String(url)); return Promise.resolve(new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:9/secret' } })); };
  const parts = { http: { fetch }, sleep: () => Promise.resolve(), begun: () => Promise.resolve() };
  await expect(download({ address: 'https://models.example.com/a.gguf', part: path.join(at.folder, 'a.part'), validator: null }, parts, new AbortController().signal)).rejects.toMatchObject({ code: 'models/bad-file' });
  expect(asked).toEqual(['https://models.example.com/a.gguf']);
});

describe('A5 adding a file', () => {
  it('uses it where it stands, or copies it; what is linked stays when it is removed', async () => {
    const file = await at.model({ says: ['x'] });
    const linked = await at.files.addFile({ path: file, copy: false });
    expect(await at.files.addFile({ path: file, copy: false })).toEqual(linked);
    const copied = await at.files.addFile({ path: file, copy: true, name: 'A copy' });
    await until(async () => (await at.files.list(null)).files.every(({ state: is }) => is === 'ready'));
    expect(await inFolder()).toEqual([`${copied.id}.gguf`]);
    await at.files.remove(linked.id);
    await at.files.remove(copied.id);
    expect(await inFolder()).toEqual([]);
    expect((await readFile(file)).byteLength).toBeGreaterThan(1000);
  });

  it('says that a linked file is gone, refuses what is no model, and sweeps what belongs to nothing', async () => {
    const file = await at.model({ says: ['x'] });
    await at.files.addFile({ path: file, copy: false });
    await rm(file);
    expect((await one()).state).toBe('missing');
    await writeFile(file, 'no model');
    await expect(at.files.addFile({ path: file, copy: true })).rejects.toMatchObject({ code: 'models/bad-file' });
    await writeFile(path.join(at.folder, 'models', 'left.part'), 'x');
    await at.files.recover();
    expect(await inFolder()).toEqual([]);
  });
});
