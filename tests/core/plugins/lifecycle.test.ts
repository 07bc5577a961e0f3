import { memorySecrets } from '../../support/memory-secrets.ts';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InstallStep, OperationEventBody } from '../../../contract/model/plugin.ts';
import { createPlugins, type PluginsParts } from '../../../main/core/marketplace/plugins/index.ts';
import type { PluginSpec } from './registry.ts';
import { outcome, startSandbox, startWorld, type World } from './world.ts';

const sandbox = startSandbox();
afterAll(() => sandbox.stop());

const ID = 'com.acme.subject';
const specs: PluginSpec[] = [{ id: ID, dependencies: ['com.acme.base>=1'], network: ['api.example.com'], folders: ['data'] }, { id: 'com.acme.base' }];

/** What a test does before a write. */
let intercept: (name: string, input: { operationId: string; events?: OperationEventBody[] }) => Promise<void> | void = () => undefined;
const intercepted = (parts: PluginsParts): PluginsParts => ({
  ...parts,
  store: {
    ...parts.store,
    write: (async (name: 'logOperation', input: { operationId: string; events: OperationEventBody[] }, options: object) => {
      await intercept(name, input);
      return parts.store.write(name, input as never, options);
    }) as PluginsParts['store']['write'],
  },
});
/** Calls `then` just before the log hears that a step began. */
const before = (step: InstallStep, then: (operationId: string) => unknown): void => {
  intercept = async (name, { operationId, events = [] }) => {
    if (name === 'logOperation' && events.some((event) => event.type === 'step_started' && event.step === step)) await then(operationId);
  };
};

const forgotten: string[][] = [];
let shared: World;
beforeAll(async () => {
  shared = await startWorld({ sandbox, change: (parts) => ({ ...intercepted(parts), secrets: { ...parts.secrets, forget: (ids) => { forgotten.push([...ids]); return Promise.resolve(); } } }) });
  await shared.registry.publish(specs);
  await shared.catalog.sync();
});
afterEach(async () => {
  intercept = () => undefined;
  await shared.clear();
});
afterAll(() => shared.stop());

/** A world of its own, for a test that ends it. */
let world: World | undefined;
afterEach(async () => { await world?.stop(); world = undefined; });
async function ready(change: (parts: PluginsParts) => PluginsParts): Promise<World> {
  world = await startWorld({ sandbox, change });
  await world.registry.publish(specs);
  await world.catalog.sync();
  return world;
}

describe('I1 cancel', () => {
  it.each<InstallStep>(['resolve', 'download', 'verify', 'check', 'consent', 'unpack', 'smoke', 'activate'])('during %s leaves no row and no folder', async (step) => {
    const here = shared;
    before(step, (operationId) => here.plugins.cancel({ operationId }));
    const earlier = (await here.plugins.operations({ recent: true })).operations.length;
    const events = await here.install(ID, { grantAll: true });
    expect(outcome(events)).toEqual({ type: 'operation_cancelled', step });
    expect((await here.plugins.list()).plugins).toEqual([]);
    expect(await here.left()).toEqual({ plugins: [], blobs: [] });
    const { operations } = await here.plugins.operations({ recent: true });
    expect(operations.length).toBe(Math.min(20, earlier + 1));
    expect(operations[0]).toMatchObject({ state: 'cancelled', pluginId: ID });
    // Trying again is a new install and works.
    intercept = () => undefined;
    expect(outcome(await here.install(ID, { grantAll: true })).type).toBe('operation_finished');
  });

  it('comes too late once the install has taken effect', async () => {
    const here = shared;
    before('sweep', (operationId) => here.plugins.cancel({ operationId }));
    expect(outcome(await here.install(ID, { grantAll: true })).type).toBe('operation_finished');
  });

  it('while consent is waited for', async () => {
    const here = shared;
    const { operationId } = await here.plugins.install({ id: ID, grantAll: false });
    const events = await here.follow(operationId, (event) => { if (event.type === 'consent_requested') void here.plugins.cancel({ operationId }); });
    expect(outcome(events)).toEqual({ type: 'operation_cancelled', step: 'consent' });
    expect(await here.left()).toEqual({ plugins: [], blobs: [] });
  });
});

/** The parts of a second core over the same home. */
const partsOf = ({ test, catalog }: World): PluginsParts => {
  let made = 0;
  return { store: test.store, home: test.home, catalog, sandbox, app: { version: '1.0.0', platform: 'linux' }, ownKeyId: null, clock: { now: Date.now }, ids: { next: () => `again-${(made += 1)}` }, changed: () => undefined, secrets: memorySecrets() };
};

