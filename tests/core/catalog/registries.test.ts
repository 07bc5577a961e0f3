import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveStatic } from '../../../main/cli/static-server.ts';
import { createHttp } from '../../../main/core/base/http/index.ts';
import { createCatalog, registryFetch, type Catalog } from '../../../main/core/marketplace/catalog/index.ts';
import type { FetchLimits } from '../../../main/core/marketplace/catalog/registry-fetch.ts';
import { storageInMemory } from '../../../main/core/marketplace/catalog/registry-list.ts';
import { AppError } from '../../../contract/errors/app-error.ts';
import { createRegistries, type RegistryConfig } from '../../../main/core/marketplace/catalog/registries.ts';
import { defaultSyncThreadFile } from '../../../main/core/marketplace/catalog/sync-client.ts';
import { fingerprintOf } from '../../../packaging/index.ts';
import { openInlineStore } from '../plugins/inline-store.ts';
import { tamper, testRegistry, type TestRegistry } from '../plugins/registry.ts';

const http = createHttp({ offline: () => false });
const stops: (() => Promise<void>)[] = [];
const refused = (code: string) => ({ code: `catalog/${code}` });
let test: Awaited<ReturnType<typeof openInlineStore>>;
let kept = storageInMemory();
let registry: TestRegistry;
let fingerprint = '';
let asked: string[] = [];
const LIMITS: FetchLimits = { headMs: 2_000, idleMs: 2_000, graceMs: 300, bytesPerSecond: 2_048 };

