import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttp, type ConnectTarget } from '../../../main/core/base/http/index.ts';
import { failure, SELF_SIGNED, serve, type StandIn } from './stand-in.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => { for (const thing of open.splice(0)) await thing.close(); });
async function started(...args: Parameters<typeof serve>): Promise<StandIn> {
  const server = await serve(...args);
  open.push(server);
  return server;
}
const fresh = (parts: Partial<Parameters<typeof createHttp>[0]> = {}) => {
  const http = createHttp({ offline: () => false, environment: {}, ...parts });
  open.push(http);
  return http;
};

describe('A4 requests to addresses that the user chose', () => {
  it('is fetch: request, headers, body, answer', async () => {
    const server = await started((request, response) => { response.writeHead(201, { 'x-a': 'b' }).end(JSON.stringify({ method: request.method, body: request.body, type: request.headers['content-type'] })); });
    const http = fresh();
    const response = await http.fetch(`${server.url}/x`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
    expect([response.status, response.ok, response.headers.get('x-a'), response.url]).toEqual([201, true, 'b', `${server.url}/x`]);
    expect(await response.json()).toEqual({ method: 'POST', body: '{"a":1}', type: 'application/json' });
    const form = await http.fetch(new Request(server.url, { method: 'PUT', body: new URLSearchParams({ a: 'b c' }) }));
    expect(await form.json()).toMatchObject({ method: 'PUT', body: 'a=b+c', type: 'application/x-www-form-urlencoded;charset=UTF-8' });
    await http.fetch(new URL(server.url), { method: 'POST', body: new Uint8Array([65]) });
    await http.fetch(server.url, { method: 'POST' });
    expect(server.requests.map((request) => request.body)).toEqual(['{"a":1}', 'a=b+c', 'A', '']);
  });

  it('keeps its connection for the next request, and finds this machine by name', async () => {
    const server = await started((_request, response) => { response.end('x'); });
    const http = fresh({ lookup: async () => { throw new Error('nobody may be asked'); } });
    for (let index = 0; index < 3; index += 1) await (await http.fetch(server.url)).text();
    expect(new Set(server.requests.map((request) => request.socketPort)).size).toBe(1);
    expect(await (await http.fetch(server.url.replace('127.0.0.1', 'localhost'))).text()).toBe('x');
  });

  it('asks again on a fresh connection when a kept one turns out closed, but never twice for a POST', async () => {
    const sockets: Socket[] = [];
    let served = 0;
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('data', () => { if ((served += 1) % 2 === 0 && sockets.length < 3) socket.destroy(); else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx'); });
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    open.push({ close: () => { for (const socket of sockets) socket.destroy(); server.close(); } });
    const http = fresh();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await (await http.fetch(url)).text();
    expect(await (await http.fetch(url)).text()).toBe('x');
    expect(sockets).toHaveLength(2);
    expect(await failure(http.fetch(url, { method: 'POST', body: 'x' }))).toMatchObject({ code: 'core/unreachable', details: { reason: 'ECONNRESET' } });
  });

  it('streams as it comes, unpacks as it comes, and closes the connection when cancelled', async () => {
    let next: (() => void) | undefined;
    let gone: Promise<void> | undefined;
    const server = await started((request, response, raw) => {
      gone = new Promise((resolve) => { raw.socket.once('close', () => resolve()); });
      if (request.path === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));
      else { response.write('one'); next = () => response.write('two'); }
    });
    const http = fresh();
    expect(await (await http.fetch(`${server.url}/gzip`)).text()).toBe('packed');
    const reader = (await http.fetch(server.url)).body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toBe('one');
    next?.();
    expect(await read()).toBe('two');
    await reader?.cancel();
    await gone;
    const controller = new AbortController();
    const second = (await http.fetch(server.url, { signal: controller.signal })).body?.getReader();
    await second?.read();
    const rest = failure(second?.read() ?? Promise.resolve());
    controller.abort();
    expect((await rest).name).toBe('AbortError');
    await gone;
    expect((await failure(http.fetch(server.url, { signal: controller.signal }))).name).toBe('AbortError');
  });

  it('holds back while nobody reads', async () => {
    let written = 0;
    const server = await started((_request, response) => {
      const push = (): void => { while (written < 64 && response.write(Buffer.alloc(1_000_000))) written += 1; if (written < 64) response.once('drain', () => { written += 1; push(); }); };
      push();
    });
    const response = await fresh().fetch(server.url);
    await new Promise((resolve) => { setTimeout(resolve, 150); });
    expect(written).toBeLessThan(40);
    await response.body?.cancel();
  });

  it('reports a body that breaks off', async () => {
    const server = await started((_request, response) => { response.writeHead(200, { 'content-length': '100' }).write('half'); setTimeout(() => response.destroy(), 10); });
    expect(await failure((await fresh().fetch(server.url)).text())).toMatchObject({ code: 'core/unreachable' });
  });

  it('follows redirects and leaves the key with the origin it was meant for', async () => {
    const inner = await started((_request, response) => { response.end('there'); });
    const server = await started((request, response) => { response.writeHead(request.path === '/loop' ? 302 : 307, { location: request.path === '/loop' ? '/loop' : inner.url }).end(); });
    const http = fresh();
    const response = await http.fetch(`${server.url}/go`, { method: 'POST', body: 'b', headers: { authorization: 'Bearer s', accept: 'a' } });
    expect([await response.text(), response.url]).toEqual(['there', `${inner.url}/`]);
    expect(inner.requests[0]).toMatchObject({ method: 'POST', body: 'b', headers: { accept: 'a' } });
    expect(inner.requests[0]?.headers.authorization).toBeUndefined();
    expect(await failure(http.fetch(`${server.url}/loop`))).toMatchObject({ code: 'core/unreachable', details: { reason: 'redirect' } });
    expect((await http.fetch(`${server.url}/go`, { redirect: 'manual' })).status).toBe(307);
    expect(await failure(http.fetch(`${server.url}/go`, { redirect: 'error' }))).toMatchObject({ code: 'core/unreachable' });
  });

  it('gives answers without a body as such', async () => {
    const server = await started((request, response) => { response.writeHead(Number(request.path.slice(1))).end(); });
    for (const status of [204, 304]) expect((await fresh().fetch(`${server.url}/${status}`)).body).toBeNull();
  });

  it('says offline and does not connect, save to this machine', async () => {
    const reached: ConnectTarget[] = [];
    const http = fresh({ offline: () => true, connect: async (target) => { reached.push(target); throw new Error('walled'); } });
    for (const url of ['https://api.example.com/', 'http://10.0.0.1/', 'http://localhost.example.com/']) expect(await failure(http.fetch(url))).toMatchObject({ code: 'core/offline' });
    expect(reached).toEqual([]);
    await failure(http.fetch('http://localhost:9/'));
    expect(reached).toHaveLength(1);
  });

  it('refuses what is no web address', async () => {
    for (const url of ['nonsense', 'ftp://x/', 'http://a:b@127.0.0.1/']) expect(await failure(fresh().fetch(url))).toMatchObject({ code: 'core/bad-input' });
  });

  it('does not trust a certificate that nobody signed', async () => {
    const server = createTlsServer(SELF_SIGNED);
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    open.push({ close: () => { server.close(); } });
    const found = await failure(fresh().fetch(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`));
    expect(found).toMatchObject({ code: 'core/unreachable' });
    expect(found.message).toMatch(/certificate|trusted/);
  });
});

describe('A4 proxies', () => {
  /** A proxy that connects every tunnel to one port of this machine. */
  async function proxy(port: number, answer = 'HTTP/1.1 200 OK\r\n\r\n') {
    const heads: string[] = [];
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => socket.destroy());
      socket.once('data', (data) => {
        heads.push(data.toString());
        socket.write(answer);
        if (!answer.includes('200')) { socket.end(); return; }
        const onward = createConnection(port);
        sockets.push(onward);
        onward.on('error', () => onward.destroy());
        socket.pipe(onward).pipe(socket);
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    open.push({ close: () => { for (const socket of sockets) socket.destroy(); server.close(); } });
    return { heads, port: (server.address() as AddressInfo).port };
  }

  it('asks the proxy of the environment for a tunnel, by name, and none for this machine', async () => {
    const server = await started((_request, response) => { response.end('through'); });
    const at = await proxy(server.port);
    const http = fresh({ environment: { HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${at.port}`, NO_PROXY: 'direct.example, .inner.example:81' }, lookup: async () => { throw Object.assign(new Error('x'), { code: 'ENOTFOUND' }); } });
    expect(await (await http.fetch('http://far.example/')).text()).toBe('through');
    expect(at.heads[0]).toContain('CONNECT far.example:80 HTTP/1.1');
    expect(at.heads[0]).toContain(`Proxy-Authorization: Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(await (await http.fetch(server.url)).text()).toBe('through');
    for (const url of ['http://direct.example/', 'http://a.inner.example:81/']) expect(await failure(http.fetch(url))).toMatchObject({ details: { reason: 'ENOTFOUND' } });
    expect(at.heads).toHaveLength(1);
  });

  it('believes the system before the environment', async () => {
    const server = await started((_request, response) => { response.end('through'); });
    const at = await proxy(server.port);
    const said: string[] = [];
    const http = fresh({ environment: { HTTP_PROXY: 'http://127.0.0.1:1' }, resolveProxy: async (url) => { said.push(url); return url.includes('plain') ? 'DIRECT' : `SOCKS 127.0.0.1:1; PROXY 127.0.0.1:${at.port}; DIRECT`; }, lookup: async () => ['127.0.0.1'] });
    expect(await (await http.fetch('http://far.example/')).text()).toBe('through');
    expect(await (await http.fetch(`http://plain.example:${server.port}/`)).text()).toBe('through');
    expect(at.heads).toHaveLength(1);
    expect(said).toHaveLength(2);
  });

  it('speaks TLS through the tunnel, to the host and not to the proxy', async () => {
    const far = createTlsServer(SELF_SIGNED);
    far.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => { far.listen(0, '127.0.0.1', resolve); });
    open.push({ close: () => { far.close(); } });
    const at = await proxy((far.address() as AddressInfo).port);
    const found = await failure(fresh({ environment: { https_proxy: `http://127.0.0.1:${at.port}` } }).fetch('https://far.example/'));
    expect(at.heads[0]).toContain('CONNECT far.example:443');
    expect(found.details['reason']).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  it('says when the proxy refuses or is not there', async () => {
    const at = await proxy(1, 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const refused = await failure(fresh({ environment: { http_proxy: `127.0.0.1:${at.port}` } }).fetch('http://far.example/'));
    expect(refused).toMatchObject({ code: 'core/unreachable' });
    expect(refused.message).toContain('407');
    expect((await failure(fresh({ environment: { all_proxy: 'http://127.0.0.1:1' } }).fetch('http://far.example/'))).message).toContain('proxy');
    const odd = await proxy(1, 'x'.repeat(17_000));
    expect(await failure(fresh({ environment: { http_proxy: `http://127.0.0.1:${odd.port}` } }).fetch('http://far.example/'))).toMatchObject({ code: 'core/unreachable' });
  });
});
