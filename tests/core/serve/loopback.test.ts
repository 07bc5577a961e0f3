import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createFolderChooser, type FolderChooser } from '../../../main/core/serve/http/folder-chooser.ts';
import { serveLoopback, type Loopback } from '../../../main/core/serve/http/loopback.ts';
import { loadPage } from '../../../main/link/page-files.ts';
import { createSessions, type Sessions } from '../../../main/core/serve/http/sessions.ts';

let folder: string;
let served: Loopback;
let sessions: Sessions;
let pages: number;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'loopback-'));
  await mkdir(path.join(folder, 'page/assets'), { recursive: true });
  await writeFile(path.join(folder, 'page/index.html'), '<!doctype html><html><head><meta property="csp-nonce" nonce="__TROUPE_NONCE__"></head></html>');
  await writeFile(path.join(folder, 'page/assets/app.js'), 'export {}');
  await writeFile(path.join(folder, 'secret.txt'), 'outside the page');
  now = Date.now();
  sessions = createSessions({ secret: Buffer.alloc(32, 7), now: () => now });
  pages = 0;
  served = await serveLoopback({ page: await loadPage(path.join(folder, 'page')), sessions, port: 0, onPage: () => { pages += 1; } });
});
afterEach(async () => { await served.stop(); await rm(folder, { recursive: true }); });

