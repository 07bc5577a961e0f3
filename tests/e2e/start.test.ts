import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket as Socket } from 'ws';
import { createClient, type TroupeClient } from '../../contract/link/client.ts';
import { browserTransport } from '../../renderer/bridge/browser-transport.ts';
import { build } from '../../scripts/build.ts';
import { root } from '../../scripts/sources.ts';
import { coreOf } from '../support/electron-app.ts';
import { familyOf, startedWith, stillRunning, until, untilGone } from '../support/processes.ts';

interface Started { process: ChildProcess; exited: Promise<unknown[]>; out(): string; said(): string; addresses(): string[] }

const started: ChildProcess[] = [];
const clients: TroupeClient[] = [];
const folders: string[] = [];

/** What `npm start -- --shell address` runs, in a process group of its own as in a terminal. */
function start(home: string): Started {
  const child = spawn(process.execPath, [path.join(root, 'scripts/run.cjs'), path.join(root, 'scripts/start.ts'), '--shell', 'address', '--home', home], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  started.push(child);
  let [out, said] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { out += String(chunk); });
  child.stderr.on('data', (chunk: Buffer) => { said += String(chunk); });
  return { process: child, exited: once(child, 'exit'), out: () => out, said: () => said, addresses: () => out.split('\n').filter((line) => line.startsWith('http://')) };
}

const interrupt = (one: Started): void => { process.kill(-(one.process.pid ?? 0), 'SIGINT'); };

/** The page's own client, with the browser's way in. */
async function openPage(address: string): Promise<{ client: TroupeClient; storage: Map<string, string> }> {
  const { build: stamp } = JSON.parse(await readFile(path.join(root, 'dist/stamp.json'), 'utf8')) as { build: string };
  const url = new URL(address);
  const storage = new Map<string, string>();
  const connect = browserTransport({
    location: { protocol: url.protocol, host: url.host, hash: url.hash, pathname: '/', search: '' },
    storage: { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => { storage.set(key, value); }, removeItem: (key) => { storage.delete(key); } },
    createSocket(to, protocols) { const socket = new Socket(to, protocols, { origin: url.origin }); socket.on('error', () => { /* told by its close */ socket.terminate(); }); return socket as unknown as WebSocket; },
    replaceAddress: () => undefined, answers: () => fetch(url.origin).then(() => true, () => false), now: Date.now, onLocked: () => undefined,
  });
  const client = createClient({ connect, client: 'page', build: stamp, reconnect: true, randomId: () => randomBytes(16).toString('base64url') });
  clients.push(client);
  return { client, storage };
}

async function newHome(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-start-'));
  folders.push(folder);
  return path.join(folder, 'home');
}

describe.skipIf(process.platform === 'win32')('X12 npm start', () => {
  beforeAll(async () => { await build(); });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const child of started.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) { process.kill(-(child.pid ?? 0), 'SIGKILL'); await once(child, 'exit'); }
    }
  });
  afterAll(async () => { for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 }); });

  it('serves the page at the address that it prints, and leaves nothing after Ctrl-C', async () => {
    const home = await newHome();
    const one = start(home);
    const address = await until('it prints an address', () => one.addresses()[0]);
    expect(new URL(address).hostname).toBe('127.0.0.1');
    const answer = await fetch(new URL('/', address));
    expect([answer.status, answer.headers.get('content-security-policy')?.includes("default-src 'none'")]).toEqual([200, true]);
    expect(await answer.text()).toContain('<div id="root">');
    const { client } = await openPage(address);
    expect((await client.call.credentials.state({})).state).toBe('no-service');
    await client.call.credentials.choosePlain({});
    expect((await client.call.catalog.search({})).total).toBeGreaterThan(2);

    const family = familyOf(one.process.pid ?? 0);
    expect(family).toContain(await coreOf(home));
    interrupt(one);
    await untilGone(family, 3_000);
    await until('nothing of this home is left', () => startedWith(home).length === 0, 1_000);
    expect(await one.exited).toEqual([0, null]);
  });

  it('starts a killed core again on the same port, where an open page goes on', async () => {
    const home = await newHome();
    const one = start(home);
    const address = await until('it prints an address', () => one.addresses()[0]);
    const { client, storage } = await openPage(address);
    await client.call.credentials.choosePlain({});
    await client.call.settings.change({ change: { onboardingDone: true } });
    const session = storage.get('troupe-session');
    const core = await coreOf(home);
    process.kill(core, 'SIGKILL');
    // The call is repeated by the client until the next core answers.
    expect((await client.call.settings.get({})).onboardingDone).toBe(true);
    expect(await coreOf(home, core)).not.toBe(core);
    expect(storage.get('troupe-session')).toBe(session);
    const second = await until('it prints the next address', () => one.addresses()[1]);
    expect(new URL(second).port).toBe(new URL(address).port);
    expect(second).not.toBe(address);
    interrupt(one);
    expect(await one.exited).toEqual([0, null]);
  });

  it('says that the home is in use, and takes it over when it becomes free', async () => {
    const home = await newHome();
    const first = start(home);
    await until('the first is ready', () => first.addresses()[0]);
    const second = start(home);
    await until('the second says why it waits', () => second.said().includes(`Another Troupe already works in ${home}.`));
    expect(second.addresses()).toEqual([]);
    interrupt(first);
    await until('the second is ready', () => second.addresses()[0]);
    const family = familyOf(second.process.pid ?? 0);
    interrupt(second);
    await untilGone(family, 3_000);
    expect(stillRunning([first.process.pid ?? 0])).toEqual([]);
  });

  it('refuses words that it does not know', async () => {
    const child = spawn(process.execPath, [path.join(root, 'scripts/run.cjs'), path.join(root, 'scripts/start.ts'), '--shell', 'telnet'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => { said += String(chunk); });
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(said).toContain('--shell takes electron, browser or address, not "telnet"');
  });
});
