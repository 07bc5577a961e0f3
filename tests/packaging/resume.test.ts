import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../contract/errors/app-error.ts';
import { createHttp } from '../../main/core/base/http/index.ts';
import { registryFetch } from '../../main/core/marketplace/catalog/registry-fetch.ts';
import { readBlob, sha512Of } from '../../packaging/index.ts';

const content = randomBytes(400_000);
const other = randomBytes(400_000);
const CUT = 150_000;
const TAG = '"first"';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
/** What the server does with each request in turn; the last one stays. */
let answers: Answer[] = [];
let asked: { range: string | undefined; ifRange: string | undefined }[] = [];
let server: Server;
let folder = '';
let sha512 = '';
const http = createHttp({ offline: () => false });

beforeAll(async () => {
  sha512 = await sha512Of(content);
  server = createServer((request, response) => {
    asked.push({ range: request.headers.range, ifRange: request.headers['if-range'] as string | undefined });
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
});
afterAll(async () => {
  http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-resume-')); asked = []; });
afterEach(() => rm(folder, { recursive: true }));

/** From which byte a request wants the file. */
const start = ({ headers }: IncomingMessage): number => Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
const contentRange = (from: number): string => `bytes ${from}-${content.length - 1}/${content.length}`;

/** A connection that is cut as soon as the reader has got that far, so that nothing is lost on the way. */
let doomed: { response: ServerResponse; at: number } | undefined;

/** A server that knows ranges, as most do; `cutAfter` ends the connection after so many bytes of the body. */
const honest = ({ file = content, tag = TAG as string | null, cutAfter = Infinity } = {}): Answer => (request, response) => {
  const from = request.headers['if-range'] === undefined || request.headers['if-range'] === tag ? start(request) : 0;
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': file.length - from, ...(tag !== null && { etag: tag }), ...(from > 0 && { 'content-range': contentRange(from) }) });
  const rest = file.subarray(from);
  if (rest.length <= cutAfter) response.end(rest);
  else cut(response, rest.subarray(0, cutAfter), from + cutAfter);
};
function cut(response: ServerResponse, bytes: Buffer, at: number): void {
  doomed = { response, at };
  response.write(bytes);
}
const withoutRanges = (cutAfter = Infinity): Answer => (_request, response) => {
  response.writeHead(200, { 'content-length': content.length });
  if (cutAfter < content.length) cut(response, content.subarray(0, cutAfter), cutAfter);
  else response.end(content);
};
const refusing = (status: number): Answer => (_request, response) => { response.writeHead(status).end(); };

const to = (): string => path.join(folder, 'blob');
const read = (options: { backOffMs?: number[]; signal?: AbortSignal; progress?: (done: number) => void; limits?: Parameters<typeof registryFetch>[1] } = {}): Promise<void> => {
  const { limits, progress, ...rest } = options;
  return readBlob({ source: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, blob: { sha512, size: content.length }, to: to(), fetch: registryFetch(http, limits), backOffMs: [0, 0, 0], ...rest, progress: (done) => {
    progress?.(done);
    if (doomed?.at === done) doomed.response.destroy();
  } });
};
const isWhole = async (): Promise<boolean> => (await readFile(to())).equals(content) && (await readdir(folder)).join() === 'blob';

describe('I10 downloads that are cut', () => {
  it('go on where they were cut, again and again, and count on in bytes', async () => {
    answers = [honest({ cutAfter: CUT }), honest({ cutAfter: CUT }), honest()];
    const progress: number[] = [];
    await read({ progress: (done) => { progress.push(done); } });
    expect(await isWhole()).toBe(true);
    expect(asked.map(({ range }) => range)).toEqual([undefined, `bytes=${CUT}-`, `bytes=${2 * CUT}-`]);
    expect(asked.at(-1)?.ifRange).toBe(TAG);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(content.length);
  });

  it('are kept when every attempt is cut, and gone on with at the next call', async () => {
    answers = [honest({ cutAfter: CUT }), refusing(503)];
    await expect(read()).rejects.toMatchObject({ code: 'plugins/download-failed', details: { bytes: CUT, size: content.length }, message: expect.stringContaining(`${CUT} of ${content.length} bytes`) as string });
    expect(asked).toHaveLength(1 + 4);
    asked = [];
    answers = [honest()];
    await read();
    expect(asked).toEqual([{ range: `bytes=${CUT}-`, ifRange: TAG }]);
    expect(await isWhole()).toBe(true);
  });

  it('go on without a tag where the server gives none', async () => {
    answers = [honest({ tag: null, cutAfter: CUT }), honest({ tag: null })];
    await read();
    expect(asked.map(({ ifRange }) => ifRange)).toEqual([undefined, undefined]);
    expect(await isWhole()).toBe(true);
  });

  it('start over where the server gives whole files only', async () => {
    answers = [withoutRanges(CUT), withoutRanges()];
    await read();
    expect(asked[1]?.range).toBe(`bytes=${CUT}-`);
    expect(await isWhole()).toBe(true);
  });

  it('start over when the file was changed in between', async () => {
    answers = [honest({ file: other, tag: '"older"', cutAfter: CUT }), honest()];
    await read();
    expect(asked).toEqual([{ range: undefined, ifRange: undefined }, { range: `bytes=${CUT}-`, ifRange: '"older"' }]);
    expect(await isWhole()).toBe(true);
  });

  it('find out at the end that the file was changed when no tag says so, discard all and read it once more', async () => {
    answers = [honest({ file: other, tag: null, cutAfter: CUT }), honest({ tag: null })];
    await read();
    expect(asked.map(({ range }) => range)).toEqual([undefined, `bytes=${CUT}-`, undefined]);
    expect(await isWhole()).toBe(true);
  });

  it.each<[string, Answer]>([
    ['another part than was asked for', (request, response) => { response.writeHead(206, { 'content-range': contentRange(7) }).end(content.subarray(start(request))); }],
    ['a part without saying which', (request, response) => { response.writeHead(206).end(content.subarray(start(request))); }],
    ['a part of a file with another tag', (request, response) => { response.writeHead(206, { 'content-range': contentRange(start(request)), etag: '"newer"' }).end(other.subarray(start(request))); }],
    ['the word that there is no such part', refusing(416)],
  ])('start over when the server gives %s', async (_, lie) => {
    answers = [honest({ cutAfter: CUT }), lie, honest()];
    await read();
    expect(asked.map(({ range }) => range)).toEqual([undefined, `bytes=${CUT}-`, undefined]);
    expect(await isWhole()).toBe(true);
  });

  it('are refused and leave nothing when the rest is another file and stays so', async () => {
    answers = [honest({ cutAfter: CUT }), honest({ file: other })];
    await expect(read()).rejects.toMatchObject({ code: 'plugins/digest-mismatch' });
    expect(await readdir(folder)).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('are not asked for again and again when that is of no use', async () => {
    answers = [refusing(404)];
    await expect(read()).rejects.toMatchObject({ code: 'plugins/download-failed' });
    expect(asked).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('come through when the server is busy for a while or closes without a word', async () => {
    answers = [refusing(503), (request) => { request.socket.destroy(); }, honest()];
    await read();
    expect(asked).toHaveLength(3);
    expect(await isWhole()).toBe(true);
  });

  it('are given up when a server drips, and keep what came', async () => {
    answers = [(_request, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: TAG });
      const timer = setInterval(() => { response.write(content.subarray(0, 10)); }, 5);
      response.once('close', () => { clearInterval(timer); });
    }];
    await expect(read({ limits: { headMs: 5_000, idleMs: 5_000, graceMs: 50, bytesPerSecond: 1_000_000 }, backOffMs: [0] })).rejects.toMatchObject({ code: 'plugins/download-failed' });
    expect(asked).toHaveLength(2);
    expect(await readdir(folder)).toEqual(['blob.part', 'blob.part.facts']);
  });

  it.each<[string, AppError, string[]]>([
    ['removed when a person cancels', new AppError('plugins/cancelled', 'It was cancelled.'), []],
    ['kept when the app closes', new AppError('core/stopping', 'Troupe is closing.'), ['blob.part', 'blob.part.facts']],
  ])('are %s', async (_, reason, left) => {
    const stop = new AbortController();
    answers = [(_request, response) => { response.writeHead(200, { 'content-length': content.length }); response.write(content.subarray(0, CUT)); }];
    await expect(read({ signal: stop.signal, progress: (done) => { if (done === CUT) stop.abort(reason); } })).rejects.toBe(reason);
    expect((await readdir(folder)).sort()).toEqual(left);
  });

  it('write one part when two want the same file', async () => {
    answers = [honest({ cutAfter: CUT }), honest()];
    await Promise.all([read(), read(), read()]);
    expect(asked).toHaveLength(2);
    expect(await isWhole()).toBe(true);
  });

  it('are not begun again when only the name was missing', async () => {
    answers = [honest()];
    await expect(readBlob({ source: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, blob: { sha512, size: content.length }, to: to(), fetch: registryFetch(http), reached: () => { throw new Error('killed here'); } })).rejects.toThrow('killed here');
    await read();
    expect(asked).toHaveLength(1);
    expect(await isWhole()).toBe(true);
  });

  it('leave nothing beside the file when they were cut off right after it got its name', async () => {
    answers = [honest()];
    await expect(readBlob({ source: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, blob: { sha512, size: content.length }, to: to(), fetch: registryFetch(http), reached: (place) => { if (place === 'named') throw new Error('killed here'); } })).rejects.toThrow('killed here');
    expect(await isWhole()).toBe(false);
    await read();
    expect(asked).toHaveLength(1);
    expect(await isWhole()).toBe(true);
  });
});