const start = (): Catalog => {
  const catalog = createCatalog({
    store: test.catalog, home: test.home, registries: [], kept, fetch: registryFetch(http, LIMITS), app: { version: '1.0.0', platform: 'linux' }, installed: () => Promise.resolve({}), changed: () => undefined });
  stops.unshift(() => catalog.stop());
  return catalog;
};
/** Serves the registry through `alter`, which may answer itself. */
const serve = async (alter: (request: IncomingMessage, response: ServerResponse) => boolean = () => false): Promise<string> => {
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (alter(request, response)) return;
    readFile(path.join(registry.folder, ...(request.url ?? '').split('/'))).then((bytes) => { response.end(bytes); }, () => { response.writeHead(404).end(); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  stops.push(async () => { server.closeAllConnections(); await new Promise((resolve) => { server.close(resolve); }); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};
const total = async (catalog: Catalog): Promise<number> => (await catalog.search({ words: '', filters: {}, sort: 'name', offset: 0, limit: 10 })).total;
const only = async (catalog: Catalog) => (await catalog.status()).registries[0];

beforeEach(async () => {
  test = await openInlineStore();
  kept = storageInMemory();
  asked = [];
  registry = await testRegistry(path.join(test.home.root, 'registry'));
  await registry.publish([{ id: 'com.acme.one' }, { id: 'com.acme.two' }]);
  fingerprint = fingerprintOf(registry.root);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await test.stop();
});

describe('D9 adding a registry', () => {
  it('by address: answers the fingerprint first, then syncs, and is there after a restart', async () => {
    const server = await serveStatic(registry.folder, 0);
    stops.push(() => server.stop());
    const catalog = start();
    expect(await catalog.addRegistry({ address: server.address })).toEqual({ fingerprint, added: false, registries: [] });
    const { registries } = await catalog.addRegistry({ address: server.address, fingerprint, name: 'Company', priority: 7 });
    expect(registries).toMatchObject([{ name: 'Company', kind: 'hosted', address: server.address, fingerprint, priority: 7, prefix: null, entries: 2, error: null }]);
    expect(await total(catalog)).toBe(2);
    const { versions: [version], registry: from } = await catalog.get({ id: 'com.acme.one' });
    const to = path.join(test.home.root, 'one.troupe');
    await catalog.fetchBlob({ registry: from, sha512: version?.sha512 ?? '', size: version?.size ?? 0, to });
    expect((await readFile(to)).length).toBe(version?.size);
    await catalog.stop();
    expect(await only(start())).toMatchObject({ name: 'Company', entries: 2, prefix: null });
  });

  it('by path, and removing it takes all that it served', async () => {
    const catalog = start();
    await catalog.addRegistry({ address: registry.folder, fingerprint });
    expect(await only(catalog)).toMatchObject({ kind: 'folder', name: 'registry', entries: 2 });
    expect(await catalog.removeRegistry({ id: (await only(catalog))?.id ?? '' })).toEqual({ registries: [] });
    expect([await total(catalog), (await catalog.categories()).categories]).toEqual([0, []]);
    await expect(catalog.removeRegistry({ id: 'nobody' })).rejects.toMatchObject(refused('not-found'));
  });

  it('changes name, prefix and address of one that is here', async () => {
    const catalog = start();
    await catalog.addRegistry({ address: registry.folder, fingerprint });
    const address = await serve();
    await catalog.addRegistry({ address, fingerprint, name: 'Moved', prefix: 'com.acme.two' });
    expect((await catalog.status()).registries).toMatchObject([{ name: 'Moved', address, kind: 'hosted', entries: 1, prefix: 'com.acme.two' }]);
  });

  it('refuses another fingerprint, plain http elsewhere, and what is no address', async () => {
    const catalog = start();
    await expect(catalog.addRegistry({ address: registry.folder, fingerprint: 'a'.repeat(64) })).rejects.toMatchObject(refused('refused'));
    await expect(catalog.addRegistry({ address: 'http://registry.example/' })).rejects.toMatchObject({ ...refused('unavailable'), retryable: false });
    for (const address of ['relative/folder', 'ftp://x/', 'https://user:secret@x.example/', 'https://x.example/?q=1', '']) await expect(catalog.addRegistry({ address }), address).rejects.toMatchObject({ code: 'core/bad-input' });
    const empty = await mkdtemp(path.join(os.tmpdir(), 'troupe-empty-'));
    await expect(catalog.addRegistry({ address: empty })).rejects.toMatchObject(refused('unavailable'));
    await mkdir(path.join(empty, 'metadata'));
    for (const text of ['{}', 'x', 'a'.repeat(600_000), (await readFile(path.join(registry.folder, 'metadata', '1.root.json'), 'utf8')).replace('"threshold":2', '"threshold":3')]) {
      await writeFile(path.join(empty, 'metadata', '1.root.json'), text);
      await expect(catalog.addRegistry({ address: empty }), text.slice(0, 20)).rejects.toMatchObject(refused('refused'));
    }
    await rm(empty, { recursive: true });
    expect((await catalog.status()).registries).toEqual([]);
  });

  it('does not add one whose catalog is refused', async () => {
    await tamper(path.join(registry.folder, 'metadata', 'timestamp.json'));
    const catalog = start();
    await expect(catalog.addRegistry({ address: registry.folder, fingerprint })).rejects.toMatchObject(refused('refused'));
    expect((await catalog.status()).registries).toEqual([]);
  });

  it('keeps to its prefix: other ids are left out and named', async () => {
    await registry.publish([{ id: 'com.acme.one' }, { id: 'com.acme-evil.one' }, { id: 'dev.other.thing' }]);
    const catalog = start();
    await catalog.addRegistry({ address: registry.folder, fingerprint, prefix: 'com.acme' });
    const status = await only(catalog);
    expect(status).toMatchObject({ entries: 1, error: null });
    expect(status?.badRecords.map((bad) => bad.split(':')[0])).toEqual(['com.acme-evil.one', 'dev.other.thing']);
  });
});

describe('D7 syncing over http', () => {
  it('asks twice when nothing changed, and the thread asks nobody itself', async () => {
    const catalog = start();
    await catalog.addRegistry({ address: await serve(), fingerprint });
    asked = [];
    await catalog.sync();
    expect(asked).toEqual(['/metadata/2.root.json', '/metadata/timestamp.json']);
  });

  it('D8 keeps the last good catalog when the registry lies, is too large, drips or leads elsewhere', async () => {
    let alter: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
    const address = await serve((request, response) => alter(request, response));
    const catalog = start();
    await catalog.addRegistry({ address, fingerprint });
    const timers: NodeJS.Timeout[] = [];
    const atTimestamp = (act: (response: ServerResponse) => void): typeof alter => (request, response) => {
      if (request.url !== '/metadata/timestamp.json') return false;
      act(response);
      return true;
    };
    const old = await readFile(path.join(registry.folder, 'metadata', 'timestamp.json'));
    await registry.publish([{ id: 'com.acme.one' }]);
    const lies: [string, string, typeof alter][] = [
      ['tampered', 'refused', atTimestamp((response) => { response.end(Buffer.concat([old.subarray(0, -2), Buffer.from(' }')])); })],
      ['too large', 'refused', atTimestamp((response) => { response.end(Buffer.alloc(5_000_000, 32)); })],
      ['drips', 'unavailable', atTimestamp((response) => { response.writeHead(200); timers.push(setInterval(() => { response.write(' '); }, 50)); })],
      ['hangs', 'unavailable', atTimestamp(() => undefined)],
      ['breaks off', 'unavailable', atTimestamp((response) => { response.writeHead(200, { 'content-length': '5000' }); response.write('{'); setTimeout(() => { response.destroy(); }, 20); })],
      ['leads elsewhere', 'unavailable', atTimestamp((response) => { response.writeHead(302, { location: 'http://elsewhere.example/' }).end(); })],
      ['fails', 'unavailable', atTimestamp((response) => { response.writeHead(500).end(); })],
    ];
    for (const [name, code, lie] of lies) {
      alter = lie;
      await catalog.sync();
      expect((await only(catalog))?.error?.code, name).toBe(`catalog/${code}`);
      expect(await total(catalog), name).toBe(2);
    }
    for (const timer of timers) clearInterval(timer);
    alter = () => false;
    await catalog.sync();
    expect(await only(catalog)).toMatchObject({ entries: 1, sequence: 2, error: null });
    alter = atTimestamp((response) => { response.end(old); });
    await catalog.sync();
    expect((await only(catalog))?.error?.code).toBe('catalog/rollback');
    expect(await total(catalog)).toBe(1);
  }, 60_000);
});

describe('D7 what each registry’s sync tells the timer', () => {
  const open = (registries: RegistryConfig[]) => {
    const outcomes: string[] = [];
    const opened = createRegistries({
      store: test.catalog, registries, kept, cacheDir: test.home.cache, app: { version: '1.0.0', platform: 'linux' }, now: Date.now, changed: () => undefined, afterSync: () => Promise.resolve(), report: () => undefined, threadFile: defaultSyncThreadFile(),
      fetch: (address) => Promise.reject(new URL(address).hostname === 'far.test' ? new AppError('core/offline', 'Troupe works offline now.') : new AppError('core/unreachable', 'It could not be reached.')),
      ended: (id, outcome) => { outcomes.push(`${id} ${outcome}`); } });
    stops.push(() => opened.stop());
    return { opened, outcomes };
  };
  const one = (id: string, source = `https://${id}.test/`): RegistryConfig => ({ id, name: id, kind: source.startsWith('https:') ? 'hosted' : 'folder', source, root: registry.root });

  it('good, failed, or not asked because the user works offline', async () => {
    const { opened, outcomes } = open([one('good', registry.folder), one('dead'), one('far')]);
    await opened.sync();
    expect(outcomes).toEqual(['good good', 'dead failed', 'far offline']);
  });

  it('asks only those that are due, and who asks for all meanwhile gets all', async () => {
    const { opened, outcomes } = open([one('dead'), one('far')]);
    const some = opened.sync((id) => id === 'far');
    await Promise.all([opened.sync(), some, opened.sync((id) => id === 'dead'), opened.sync()]);
    expect(outcomes).toEqual(['far offline', 'dead failed', 'far offline']);
  });
});
