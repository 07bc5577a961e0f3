import type { Duplex } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import { createHttp, type ConnectTarget, type GuardedRequest, type GuardPolicy, type Http } from '../../../main/core/base/http/index.ts';
import { failure, serve, type StandIn } from './stand-in.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => { for (const thing of open.splice(0)) await thing.close(); });

const get = (url: string, more: Partial<GuardedRequest> = {}): GuardedRequest => ({ url, method: 'GET', headers: [], body: undefined, ...more });
const policy = (hosts: string[], more: Partial<GuardPolicy> = {}): GuardPolicy => ({ hosts, allowPrivate: [], readOnly: false, signal: new AbortController().signal, maxBytes: 1_000_000, ...more });
const local = (server: StandIn, more: Partial<GuardPolicy> = {}): GuardPolicy => policy([server.host], { allowPrivate: [server.host], ...more });

async function started(...args: Parameters<typeof serve>): Promise<StandIn> {
  const server = await serve(...args);
  open.push(server);
  return server;
}

/** Connects to nothing and remembers who was asked for. */
function walled(lookup: (host: string) => Promise<readonly string[]> = async () => ['93.184.216.34']): { http: Http; connect: ReturnType<typeof vi.fn>; reached: ConnectTarget[]; looked: string[] } {
  const reached: ConnectTarget[] = [];
  const looked: string[] = [];
  const connect = vi.fn(async (target: ConnectTarget): Promise<Duplex> => { reached.push(target); throw Object.assign(new Error('walled'), { code: 'ECONNREFUSED' }); });
  const http = createHttp({ offline: () => false, connect, environment: {}, lookup: async (host) => { looked.push(host); return lookup(host); } });
  return { http, connect, reached, looked };
}

