/** What stands between the app and a hosted registry: each is refused with the reason, and would succeed without the guard. */
import { createServer as createPlain } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHttp } from '../../../main/core/base/http/index.ts';
import { serveRelay } from '../../../main/core/marketplace/catalog/fetch-relay.ts';
import { checkTransport, registryFetch } from '../../../main/core/marketplace/catalog/registry-fetch.ts';
import { catalogSource, type CatalogAnswer } from '../../../packaging/catalog/source.ts';
import { selfSigned } from '../../support/self-signed.ts';

const certificate = selfSigned();
const before = getCACertificates('default');
const stops: (() => Promise<void>)[] = [];
beforeAll(() => { setDefaultCACertificates([...before, certificate.cert]); });
afterAll(() => { setDefaultCACertificates(before); });
afterEach(async () => { for (const stop of stops.splice(0)) await stop(); });

async function serve(options: ServerOptions | null, answer: Parameters<typeof createPlain>[1] = (_, response) => { response.end('{}'); }): Promise<number> {
  const server = options ? createServer({ ...certificate, ...options }, answer) : createPlain(answer);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  stops.push(async () => { server.closeAllConnections(); await new Promise((resolve) => { server.close(resolve); }); });
  return (server.address() as AddressInfo).port;
}
const ask = async (address: string, minimumTls?: 'TLSv1.3', elsewhere = false): Promise<number> => {
  const http = createHttp({ offline: () => false, environment: {}, ...(minimumTls && { minimumTls }) });
  stops.push(() => { http.close(); return Promise.resolve(); });
  const { status, body } = await registryFetch(http)(address, { headers: {}, elsewhere });
  if (body) for await (const piece of body) expect(piece.length).toBeGreaterThan(0);
  return status;
};

describe('D8 the way to a hosted registry', () => {
  it('is TLS 1.3: a server of 1.2 only is refused, and taken where the guard is off', async () => {
    const port = await serve({ maxVersion: 'TLSv1.2' });
    await expect(ask(`https://127.0.0.1:${port}/`, 'TLSv1.3')).rejects.toThrow();
    expect(await ask(`https://127.0.0.1:${port}/`)).toBe(200);
    expect(await ask(`https://127.0.0.1:${await serve({ minVersion: 'TLSv1.3' })}/`, 'TLSv1.3')).toBe(200);
  });

  it('is to the host that the certificate names, by somebody who is trusted', async () => {
    const port = await serve({});
    await expect(ask(`https://localhost:${port}/`, 'TLSv1.3')).rejects.toThrow();
    expect(await ask(`https://127.0.0.1:${port}/`, 'TLSv1.3')).toBe(200);
    setDefaultCACertificates(before);
    await expect(ask(`https://127.0.0.1:${port}/`, 'TLSv1.3')).rejects.toThrow();
    setDefaultCACertificates([...before, certificate.cert]);
  });

  it('is never plain outside this machine, at first or after a redirect', async () => {
    for (const address of ['http://registry.example/', 'http://192.168.0.7/', 'http://127.0.0.1.example/', 'ftp://127.0.0.1/', 'file:///etc/']) expect(() => { checkTransport(new URL(address)); }, address).toThrow(expect.objectContaining({ code: 'catalog/unavailable' }) as Error);
    for (const address of ['https://registry.example/', 'http://127.0.0.1/', 'http://localhost/', 'http://[::1]/']) expect(() => { checkTransport(new URL(address)); }, address).not.toThrow();
    const plain = await serve(null);
    const port = await serve({}, (request, response) => { response.writeHead(302, { location: request.url === '/host' ? `http://127.0.0.1:${plain}/` : request.url === '/loop' ? '/loop' : request.url === '/ok' ? '/there' : 'gopher://x/' }); if (request.url === '/there') response.statusCode = 200; response.end(); });
    for (const way of ['host', 'loop', 'strange']) await expect(ask(`https://127.0.0.1:${port}/${way}`, 'TLSv1.3'), way).rejects.toMatchObject({ code: 'catalog/unavailable', message: expect.stringContaining('not followed') as string });
  });

  it('leads to no other host, but for what is known by its digest', async () => {
    const asked: string[] = [];
    const named = selfSigned('localhost');
    setDefaultCACertificates([...before, certificate.cert, named.cert]);
    const other = await serve(named, (request, response) => { asked.push(request.url ?? ''); response.end('{}'); });
    const same = await serve({}, (_, response) => { response.end('{}'); });
    const port = await serve({}, (request, response) => { response.writeHead(307, { location: request.url === '/same' ? `https://127.0.0.1:${same}/` : `https://localhost:${other}${request.url ?? ''}` }).end(); });
    await expect(ask(`https://127.0.0.1:${port}/metadata/timestamp.json`, 'TLSv1.3')).rejects.toMatchObject({ code: 'catalog/unavailable', message: expect.stringContaining('not followed') as string });
    expect(asked).toEqual([]);
    expect([await ask(`https://127.0.0.1:${port}/blobs/x`, 'TLSv1.3', true), asked]).toEqual([200, ['/blobs/x']]);
    expect(await ask(`https://127.0.0.1:${port}/same`, 'TLSv1.3')).toBe(200);
    setDefaultCACertificates([...before, certificate.cert]);
  });

  it('asks so for blobs alone', async () => {
    const said: [string, boolean | undefined][] = [];
    const source = catalogSource('https://registry.example/', (address, { elsewhere }) => { said.push([new URL(address).pathname, elsewhere]); return Promise.resolve({ status: 404, body: null }); });
    for (const name of ['metadata/timestamp.json', 'catalog/x.full-1.jsonl.br', `blobs/sha512/ab/ab/${'ab'.repeat(64)}`]) await expect(source.open(name)).rejects.toMatchObject({ code: 'catalog/unavailable' });
    expect(said.map(([, elsewhere]) => elsewhere)).toEqual([false, false, true]);
  });

  it('a request that nobody waits for any more holds no connection', async () => {
    const answered = Promise.withResolvers<CatalogAnswer>();
    let returned = false;
    const body = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: new Uint8Array(1) }), return: () => { returned = true; return Promise.resolve({ done: true, value: undefined }); } }) } as AsyncIterable<Uint8Array>;
    const relay = serveRelay(() => answered.promise, () => undefined);
    relay.take({ relay: 'ask', id: 1, address: 'https://registry.example/', headers: {} });
    relay.stop();
    answered.resolve({ status: 200, body });
    await vi.waitFor(() => { expect(returned).toBe(true); });
  });
});