describe('I10 an operation that a crash cut off', () => {
  it('has failed at the next start, and what it left is swept', async () => {
    const hang = Promise.withResolvers<void>();
    const here = await ready((parts) => ({ ...parts, catalog: { ...parts.catalog, fetchBlob: async ({ to, signal }) => {
      await mkdir(path.dirname(to), { recursive: true });
      await writeFile(`${to}.part`, 'half');
      hang.resolve();
      await new Promise((_, reject) => { signal?.addEventListener('abort', () => { reject(signal.reason as Error); }); });
    } } }));
    const { operationId } = await here.plugins.install({ id: ID, grantAll: true });
    await hang.promise;
    await here.plugins.stop();
    await mkdir(path.join(here.test.home.plugins, 'a'.repeat(128), 'dist'), { recursive: true });
    expect((await here.left()).blobs).toHaveLength(1);

    const next = createPlugins(partsOf(here));
    await next.recover();
    expect(await here.left()).toEqual({ plugins: [], blobs: [] });
    expect((await next.operations({ recent: true })).operations).toMatchObject([{ id: operationId, state: 'failed' }]);
    const events = await here.follow(operationId);
    expect(outcome(events)).toMatchObject({ type: 'operation_failed', error: { code: 'plugins/interrupted', retryable: true } });
  });

  it('is forgotten by others too when it was an uninstallation that had taken effect', async () => {
    const forgotten: string[] = [];
    const here = await ready((parts) => parts);
    await here.install(ID, { grantAll: true });
    await here.test.store.write('startOperation', { id: 'cut-off', kind: 'uninstall', pluginId: ID, input: { id: ID, keepData: false }, at: 1 });
    const removed = await here.test.store.write('removePlugins', { operationId: 'cut-off', at: 2, id: ID, keepData: false });
    const next = createPlugins({ ...partsOf(here), secrets: { ...memorySecrets(), forget: (ids) => { forgotten.push(...ids); return Promise.resolve(); } } });
    await next.recover();
    expect(forgotten).toEqual(removed);
    await next.recover();
    expect(forgotten).toEqual(removed);
  });

  it('has succeeded when it had taken effect', async () => {
    const atEnd = Promise.withResolvers<void>();
    const here = await ready((parts) => ({ ...parts, store: { ...parts.store, write: ((name: string, ...rest: unknown[]) => {
      if (name !== 'endOperation') return (parts.store.write as (...all: unknown[]) => Promise<unknown>)(name, ...rest);
      atEnd.resolve();
      return Promise.reject(new Error('the power went'));
    }) as PluginsParts['store']['write'] } }));
    const { operationId } = await here.plugins.install({ id: ID, grantAll: true });
    await atEnd.promise;
    await here.plugins.stop();
    const next = createPlugins(partsOf(here));
    await next.recover();
    expect((await next.operations({ recent: true })).operations).toMatchObject([{ id: operationId, state: 'finished' }]);
    expect((await next.list()).plugins).toHaveLength(2);
    expect((await here.left()).plugins).toHaveLength(2);
  });
});

