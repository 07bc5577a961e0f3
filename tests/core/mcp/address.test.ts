import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { McpTransport } from '../../../contract/model/mcp.ts';
import { readAddress, serverFetch } from '../../../main/core/engine/mcp/address.ts';
import { until } from '../../support/processes.ts';
import { aCall, exampleServer, openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
let children: ChildProcess[];
beforeEach(async () => { [bench, children] = [await openWorkbench(), []]; });
afterEach(async () => {
  await bench.close();
  await Promise.all(children.map(async (child) => { if (child.exitCode !== null || child.signalCode !== null) return; const gone = new Promise((resolve) => { child.once('exit', resolve); }); child.kill('SIGKILL'); await gone; }));
});

const quiet = new AbortController().signal;
const address = (url: string, headers: string[] = []): McpTransport => ({ kind: 'http', url, headers, privateNetwork: false });
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}
/** Starts a program and waits until its port answers anything. */
async function listening(file: string, args: string[], port: number, environment: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, PORT: String(port), ...environment }, stdio: 'ignore' });
  children.push(child);
  await until('it listens', () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false));
  return child;
}

describe('N1 streamable HTTP', () => {
  it('lists and calls tools of the official server, and goes on in a new session after it was started again', async () => {
    const port = await freePort();
    const first = await listening(exampleServer('everything'), ['streamableHttp'], port);
    const { id } = await bench.mcp.add({ name: 'Everything', transport: address(`http://127.0.0.1:${port}/mcp`), values: {} });
    expect(await bench.mcp.test({ id }, quiet)).toMatchObject({ ok: true });
    const tool = await bench.tool('echo');
    expect(await bench.mcp.call(tool, { message: 'one' }, aCall())).toContain('Echo: one');
    const told: number[] = [];
    await bench.mcp.call(await bench.tool('trigger-long-running-operation'), { duration: 0.2, steps: 2 }, aCall({ progress: (fraction) => { told.push(fraction); } }));
    expect(told[0]).toBe(0.5);
    first.kill('SIGKILL');
    await new Promise((resolve) => { first.once('exit', resolve); });
    await expect(bench.mcp.call(tool, { message: 'two' }, aCall())).rejects.toMatchObject({ code: 'core/unreachable' });
    await listening(exampleServer('everything'), ['streamableHttp'], port);
    expect(await bench.mcp.call(tool, { message: 'three' }, aCall())).toContain('Echo: three');
  }, 40_000);

  it('sends headers as they were entered and shows none of them', async () => {
    const seen: (string | undefined)[] = [];
    const server: Server = createServer((request, response) => { seen.push(request.headers['x-key'] as string | undefined); response.writeHead(400).end('{}'); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const { id } = await bench.mcp.add({ name: 'Keyed', transport: address(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, ['X-Key']), values: { 'X-Key': 'very secret' } });
    expect(await bench.mcp.test({ id }, quiet)).toMatchObject({ ok: false });
    expect(seen).toContain('very secret');
    expect(JSON.stringify([await bench.mcp.list(), await bench.mcp.log({ id })])).not.toContain('very secret');
    await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  });

  it('keeps the value of a header for the host that it was entered for', async () => {
    const { id } = await bench.mcp.add({ name: 'Keyed', transport: address('https://mcp.example.com/mcp', ['X-Key', 'X-Other']), values: { 'X-Key': 'k', 'X-Other': 'o' } });
    await bench.mcp.update({ id, transport: address('https://mcp.example.com/v2/mcp', ['X-Key', 'X-Other']), values: {} });
    expect(await bench.mcp.get({ id })).toMatchObject({ missing: [] });
    await bench.mcp.update({ id, transport: address('https://other.example.com/mcp', ['X-Key', 'X-Other']), values: { 'X-Other': 'new' } });
    expect(await bench.mcp.get({ id })).toMatchObject({ missing: ['X-Key'], state: 'values' });
    expect([...bench.secrets.values.values()]).toEqual(['new']);
  });

  it('ends a message that never ends', async () => {
    const server: Server = createServer((_request, response) => { response.writeHead(200, { 'content-type': 'text/event-stream' }); const more = (): void => { while (!response.destroyed && response.write('x'.repeat(65_536))); if (!response.destroyed) response.once('drain', more); }; more(); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { fetch: ask, close } = serverFetch({ url, privateNetwork: false }, { offline: () => false });
    await expect((await ask(url)).text()).rejects.toMatchObject({ code: 'mcp/bad-answer' });
    close();
    await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  });
});

describe('N1 where a server may lie', () => {
  it.each(['http://example.com/mcp', 'ftp://example.com', 'https://user:pass@example.com/mcp', 'no address'])('refuses %s', (url) => {
    expect(() => readAddress({ url, privateNetwork: false })).toThrow(expect.objectContaining({ code: 'core/bad-input' }));
  });
  it.each(['https://example.com/mcp', 'http://127.0.0.1:8000/mcp', 'http://localhost/mcp', 'http://192.168.1.4/mcp'])('takes %s', (url) => { expect(readAddress({ url, privateNetwork: false }).href).toBe(new URL(url).href); });

  it('reaches no private address that nobody typed, by name, by number or by plain http', async () => {
    const reached: string[] = [];
    const network = { offline: () => false, lookup: (host: string) => Promise.resolve(host === 'inside.example.com' ? ['10.0.0.5'] : ['93.184.215.14']), connect: (target: { host: string }) => { reached.push(target.host); return Promise.reject(new Error('stopped')); } };
    const ask = async (typed: string, url: string, privateNetwork = false): Promise<unknown> => { const one = serverFetch({ url: typed, privateNetwork }, network); const code = await one.fetch(url).then(() => 'answered', (error: { code?: string }) => error.code); one.close(); return code; };
    expect(await ask('https://inside.example.com/mcp', 'https://inside.example.com/mcp')).toBe('permission/denied');
    expect(await ask('https://mcp.example.com/mcp', 'https://10.0.0.5/token')).toBe('permission/denied');
    expect(await ask('https://mcp.example.com/mcp', 'http://auth.example.com/token')).toBe('permission/denied');
    expect(await ask('https://mcp.example.com/mcp', 'http://127.0.0.1/token')).toBe('permission/denied');
    expect(await ask('https://mcp.example.com/mcp', 'https://inside.example.com/token')).toBe('permission/denied');
    expect(reached).toEqual([]);
    expect(await ask('https://inside.example.com/mcp', 'https://inside.example.com/mcp', true)).not.toBe('permission/denied');
    expect(await ask('https://mcp.example.com/mcp', 'https://auth.example.com/token')).not.toBe('permission/denied');
    expect(reached).toEqual(['inside.example.com', 'auth.example.com']);
  });
});

describe('N1 sign-in by OAuth', () => {
  const demo = createRequire(import.meta.url).resolve('@modelcontextprotocol/sdk/examples/server/simpleStreamableHttp.js');

  it('finds the authorization server, registers, signs in by the browser, and uses and forgets the tokens', async () => {
    const [port, authPort] = [await freePort(), await freePort()];
    await listening(demo, ['--oauth'], port, { MCP_PORT: String(port), MCP_AUTH_PORT: String(authPort) });
    const { id } = await bench.mcp.add({ name: 'Guarded', transport: address(`http://localhost:${port}/mcp`), values: {} });
    expect(await bench.mcp.test({ id }, quiet)).toMatchObject({ ok: false, code: 'mcp/sign-in-needed' });
    expect(await bench.mcp.get({ id })).toMatchObject({ state: 'signIn', signedIn: false });
    const begun = await bench.mcp.signIn({ id });
    expect(new URL(begun.at ?? '').searchParams.get('code_challenge_method')).toBe('S256');
    const back = new URL(new URL(begun.at ?? '').searchParams.get('redirect_uri') ?? '');
    // An answer that does not know the secret of this sign-in is none.
    expect((await fetch(`${back.href}?code=stolen&state=guessed`)).status).toBe(404);
    // The browser: the authorization server sends it back with a code at once.
    expect(await (await fetch(begun.at ?? '')).text()).toContain('Signed in');
    await begun.done;
    expect(await bench.mcp.test({ id }, quiet)).toMatchObject({ ok: true });
    expect(await bench.mcp.get({ id })).toMatchObject({ signedIn: true });
    expect([...bench.secrets.values.keys()]).toEqual([`mcp_${id}_oauth`]);
    await bench.mcp.signOut({ id });
    expect(await bench.mcp.test({ id }, quiet)).toMatchObject({ ok: false, code: 'mcp/sign-in-needed' });
  }, 40_000);
});