/** Sends bytes as they are and answers everything that came back. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(served.port, '127.0.0.1', () => { socket.write(text); });
    let answer = '';
    socket.setTimeout(3_000, () => { socket.destroy(); resolve(answer); });
    socket.on('data', (chunk) => { answer += String(chunk); });
    socket.on('close', () => { resolve(answer); });
    socket.on('error', reject);
  });
}
const host = (): string => `127.0.0.1:${served.port}`;
const get = (target: string, headers: Record<string, string> = {}): Promise<string> =>
  raw(`GET ${target} HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

function open(protocols: string[], headers: Record<string, string> = { Origin: `http://${host()}` }, at = '/link'): Promise<{ status: number; first: string | null; socket: WebSocket }> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://${host()}${at}`, protocols, { headers });
    socket.on('unexpected-response', (_request, response) => { resolve({ status: response.statusCode ?? 0, first: null, socket }); });
    socket.on('error', () => undefined);
    let first: string | null = null;
    socket.on('message', (data) => { first ??= String(data); });
    socket.on('open', () => { setTimeout(() => { resolve({ status: 101, first, socket }); }, 50); });
  });
}

describe('X12 the page on loopback', () => {
  it('serves the page with a fresh style nonce and a strict policy, for routes too', async () => {
    const [one, two] = await Promise.all([get('/'), get('/marketplace/dev.troupe.text-toolkit?tab=versions')]);
    const nonces = [one, two].map((answer) => /nonce="([^"]+)"/.exec(answer)?.[1]);
    expect(statusOf(one)).toBe(200);
    expect(statusOf(two)).toBe(200);
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(one).toContain(`'nonce-${nonces[0]}'`);
    expect(one).toMatch(/content-security-policy: default-src 'none'; script-src 'self'/);
    expect(one).not.toContain('unsafe-inline');
    expect(one.toLowerCase()).not.toContain('set-cookie');
  });

  it.each([
    ['a traversal', '/../secret.txt'], ['an encoded traversal', '/%2e%2e/secret.txt'], ['a doubly encoded one', '/assets/..%2f..%2fsecret.txt'], ['a backslash', '/..%5csecret.txt'],
    ['a bad escape', '/%'], ['a zero byte', '/%00'], ['an absolute form', 'http://evil.example/'], ['an absolute form of ours', 'http://127.0.0.1/'], ['an authority', '//evil.example/'], ['an asterisk', '*'],
  ])('refuses %s and goes on', async (_name, target) => {
    const answer = await get(target);
    expect(statusOf(answer)).toBe(400);
    expect(answer).not.toContain('outside the page');
    expect(statusOf(await get('/'))).toBe(200);
  });

  it('refuses a request line that is none, an overlong header, another method, an unknown file', async () => {
    expect(statusOf(await raw('NONSENSE\r\n\r\n'))).toBe(400);
    expect(statusOf(await raw(`GET / HTTP/1.1\r\nHost: ${host()}\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`))).toBe(400);
    expect(statusOf(await raw(`POST / HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`))).toBe(405);
    expect(statusOf(await get('/assets/none.js'))).toBe(404);
    expect(statusOf(await get('/'))).toBe(200);
  });

  it('refuses a foreign Host and a foreign Origin', async () => {
    expect(statusOf(await raw('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'))).toBe(421);
    expect(statusOf(await raw(`GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n`))).toBe(421);
    expect(statusOf(await get('/', { Origin: 'http://evil.example' }))).toBe(403);
    expect(statusOf(await get('/', { Origin: 'null' }))).toBe(403);
  });

  it('listens on 127.0.0.1 alone', async () => {
    const outside = Object.values(os.networkInterfaces()).flat().find((entry) => entry && !entry.internal && entry.family === 'IPv4')?.address;
    const reached = outside === undefined ? false : await new Promise<boolean>((resolve) => {
      const socket = connect(served.port, outside, () => { socket.destroy(); resolve(true); });
      socket.on('error', () => { resolve(false); });
    });
    expect(reached).toBe(false);
  });
});

describe('X12 the one-time token', () => {
  it('is exchanged once for a session that proves itself later', async () => {
    const token = sessions.issue();
    const first = await open(['troupe.1', `token.${token}`]);
    expect(first.status).toBe(101);
    const { session } = JSON.parse(first.first ?? '{}') as { session: { id: string; key: string } };
    first.socket.close();
    expect((await open(['troupe.1', `token.${token}`])).status).toBe(401);
    const proof = (at: number, nonce: string, key = session.key): string => `session.${session.id}.${at}.${nonce}.${createHmac('sha256', Buffer.from(key, 'base64url')).update(`${session.id}.${at}.${nonce}`).digest('base64url')}`;
    const again = await open(['troupe.1', proof(now, 'nonce-0001')]);
    expect(again.status).toBe(101);
    expect(again.first).toBeNull();
    again.socket.close();
    expect((await open(['troupe.1', proof(now, 'nonce-0001')])).status).toBe(401); // played again
    expect((await open(['troupe.1', proof(now - 120_000, 'nonce-0002')])).status).toBe(401); // old
    expect((await open(['troupe.1', proof(now, 'nonce-0003', Buffer.alloc(32).toString('base64url'))])).status).toBe(401); // forged
    expect(pages).toBe(2);
  });

  it('stays good after a HEAD, a prefetch, a foreign Host and a foreign Origin', async () => {
    const token = sessions.issue();
    await raw(`HEAD / HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`);
    await get('/', { 'Sec-Purpose': 'prefetch' });
    expect((await open(['troupe.1', `token.${token}`], { Origin: 'http://evil.example' })).status).toBe(403);
    expect((await open(['troupe.1', `token.${token}`], { Origin: `http://${host()}`, Host: 'evil.example' })).status).toBe(421);
    expect((await open(['troupe.1', `token.${token}`], {})).status).toBe(403);
    const good = await open(['troupe.1', `token.${token}`]);
    expect(good.status).toBe(101);
    good.socket.close();
  });

  it('is needed: missing, wrong, in the address, on another path', async () => {
    expect((await open(['troupe.1'])).status).toBe(401);
    expect((await open(['troupe.1', 'token.wrong'])).status).toBe(401);
    expect((await open(['other.1', `token.${sessions.issue()}`])).status).toBe(401);
    expect((await open(['troupe.1'], undefined, `/link?token=${sessions.issue()}`)).status).toBe(401);
    expect((await open(['troupe.1', `token.${sessions.issue()}`], undefined, '/other')).status).toBe(404);
    expect(pages).toBe(0);
  });
});

describe('A9 the folder chooser on its own origin', () => {
  let chooser: FolderChooser;
  let picked: string[];
  beforeEach(async () => {
    picked = [];
    await mkdir(path.join(folder, 'home/<b>data'), { recursive: true });
    await mkdir(path.join(folder, 'elsewhere'));
    await symlink(path.join(folder, 'elsewhere'), path.join(folder, 'home/link'));
    chooser = createFolderChooser(path.join(folder, 'home'), () => now);
  });
  afterEach(() => chooser.stop());
  const ask = (): Promise<string> => chooser.ask({ title: 'Pick', detail: 'For <script>', picked: (chosen) => { picked.push(chosen); return Promise.resolve(); } });
  const post = (address: string, at: string, origin = new URL(address).origin): Promise<Response> => fetch(address, { method: 'POST', body: new URLSearchParams({ at }), headers: { origin } });

  it('lists folders as text and grants one once', async () => {
    const address = await ask();
    expect(new URL(address).origin).not.toBe(served.origin);
    const html = await (await fetch(address)).text();
    expect(html).toContain('&#60;b&#62;data');
    expect(html).not.toContain('<b>data');
    expect(html).not.toContain('<script');
    expect((await post(address, '<b>data')).status).toBe(200);
    expect(picked).toEqual([path.join(folder, 'home/<b>data')]);
    expect((await post(address, '<b>data')).status).toBe(404);
  });

  it('lets nobody out of the home, no other page post, no old ticket live', async () => {
    const address = await ask();
    expect((await fetch(`${address}?at=..`)).status).toBe(403);
    expect((await post(address, '../elsewhere')).status).toBe(403);
    expect((await post(address, 'link')).status).toBe(403);
    expect((await post(address, '<b>data', served.origin)).status).toBe(403);
    expect((await fetch(new URL('/unknown', address))).status).toBe(404);
    now += 11 * 60_000;
    expect((await fetch(address)).status).toBe(404);
    expect(picked).toEqual([]);
  });
});