describe('I1 operations', () => {
  it('a repeated request starts nothing and answers the first operation, running or ended', async () => {
    const here = shared;
    const earlier = (await here.plugins.operations({ recent: true })).operations.length;
    const request = { id: 'request-0001', procedure: 'plugins.install' };
    const first = await here.plugins.install({ id: ID, grantAll: true }, request);
    expect(await here.plugins.install({ id: ID, grantAll: true }, request)).toEqual(first);
    await here.follow(first.operationId);
    expect(await here.plugins.install({ id: ID, grantAll: true }, request)).toEqual(first);
    expect((await here.plugins.operations({ recent: true })).operations.length).toBe(Math.min(20, earlier + 1));
  });

  it('shows what is under way, and the stream resumes after what was seen', async () => {
    const here = shared;
    const { operationId } = await here.plugins.install({ id: ID, grantAll: false });
    const all = await here.follow(operationId, (event) => {
      if (event.type !== 'consent_requested') return;
      void here.plugins.operations({ recent: false }).then(({ operations }) => { expect(operations).toMatchObject([{ id: operationId, state: 'waiting_for_consent' }]); })
        .then(() => here.plugins.consent({ operationId, accept: true, granted: [] }));
    });
    expect((await here.plugins.operations({ recent: false })).operations).toEqual([]);
    const rest: OperationEventBody[] = [];
    for await (const batch of here.plugins.events(operationId, 5, new AbortController().signal)) rest.push(...batch.map(({ event }) => event));
    expect(rest).toEqual(all.slice(5));
    expect(here.changes).toContain('plugins');
  });

  it('two installs at once bring what both need once', async () => {
    const here = shared;
    await here.registry.publish([...specs, { id: 'com.acme.second', dependencies: ['com.acme.base>=1'] }]);
    await here.catalog.sync();
    const [one, two] = await Promise.all([here.install(ID), here.install('com.acme.second')]);
    expect([outcome(one).type, outcome(two).type]).toEqual(['operation_finished', 'operation_finished']);
    const { plugins } = await here.plugins.list();
    expect(plugins.map(({ id }) => id).sort()).toEqual(['com.acme.base', 'com.acme.second', ID]);
    expect((await here.left()).plugins).toHaveLength(3);
    // The dependency stays as long as one of them is there.
    await here.uninstall(ID);
    expect((await here.plugins.list()).plugins.map(({ id }) => id).sort()).toEqual(['com.acme.base', 'com.acme.second']);
  });

  it('answers for no operation', async () => {
    const here = shared;
    await expect(here.plugins.cancel({ operationId: 'nothing' })).rejects.toMatchObject({ code: 'plugins/no-operation' });
    await expect(here.plugins.consent({ operationId: 'nothing', accept: true, granted: [] })).rejects.toMatchObject({ code: 'plugins/no-operation' });
    await expect(here.follow('nothing')).rejects.toMatchObject({ code: 'plugins/no-operation' });
  });
});

describe('I7 uninstall', () => {
  it('keeps data by choice, and a run keeps its files until it ends', async () => {
    const here = shared;
    await here.install(ID);
    const data = await mkdtemp(path.join(os.tmpdir(), 'troupe-data-'));
    try {
      await here.plugins.grantFolder({ id: ID, key: 'data', path: data });
      const code = await here.plugins.source.get(ID);
      const release = here.plugins.source.pin(code?.sha512 ?? '');
      await here.uninstall(ID, true);
      expect(await here.plugins.source.get(ID)).toBeUndefined();
      expect((await code?.readFile('README.md'))?.length).toBeGreaterThan(0);
      await here.install(ID);
      // The folder that a run uses is whole and was not touched.
      expect((await here.plugins.folders({ id: ID })).folders).toEqual([{ key: 'data', access: 'read', path: data }]);
      release();
      release();
      await here.uninstall(ID);
      await here.install(ID);
      expect((await here.plugins.folders({ id: ID })).folders).toEqual([{ key: 'data', access: 'read', path: null }]);
      expect((await here.left()).plugins).toHaveLength(2);
    } finally {
      await rm(data, { recursive: true });
    }
  });

  it('names hired agents, and tells others to forget what they kept', async () => {
    const here = shared;
    forgotten.length = 0;
    await here.install(ID);
    expect((await here.plugins.get({ id: ID })).hiredAs).toEqual([]);
    await here.uninstall(ID);
    expect(forgotten).toEqual([[ID, 'com.acme.base']]);
  });
});

describe('I8 folders', () => {
  it('takes only a folder that exists, that was asked for, and that is not Troupe’s own', async () => {
    const here = shared;
    await here.install(ID);
    const data = await mkdtemp(path.join(os.tmpdir(), 'troupe-data-'));
    try {
      await writeFile(path.join(data, 'file'), '');
      await symlink(here.test.home.root, path.join(data, 'link'));
      const grant = (key: string, folder: string) => here.plugins.grantFolder({ id: ID, key, path: folder });
      for (const [key, folder] of [['data', path.join(data, 'file')], ['data', path.join(data, 'none')], ['data', 'relative'], ['other', data], ['data', path.join(data, 'link')], ['data', here.test.home.plugins], ['data', '/']] as const) {
        await expect(grant(key, folder)).rejects.toMatchObject({ code: 'permission/denied' });
      }
      expect(await grant('data', data)).toEqual({ key: 'data', access: 'read', path: data });
      expect(await here.plugins.source.folder(ID, 'data')).toEqual({ path: data, access: 'read' });
      await here.plugins.revokeFolder({ id: ID, key: 'data' });
      expect(await here.plugins.source.folder(ID, 'data')).toBeUndefined();
      await expect(here.plugins.folders({ id: 'com.acme.nobody' })).rejects.toMatchObject({ code: 'plugins/not-installed' });
    } finally {
      await rm(data, { recursive: true });
    }
  });
});
