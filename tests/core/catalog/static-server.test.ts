import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveStatic } from '../../../main/cli/static-server.ts';

let folder = '';
let server: Awaited<ReturnType<typeof serveStatic>>;
/** More than the sockets of a system hold between two who do not read. */
const SIZE = 32 * 1024 * 1024;
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

  it('follows no link out of the folder, through a folder either, and no way of writing a path', async () => {
    if (process.platform !== 'win32') {
      await symlink(path.join(folder, 'beside'), path.join(folder, 'public', 'blobs', 'sha512', 'cd'));
      await mkdir(path.join(folder, 'beside', 'cd'), { recursive: true });
      await writeFile(path.join(folder, 'beside', 'cd', 'cd'.repeat(64)), 'secret');
      expect((await get(`blobs/sha512/cd/cd/${'cd'.repeat(64)}`)).status).toBe(404);
    }
    const encoded = ['/%2e%2e/secret', '/metadata/%2e%2e/%2e%2e/secret', '/metadata/..%2Ftimestamp.json', '/metadata/%252e%252e/timestamp.json', '/metadata/timestamp.json%00.json', '/metadata/..;/timestamp.json', '/metadata/.%2e/metadata/timestamp.json', '/metadata/\\..\\timestamp.json', '/./metadata/timestamp.json', '/metadata//timestamp.json', '/metadata/timestamp.json/', '/METADATA/timestamp.json', '/metadata/%74imestamp.json%2f..'];
    for (const target of encoded) expect(['400', '404'], `${target} ${await raw(`GET ${target} HTTP/1.1`)}`).toContain(await raw(`GET ${target} HTTP/1.1`));
    for (const range of ['bytes=-0', 'bytes=5-2', 'bytes=99999999999999999-', 'bytes=--1', 'items=0-1', 'bytes=0-18446744073709551616', `bytes=${'0-1,'.repeat(2_000)}`]) expect([200, 206, 416], range).toContain((await get(blob, { range })).status);
  });

  it('a head that does not end, comes too slowly or is too large is cut off, and so is who takes nothing', async () => {
    const big = `blobs/sha512/ef/ef/${'ef'.repeat(64)}`;
    await mkdir(path.join(folder, 'public', path.dirname(big)), { recursive: true });
    await writeFile(path.join(folder, 'public', big), Buffer.alloc(SIZE));
    const short = await serveStatic(path.join(folder, 'public'), 0, { idleMs: 200 });
    const port = Number(new URL(short.address).port);
    const taken: Socket[] = [];
    const take = (message: unknown): void => { taken.push((message as { socket: Socket }).socket); };
    subscribe('net.server.socket', take);
    const open = (begin: string): Socket => { const socket = connect(port, '127.0.0.1', () => { socket.write(begin); }); return socket.on('error', () => undefined); };
    const closed = async (begin: string): Promise<string> => {
      let text = '';
      const socket = open(begin).on('data', (piece) => { text += String(piece); });
      await once(socket, 'close');
      return text;
    };
    try {
      expect(await closed('GET /metadata/timestamp.json HTTP/1.1\r\nHost: x\r\n')).not.toContain('200');
      expect(await closed(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toContain('400');
      taken.length = 0;
      const reader = open(`GET /${big} HTTP/1.1\r\nHost: x\r\n\r\n`).pause();
      await vi.waitFor(() => { expect(taken).toHaveLength(1); });
      if (taken[0]?.destroyed === false) await once(taken[0], 'close');
      let bytes = 0;
      reader.on('data', (piece: Buffer) => { bytes += piece.length; });
      await once(reader.resume(), 'close');
      expect(bytes).toBeLessThan(SIZE);
      // Who reads gets the whole of it.
      expect((await (await fetch(`${short.address}${big}`)).arrayBuffer()).byteLength).toBe(SIZE);
    } finally {
      unsubscribe('net.server.socket', take);
      await short.stop();
    }
  });
});
