import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveStatic } from '../../../main/cli/static-server.ts';

let folder = '';
let server: Awaited<ReturnType<typeof serveStatic>>;
const BLOB = 'ab'.repeat(64);
const blob = `blobs/sha512/ab/ab/${BLOB}`;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'troupe static ü-'));
  await mkdir(path.join(folder, 'public', path.dirname(blob)), { recursive: true });
  await mkdir(path.join(folder, 'public', 'metadata'));
  await writeFile(path.join(folder, 'public', blob), '0123456789');
  for (const name of ['timestamp.json', '1.root.json', 'timestamp.json.new', 'secret.pem']) await writeFile(path.join(folder, 'public', 'metadata', name), '{}');
  await writeFile(path.join(folder, 'secret'), 'secret');
  if (process.platform !== 'win32') await symlink(path.join(folder, 'secret'), path.join(folder, 'public', 'metadata', '7.root.json'));
  server = await serveStatic(path.join(folder, 'public'), 0);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
const get = (name: string, headers: Record<string, string> = {}, method = 'GET') => fetch(`${server.address}${name}`, { headers, method });
/** The status of a request whose line no client would write. */
const raw = (line: string): Promise<string> => new Promise((resolve, reject) => {
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1', () => { socket.write(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`); });
  let text = '';
  socket.on('data', (piece) => { text += String(piece); }).on('error', reject).on('close', () => { resolve(text.split(' ')[1] ?? ''); });
});

describe('D9 serving a published registry', () => {
  it('says what may be kept, and for how long', async () => {
    expect((await get('metadata/timestamp.json')).headers.get('cache-control')).toBe('no-cache');
    for (const name of [blob, 'metadata/1.root.json']) expect((await get(name)).headers.get('cache-control')).toContain('immutable');
    const missing = await get('metadata/2.root.json');
    expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store']);
    const tag = (await get('metadata/timestamp.json')).headers.get('etag') ?? '';
    expect((await get('metadata/timestamp.json', { 'if-none-match': tag })).status).toBe(304);
  });
  it('answers HEAD and parts', async () => {
    const head = await get(blob, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
    for (const [range, text] of [['bytes=2-4', '234'], ['bytes=7-', '789'], ['bytes=-2', '89'], ['bytes=8-99', '89']]) {
      const answer = await get(blob, { range: range ?? '' });
      expect([answer.status, await answer.text()]).toEqual([206, text]);
    }
    expect((await get(blob, { range: 'bytes=10-' })).status).toBe(416);
    expect((await get(blob, { range: 'bytes=1-2,4-5' })).status).toBe(200);
    expect(await (await get(blob, { range: 'bytes=2-4', 'if-range': '"other"' })).text()).toBe('0123456789');
    expect((await get(blob, {}, 'POST')).status).toBe(405);
  });
  it('gives nothing that is no part of a registry', async () => {
    for (const name of ['metadata', 'metadata/timestamp.json.new', 'metadata/secret.pem', 'metadata/7.root.json', '../secret']) expect((await get(name)).status, name).toBe(404);
    for (const target of ['http://elsewhere/metadata/timestamp.json', '//metadata/timestamp.json', '/%', '/metadata/..%2f..%2fsecret', '/metadata/../../secret', '/metadata%5c1.root.json']) expect(await raw(`GET ${target} HTTP/1.1`), target).toBe('400');
    expect(await raw('nonsense')).toBe('400');
    // A folder that is no registry has no pages either, and says so.
    expect((await get('')).status).toBe(503);
  });
});