describe('I2 the guard above the network', () => {
  it('reaches nothing that was not granted, and names the permission', async () => {
    const { http, connect, looked } = walled();
    for (const [url, permission] of [['https://evil.example/', 'network:evil.example'], ['http://api.example.com/', 'network:http://api.example.com'], ['https://api.example.com:8443/', 'network:api.example.com:8443'], ['https://api.example.com.evil.org/', 'network:api.example.com.evil.org']] as const) {
      expect(await failure(http.guardedFetch(get(url), policy(['api.example.com', '*.example.org'])))).toMatchObject({ code: 'permission/denied', details: { permission } });
    }
    expect(connect).not.toHaveBeenCalled();
    expect(looked).toEqual([]);
  });

  it.each(['127.0.0.1', '10.0.0.1', '192.168.0.1', '169.254.169.254', '0.0.0.0', '100.64.0.1', '[::1]', '[fe80::1]', '[fd00::1]', '[::ffff:127.0.0.1]', '[64:ff9b::7f00:1]', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', 'localhost', 'a.localhost'])('does not connect to %s, granted by name alone', async (host) => {
    const { http, connect } = walled();
    expect(await failure(http.guardedFetch(get(`https://${host}/`), policy([host])))).toMatchObject({ code: 'permission/denied' });
    expect(connect).not.toHaveBeenCalled();
    // With the guard off the very same call reaches for it.
    expect(await failure(http.guardedFetch(get(`https://${host}/`), policy([host], { allowPrivate: [host] })))).toMatchObject({ code: 'core/unreachable' });
    expect(connect).toHaveBeenCalledOnce();
  });

  it('refuses a name of which one address is private', async () => {
    const { http, connect } = walled(async () => ['93.184.216.34', '192.168.0.10']);
    const found = await failure(http.guardedFetch(get('https://rebind.example/'), policy(['rebind.example'])));
    expect(found).toMatchObject({ code: 'permission/denied', details: { permission: 'network:rebind.example' } });
    expect(found.message).toContain('192.168.0.10');
    expect(connect).not.toHaveBeenCalled();
  });

  it('resolves a name once and connects to what was judged', async () => {
    let answers = 0;
    const { http, reached, looked } = walled(async () => [(answers += 1) === 1 ? '93.184.216.34' : '127.0.0.1']);
    expect(await failure(http.guardedFetch(get('https://rebind.example/'), policy(['rebind.example'])))).toMatchObject({ code: 'core/unreachable' });
    expect(looked).toEqual(['rebind.example']);
    expect(reached).toMatchObject([{ host: 'rebind.example', port: 443, secure: true, addresses: ['93.184.216.34'], proxy: undefined }]);
  });

  it('works offline with this machine alone', async () => {
    const connect = vi.fn(async (): Promise<Duplex> => { throw new Error('walled'); });
    const http = createHttp({ offline: () => true, connect, lookup: async () => ['93.184.216.34'] });
    expect(await failure(http.guardedFetch(get('https://api.example.com/'), policy(['api.example.com'])))).toMatchObject({ code: 'core/offline' });
    expect(connect).not.toHaveBeenCalled();
  });

  it('lets a reading call send GET and HEAD and nothing else', async () => {
    const server = await started((_request, response) => { response.end('ok'); });
    const { http: walledHttp, connect } = walled();
    for (const method of ['POST', 'put', 'DELETE', 'PATCH', 'OPTIONS']) expect(await failure(walledHttp.guardedFetch(get('https://api.example.com/', { method }), policy(['api.example.com'], { readOnly: true })))).toMatchObject({ code: 'permission/denied', details: { permission: 'network:api.example.com' } });
    for (const method of ['CONNECT', 'TRACE', 'GE T', '']) expect(await failure(walledHttp.guardedFetch(get('https://api.example.com/', { method }), policy(['api.example.com'])))).toMatchObject({ code: 'core/bad-input' });
    expect(connect).not.toHaveBeenCalled();
    const http = createHttp({ offline: () => false });
    for (const method of ['GET', 'HEAD']) expect((await http.guardedFetch(get(server.url, { method }), local(server, { readOnly: true }))).status).toBe(200);
  });

  it('refuses what is no web address or hides a password in it', async () => {
    const { http, connect } = walled();
    for (const url of ['ftp://api.example.com/', 'file:///etc/passwd', 'nonsense', 'https://user:pw@api.example.com/', 'data:,x']) expect(await failure(http.guardedFetch(get(url), policy(['api.example.com'])))).toMatchObject({ code: 'core/bad-input' });
    expect(await failure(http.guardedFetch(get('https://api.example.com/', { headers: [['x', 'a\r\nb: c']] }), policy(['api.example.com'])))).toMatchObject({ code: 'core/bad-input' });
    expect(connect).not.toHaveBeenCalled();
  });

  it('sends method, headers and body, and gives status, headers and bytes back', async () => {
    const server = await started((_request, response) => { response.writeHead(418, 'Teapot', { 'x-a': '1', 'set-cookie': ['a=1', 'b=2'] }).end(Buffer.from([0, 255, 7])); });
    const http = createHttp({ offline: () => true });
    const answer = await http.guardedFetch(get(`${server.url}/p?q=1`, { method: 'post', headers: [['X-Key', 'v'], ['Host', 'evil'], ['Connection', 'upgrade'], ['Content-Length', '999'], ['Proxy-Authorization', 'x']], body: new TextEncoder().encode('hällo') }), local(server));
    expect(answer).toMatchObject({ status: 418, statusText: 'Teapot', url: `${server.url}/p?q=1` });
    expect([...answer.body]).toEqual([0, 255, 7]);
    expect(answer.headers.filter(([name]) => name === 'set-cookie')).toEqual([['set-cookie', 'a=1'], ['set-cookie', 'b=2']]);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/p?q=1', body: 'hällo', headers: { 'x-key': 'v', 'host': server.host, 'connection': 'close', 'content-length': '6' } });
    expect(server.requests[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('holds every redirect against the grants before it connects', async () => {
    const inner = await started((_request, response) => { response.end('secret of this machine'); });
    const server = await started((request, response) => { response.writeHead(302, { location: request.path === '/far' ? 'https://evil.example/x' : request.path === '/file' ? 'file:///etc/passwd' : inner.url }).end(); });
    const http = createHttp({ offline: () => false, lookup: async () => { throw new Error('nobody may be asked'); } });
    for (const [path, code] of [['/near', 'permission/denied'], ['/far', 'permission/denied'], ['/file', 'core/bad-input']]) expect(await failure(http.guardedFetch(get(server.url + path), local(server)))).toMatchObject({ code });
    // Granted as a host, and still private.
    expect(await failure(http.guardedFetch(get(server.url), policy([server.host, inner.host], { allowPrivate: [server.host] })))).toMatchObject({ code: 'permission/denied' });
    expect(inner.requests).toEqual([]);
    expect(await http.guardedFetch(get(server.url), policy([], { hosts: [server.host, inner.host], allowPrivate: [server.host, inner.host] }))).toMatchObject({ status: 200, url: `${inner.url}/` });
  });

  it('follows five redirects and no more', async () => {
    const server = await started((request, response) => { const left = Number(request.path.slice(1)); if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end(); else response.end('there'); });
    const http = createHttp({ offline: () => true });
    expect((await http.guardedFetch(get(`${server.url}/5`), local(server))).status).toBe(200);
    expect(await failure(http.guardedFetch(get(`${server.url}/6`), local(server)))).toMatchObject({ code: 'core/unreachable', details: { reason: 'redirect' } });
  });

  it('takes no credential and no body along to another origin', async () => {
    const inner = await started((_request, response) => { response.end('ok'); });
    const server = await started((request, response) => { response.writeHead(Number(request.path.slice(1)), { location: inner.url }).end(); });
    const http = createHttp({ offline: () => true });
    const grants = policy([server.host, inner.host], { allowPrivate: [server.host, inner.host] });
    const sent = { headers: [['authorization', 'Bearer s'], ['x-api-key', 's'], ['cookie', 's'], ['accept', 'text/plain'], ['content-type', 'text/x']] as [string, string][], method: 'POST', body: new TextEncoder().encode('s') };
    await http.guardedFetch(get(`${server.url}/303`, sent), grants);
    expect(inner.requests[0]).toMatchObject({ method: 'GET', body: '', headers: { accept: 'text/plain' } });
    for (const name of ['authorization', 'x-api-key', 'cookie', 'content-type']) expect(inner.requests[0]?.headers[name]).toBeUndefined();
    await http.guardedFetch(get(`${server.url}/307`, { ...sent, method: 'GET', body: undefined }), grants);
    expect(inner.requests[1]?.headers.authorization).toBeUndefined();
    const other = inner.url.replace('127.0.0.1', 'localhost');
    const crossing = await started((_request, response) => { response.writeHead(307, { location: other }).end(); });
    const wide = policy([crossing.host, `localhost:${inner.port}`], { allowPrivate: [crossing.host, `localhost:${inner.port}`] });
    expect(await failure(http.guardedFetch(get(crossing.url, sent), wide))).toMatchObject({ code: 'permission/denied' });
    expect(inner.requests).toHaveLength(2);
  });

  it('counts the body decoded, and stops at the limit', async () => {
    const big = Buffer.alloc(2_000_000, 'a');
    const server = await started((request, response) => {
      if (request.path === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(big));
      else if (request.path === '/br') response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(Buffer.from('small')));
      else if (request.path === '/broken') response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
      else if (request.path === '/cut') { response.writeHead(200, { 'content-length': '100' }).write('half'); setTimeout(() => response.destroy(), 10); } else response.end(big);
    });
    const http = createHttp({ offline: () => true });
    expect(new TextDecoder().decode((await http.guardedFetch(get(`${server.url}/br`), local(server))).body)).toBe('small');
    for (const path of ['/gzip', '/plain']) expect(await failure(http.guardedFetch(get(server.url + path), local(server)))).toMatchObject({ code: 'sandbox/result-too-large' });
    expect((await http.guardedFetch(get(`${server.url}/gzip`), local(server, { maxBytes: 2_000_000 }))).body.byteLength).toBe(2_000_000);
    for (const path of ['/broken', '/cut']) expect(await failure(http.guardedFetch(get(server.url + path), local(server)))).toMatchObject({ code: 'core/unreachable' });
    // Who counts hears of the decoded bytes before they are kept, and ends the request by throwing.
    let counted = 0;
    const onBytes = (bytes: number): void => { counted += bytes; if (counted > 500_000) throw new AppError('sandbox/busy', 'No more room.'); };
    expect(await failure(http.guardedFetch(get(`${server.url}/gzip`), local(server, { maxBytes: 2_000_000, onBytes })))).toMatchObject({ code: 'sandbox/busy' });
    expect(counted).toBeLessThan(1_000_000);
  });

  it('ends when it is cancelled, before and during the answer', async () => {
    let hung: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => { hung = resolve; });
    let gone: Promise<void> | undefined;
    const server = await started((_request, response, raw) => { gone = new Promise((resolve) => { raw.socket.once('close', () => resolve()); }); response.write('half'); hung?.(); });
    const http = createHttp({ offline: () => true });
    const controller = new AbortController();
    const promise = failure(http.guardedFetch(get(server.url), local(server, { signal: controller.signal })));
    await waiting;
    controller.abort();
    expect((await promise).name).toBe('AbortError');
    await gone;
    expect((await failure(http.guardedFetch(get(server.url), local(server, { signal: controller.signal })))).name).toBe('AbortError');
    expect(server.requests).toHaveLength(1);
  });

  it('says when a name is unknown', async () => {
    const { http } = walled(async () => { throw Object.assign(new Error('x'), { code: 'ENOTFOUND' }); });
    expect(await failure(http.guardedFetch(get('https://nowhere.example/'), policy(['nowhere.example'])))).toMatchObject({ code: 'core/unreachable', details: { reason: 'ENOTFOUND' } });
    const { http: none } = walled(async () => []);
    expect(await failure(none.guardedFetch(get('https://nowhere.example/'), policy(['nowhere.example'])))).toMatchObject({ code: 'core/unreachable', details: { reason: 'ENOTFOUND' } });
  });
});
