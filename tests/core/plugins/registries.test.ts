import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { serveStatic } from '../../../main/cli/static-server.ts';
import { createHttp } from '../../../main/core/base/http/index.ts';
import { blobFile, registryFetch } from '../../../main/core/marketplace/catalog/index.ts';
import { memorySecrets } from '../../support/memory-secrets.ts';
import { testRegistry, type PluginSpec, type TestRegistry } from './registry.ts';
import { outcome, startSandbox, startWorld, type World } from './world.ts';

const sandbox = startSandbox();
const http = createHttp({ offline: () => false });
const ID = 'com.acme.one';
let world: World | undefined;
let folder: string | undefined;
let server: Awaited<ReturnType<typeof serveStatic>> | undefined;
afterEach(async () => {
  await world?.stop();
  await server?.stop();
  server = undefined;
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});
afterAll(() => { http.close(); return sandbox.stop(); });

describe('D9 a plugin and the registry it came from', () => {
  it('no other registry withdraws it; its own does, with the reason, what to use instead, and its data kept', async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-two-'));
    const second = await testRegistry(path.join(folder, 'second'));
    await second.publish([{ id: ID }]);
    const here = world = await startWorld({ sandbox, registries: (own) => [{ id: 'own', name: 'Own', kind: 'folder', source: own.folder, root: own.root, priority: 1 }, { id: 'second', name: 'Second', kind: 'folder', source: second.folder, root: second.root, priority: 2 }] });
    const sha512 = (await here.registry.publish([{ id: ID }])).get(ID)?.versions[0]?.sha512 ?? '';
    await here.catalog.sync();
    expect(outcome(await here.install(ID)).type).toBe('operation_finished');
    const withdrawal = { id: ID, version: '1.0.0', sha512, reason: 'A hole was found.', revoked_at: 1, use_instead: { id: 'com.acme.two', version: null } };
    await second.publish([{ id: ID, distort: (version) => ({ ...version, withdrawn: 'Use ours.' }) }, { id: ID, version: '2.0.0' }], { revoked: [withdrawal] });
    await here.catalog.sync();
    expect(await here.plugins.get({ id: ID })).toMatchObject({ status: 'active', withdrawn: null, registry: 'own' });
    expect((await here.plugins.updates()).updates).toEqual([]);
    await here.registry.publish([{ id: ID }], { revoked: [withdrawal] });
    await here.catalog.sync();
    expect(await here.plugins.get({ id: ID })).toMatchObject({ status: 'disabled', disabledBy: 'registry', withdrawn: { reason: 'A hole was found.', useInstead: { id: 'com.acme.two', version: null } } });
    await expect(here.plugins.setEnabled({ id: ID, enabled: true })).rejects.toMatchObject({ code: 'plugins/withdrawn' });
  }, 60_000);

  it('is the one that was chosen of two that have its id; a namesake never takes its place', async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-two-'));
    const second = await testRegistry(path.join(folder, 'second'));
    const theirs = (await second.publish([{ id: ID, version: '2.0.0' }])).get(ID)?.versions[0]?.sha512;
    const here = world = await startWorld({ sandbox, registries: (own) => [{ id: 'own', name: 'Own', kind: 'folder', source: own.folder, root: own.root, priority: 1 }, { id: 'second', name: 'Second', kind: 'folder', source: second.folder, root: second.root, priority: 2 }] });
    const ours = (await here.registry.publish([{ id: ID }])).get(ID)?.versions[0]?.sha512;
    await here.catalog.sync();
    expect(outcome(await here.follow((await here.plugins.install({ id: ID, registry: 'second', grantAll: true })).operationId)).type).toBe('operation_finished');
    expect(await here.plugins.get({ id: ID })).toMatchObject({ registry: 'second', sha512: theirs, version: '2.0.0' });
    await expect(here.plugins.install({ id: ID, registry: 'own', grantAll: true })).rejects.toMatchObject({ code: 'plugins/already-installed' });
    await expect(here.plugins.install({ id: ID, registry: 'nobody', grantAll: true })).rejects.toMatchObject({ code: 'catalog/not-found', message: expect.stringContaining('another one does') as string });
    expect(outcome(await here.uninstall(ID)).type).toBe('operation_finished');
    expect(outcome(await here.install(ID, { grantAll: true })).type).toBe('operation_finished');
    expect(await here.plugins.get({ id: ID })).toMatchObject({ registry: 'own', sha512: ours, version: '1.0.0' });
  }, 60_000);

  it.each([['acme', 'the same name of a publisher'], ['side-loaded', 'the name of what nobody signed']])('inherits nothing of a namesake whose publisher another registry calls %s', async (publisher) => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-two-'));
    const [values, second] = [new Map<string, string>(), await testRegistry(path.join(folder, 'second'))];
    const spec: PluginSpec = { id: ID, network: ['api.example.com'], configuration: { required: [{ key: 'api_key', type: 'secret' }], optional: [{ key: 'note', type: 'string' }] }, secrets: [{ key: 'api_key', hosts: ['api.example.com'] }] };
    await second.publish([{ ...spec, version: '2.0.0', distortRecord: (record) => ({ ...record, publisher: { ...record.publisher, id: publisher } }) }]);
    const here = world = await startWorld({ sandbox, change: (parts) => ({ ...parts, secrets: memorySecrets(values) }), registries: (own) => [{ id: 'own', name: 'Own', kind: 'folder', source: own.folder, root: own.root, priority: 1 }, { id: 'second', name: 'Second', kind: 'folder', source: second.folder, root: second.root, priority: 2 }] });
    await here.registry.publish([{ ...spec, distortRecord: (record) => ({ ...record, publisher: { ...record.publisher, id: publisher } }) }]);
    await here.catalog.sync();
    const install = async (registry: string): Promise<{ asked: number; isSet: boolean | undefined; note: unknown }> => {
      const { operationId } = await here.plugins.install({ id: ID, registry, grantAll: false });
      let asked = 0;
      const events = await here.follow(operationId, (event) => {
        if (event.type !== 'consent_requested') return;
        asked = event.items.flatMap(({ added }) => added).length;
        void here.plugins.consent({ operationId, accept: true, granted: event.items.flatMap((item) => item.added.map((key) => ({ pluginId: item.pluginId, key }))) });
      });
      expect(outcome(events).type).toBe('operation_finished');
      return { asked, isSet: (await here.plugins.configuration({ id: ID })).fields[0]?.isSet, note: (await here.plugins.source.get(ID))?.config['note'] };
    };
    const all = (await install('own')).asked;
    expect(all).toBeGreaterThan(0);
    await here.plugins.configure({ id: ID, set: { note: 'mine' }, reset: [], secrets: { api_key: 'sk-own' } });
    await here.uninstall(ID, true);
    expect(await install('second')).toEqual({ asked: all, isSet: false, note: undefined });
    expect((await here.plugins.get({ id: ID })).publisher).toMatchObject({ id: publisher });
    await here.uninstall(ID, true);
    // The first one comes back to what is its own, and nobody is asked again.
    expect(await install('own')).toEqual({ asked: 0, isSet: true, note: 'mine' });
  }, 60_000);

  it.each([['embedded', true], ['folder', false], ['hosted', false]] as const)('D8 400 days on, nothing new from %s: %s', async (kind, installs) => {
    let now = Date.now();
    const here = world = await startWorld({ sandbox, now: () => now, fetch: registryFetch(http), async registries(own: TestRegistry) {
      if (kind === 'hosted') server = await serveStatic(own.folder, 0);
      return [{ id: 'own', name: 'Own', kind, source: server?.address ?? own.folder, root: own.root }];
    } });
    await here.registry.publish([{ id: ID }, { id: 'com.acme.cached' }], { embedded: { expires: Date.UTC(2099, 0, 1) }, folder: {}, hosted: { expires: Date.now() + 2 * 86_400_000 } }[kind]);
    await here.catalog.sync();
    const [, cached] = await Promise.all([ID, 'com.acme.cached'].map((id) => here.catalog.get({ id })));
    const { sha512 = '', size = 0 } = cached?.versions[0] ?? {};
    await here.catalog.fetchBlob({ registry: 'own', sha512, size, to: blobFile(here.test.home.blobs, sha512) });
    now += 400 * 86_400_000;
    const end = outcome(await here.install(ID));
    if (installs) expect(end.type).toBe('operation_finished');
    else expect(end).toMatchObject({ type: 'operation_failed', error: { code: 'catalog/expired', message: expect.stringContaining('nothing new is installed') as string } });
    // What was fetched while the catalog was valid may still be used.
    expect(outcome(await here.install('com.acme.cached')).type).toBe('operation_finished');
    expect((await here.catalog.search({ words: 'one', filters: {}, sort: 'name', offset: 0, limit: 5 })).total).toBe(1);
  }, 60_000);
});
