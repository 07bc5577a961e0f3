/** The real core against clients that are broken, greedy or hostile: they end, it goes on. */
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, type TroupeClient } from '../../../contract/link/client.ts';
import type { Channel } from '../../../contract/link/channel.ts';
import { encodeFrame } from '../../../contract/link/frames.ts';
import { readAddress } from '../../../main/link/core-address.ts';
import { installPlugin, startCore, type RunningCore } from '../../support/running-core.ts';

let core: RunningCore;
let client: TroupeClient;
let socketFile: string;
let origin: string;
let token: string;
let person: string;
const pageWords = (): string[] => ['--serve', '--page', path.join(person, 'page')];

beforeAll(async () => {
  person = await mkdtemp(path.join(os.tmpdir(), 'troupe-person-'));
  await mkdir(path.join(person, 'page'));
  await writeFile(path.join(person, 'page/index.html'), '<!doctype html><title>Troupe</title>');
  await mkdir(path.join(person, 'tables'));
  core = await startCore({ words: pageWords(), environment: { HOME: person } });
  client = await core.client();
  await client.call.credentials.choosePlain({});
  socketFile = await readAddress(core.home) ?? '';
  if (core.first.tell !== 'ready' || core.first.input.address === null) throw new Error('the core serves no page');
  const address = new URL(core.first.input.address);
  origin = address.origin;
  token = new URLSearchParams(address.hash.slice(1)).get('token') ?? '';
}, 60_000);
afterAll(async () => { await core.end(); await rm(person, { recursive: true, force: true }); });

/** The core still answers somebody else. */
const goesOn = async (): Promise<void> => { expect(await client.call.observe.about({})).toMatchObject({ home: core.home }); expect(core.process.exitCode).toBeNull(); };
const raw = (): Promise<Socket> => new Promise((resolve, reject) => { const socket = connect(socketFile, () => { resolve(socket); }); socket.on('error', reject); });
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => { socket.on('close', () => { resolve(); }); socket.on('error', () => undefined); socket.resume(); });
const text = (value: string): Uint8Array => encodeFrame(1, new TextEncoder().encode(value));
const HELLO = JSON.stringify({ hello: { protocol: 1, build: 'x', client: 'cli' } });

describe('the local socket', () => {
  it('drops whoever sends bytes that are no frames, or frames that are no calls', async () => {
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 6 }), async (greets, pieces) => {
      const socket = await raw();
      const ended = closed(socket);
      if (greets) socket.write(text(HELLO));
      for (const piece of pieces) socket.write(greets ? encodeFrame(1, piece) : piece);
      socket.end();
      await ended;
    }), { numRuns: 40 });
    await goesOn();
  }, 30_000);

  it('drops a frame that announces more than any message may have', async () => {
    const socket = await raw();
    const ended = closed(socket);
    socket.write(Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1));
    await ended;
    await goesOn();
  });

  it('drops whoever asks without end and reads no answer', async () => {
    const before = await core.resident();
    const socket = await raw();
    socket.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => { socket.on('close', () => { resolve(); }); });
    socket.pause();
    socket.write(text(HELLO));
    const ask = text(JSON.stringify({ i: '1', p: { u: '/observe/doctor', b: { json: {} } } }));
    for (let call = 0; call < 2_000 && !socket.destroyed; call += 1) socket.write(ask);
    socket.resume();
    await ended;
    expect(await core.resident() - before).toBeLessThan(100 * 1024 * 1024);
    await goesOn();
  }, 30_000);

  it.each([
    ['a prototype', '{"i":"1","p":{"u":"/settings/change","b":{"json":{"change":{"__proto__":{"theme":"dark"}},"__proto__":{"x":1}}}}}'],
    ['a name of Object', '{"i":"1","p":{"u":"/constructor/prototype","b":{"json":{}}}}'],
    ['a path that leads elsewhere', '{"i":"1","p":{"u":"/../../etc/passwd","b":{"json":{}}}}'],
    ['a bad escape', '{"i":"1","p":{"u":"/%","b":{"json":{}}}}'],
    ['nesting', `{"i":"1","p":{"u":"/runs/start","b":{"json":{"pluginId":"a.b","target":"t","input":{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}}}`],
    ['a second hello', HELLO],
    ['an abort of nothing', '{"i":"77","t":3}'],
  ])('survives %s', async (_what, message) => {
    const socket = await raw();
    socket.on('error', () => undefined);
    const ended = closed(socket);
    socket.write(text(HELLO));
    socket.write(text(message));
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.end();
    await ended;
    await goesOn();
    expect((await client.call.settings.get({})).theme).toBe('system');
  });
});

/** A page's channel over its WebSocket, as a browser opens it. */
const openPage = (credential: string, at = origin): Promise<{ channel: Channel; session: { id: string; key: string } | null; socket: WebSocket }> => new Promise((resolve, reject) => {
  const socket = new WebSocket(`${at.replace('http', 'ws')}/link`, ['troupe.1', credential], { headers: { origin: at } });
  let listener: (message: string) => void = () => undefined;
  const channel: Channel = { send: (message) => { socket.send(message); }, onMessage: (next) => { listener = next; }, onClose: (end) => { socket.once('close', end); }, close: () => { socket.close(); } };
  const bySession = credential.startsWith('session.');
  let session: { id: string; key: string } | null = null;
  socket.on('error', reject);
  socket.on('open', () => { if (bySession) resolve({ channel, session, socket }); });
  socket.on('message', (data) => {
    const message = String(data as Buffer);
    if (!bySession && session === null) { ({ session } = JSON.parse(message) as { session: { id: string; key: string } }); resolve({ channel, session, socket }); return; }
    listener(message);
  });
});
const pageClient = (channel: Channel): TroupeClient => createClient({ connect: () => Promise.resolve(channel), client: 'page', build: 'source', reconnect: false, randomId: () => `page-${Math.random().toString(36).slice(2)}-0000` });
const proof = ({ id, key }: { id: string; key: string }, nonce: string): string => {
  const at = Date.now();
  return `session.${id}.${at}.${nonce}.${createHmac('sha256', Buffer.from(key, 'base64url')).update(`${id}.${at}.${nonce}`).digest('base64url')}`;
};

describe('the page on loopback, with the real core behind it', () => {
  let session: { id: string; key: string };

  it('keeps its token out of what other processes can read', async () => {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    for (const file of ['cmdline', 'environ']) expect((await readFile(`/proc/${core.process.pid ?? 0}/${file}`)).includes(token)).toBe(false);
    expect(core.stderr()).not.toContain(token);
  });

  it('lets the page in by the token once, and then by the session', async () => {
    const opened = await openPage(`token.${token}`);
    session = opened.session ?? { id: '', key: '' };
    expect(await pageClient(opened.channel).call.observe.about({})).toMatchObject({ shell: 'browser' });
    await expect(openPage(`token.${token}`)).rejects.toThrow('401');
    opened.socket.close();
    const again = await openPage(proof(session, 'nonce-000001'));
    const page = pageClient(again.channel);
    expect(await page.call.plugins.list({})).toEqual({ plugins: [] });
    page.close();
  });

  it('ends a page that sends binary or too large messages, and goes on', async () => {
    const one = await openPage(proof(session, 'nonce-000002'));
    const ended = new Promise((resolve) => { one.socket.once('close', resolve); });
    one.socket.send(Buffer.alloc(17 * 1024 * 1024));
    await ended;
    const two = await openPage(proof(session, 'nonce-000003'));
    two.socket.send(Buffer.from([1, 2, 3]));
    expect(await pageClient(two.channel).call.observe.about({})).toMatchObject({ shell: 'browser' });
    two.socket.close();
    await goesOn();
  });

  it('lets the person pick a folder on an origin of its own, and the page name none', async () => {
    await installPlugin(client, 'dev.troupe.csv-analyst');
    const page = pageClient((await openPage(proof(session, 'nonce-000004'))).channel);
    await expect(page.call.plugins.grantFolder({ id: 'dev.troupe.csv-analyst', key: 'data', path: '/etc' })).rejects.toMatchObject({ code: 'permission/denied' });
    const { folder, confirmAt } = await page.call.plugins.pickFolder({ id: 'dev.troupe.csv-analyst', key: 'data' });
    expect(folder).toBeNull();
    const address = new URL(confirmAt ?? '');
    expect(address.hostname).toBe('127.0.0.1');
    expect(address.origin).not.toBe(origin);
    expect(await (await fetch(address)).text()).toContain('tables');
    const picked = await fetch(address, { method: 'POST', body: new URLSearchParams({ at: 'tables' }), headers: { origin: address.origin } });
    expect(picked.status).toBe(200);
    expect((await page.call.plugins.folders({ id: 'dev.troupe.csv-analyst' })).folders.find(({ key }) => key === 'data')?.path).toBe(path.join(person, 'tables'));
    page.close();
  }, 30_000);

  it('knows its pages again after a restart, and no token of before', async () => {
    const { port } = new URL(origin);
    await core.stop();
    const next = await startCore({ home: core.home, words: [...pageWords(), '--port', port], environment: { HOME: person } });
    try {
      expect(next.first.tell, next.stderr()).toBe('ready');
      await expect(openPage(`token.${token}`)).rejects.toThrow('401');
      const page = pageClient((await openPage(proof(session, 'nonce-000005'))).channel);
      expect(await page.call.observe.about({})).toMatchObject({ shell: 'browser' });
      page.close();
    } finally {
      await next.end();
    }
  }, 30_000);
});
