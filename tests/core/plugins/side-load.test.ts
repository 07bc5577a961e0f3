import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InstalledPlugin, OperationEventBody } from '../../../contract/model/plugin.ts';
import { archiveOf, manifestOf, WORKING_CODE, type PluginSpec } from './registry.ts';
import type { PluginsParts } from '../../../main/core/marketplace/plugins/index.ts';
import { outcome, startWorld, type World } from './world.ts';

const sandbox = { run: () => Promise.resolve({ output: {}, tools: ['echo'], logs: [], metrics: {} } as never) };
const ID = 'com.own.tools';
const BASE = 'com.acme.base';

let developerMode = true;
let world: World;
let parts: PluginsParts;
let folder: string;
beforeAll(async () => { world = await startWorld({ sandbox, change: (given) => (parts = { ...given, developerMode: () => developerMode }) }); });
beforeEach(async () => { developerMode = true; folder = await mkdtemp(path.join(os.tmpdir(), 'troupe-side-')); });
afterEach(async () => {
  await world.clear();
  await world.plugins.followFolders();
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => world.stop());

async function publish(...specs: PluginSpec[]): Promise<void> {
  await world.registry.publish(specs);
  await world.catalog.sync();
}
async function fileOf(spec: PluginSpec): Promise<string> {
  const file = path.join(folder, `${spec.id}.troupe`);
  await writeFile(file, await archiveOf(spec));
  return file;
}
async function writeFolder(spec: PluginSpec): Promise<string> {
  const to = path.join(folder, 'plugin');
  await mkdir(path.join(to, 'dist'), { recursive: true });
  for (const [name, text] of [['README.md', '# Read me'], ['LICENSE', 'MIT'], ['dist/plugin.js', spec.code ?? WORKING_CODE], ['plugin.yaml', manifestOf(spec)]] as const) await writeFile(path.join(to, ...name.split('/')), text);
  return to;
}
async function load(from: string): Promise<OperationEventBody[]> {
  const { operationId } = await world.plugins.sideLoad({ path: from, grantAll: false });
  return follow(operationId);
}
const follow = (operationId: string): Promise<OperationEventBody[]> => world.follow(operationId, (event) => {
  if (event.type === 'consent_requested') void world.plugins.consent({ operationId, accept: true, granted: event.items.flatMap((item) => item.permissions.map(({ key }) => ({ pluginId: item.pluginId, key }))) });
});
const here = (): Promise<InstalledPlugin> => world.plugins.get({ id: ID });

describe('I9 a plugin from a file', () => {
  it('comes with what it needs from a registry, asks for consent and is marked for what it is', async () => {
    await publish({ id: BASE });
    const events = await load(await fileOf({ id: ID, network: ['api.example.com'], dependencies: [`${BASE}>=1`] }));
    expect(outcome(events)).toEqual({ type: 'operation_finished', pluginIds: [BASE, ID] });
    expect(events.filter((event) => event.type === 'step_started' && event.pluginId === ID).map((event) => 'step' in event && event.step)).toEqual(['check', 'unpack', 'smoke']);
    expect(await here()).toMatchObject({ sideLoaded: true, registry: '', developedIn: null, reason: 'asked', publisher: { id: 'side-loaded', verified: false } });
    expect([...(await world.plugins.source.get(ID))?.grants ?? []]).toEqual(['network:api.example.com']);
    expect(await world.plugins.verify({})).toMatchObject({ plugins: 2, problems: [] });
    expect(await world.plugins.lockfile()).toContain('source: side-loaded');
  });

  it('needs developer mode', async () => {
    developerMode = false;
    await expect(load(await fileOf({ id: ID }))).rejects.toMatchObject({ code: 'plugins/developer-mode' });
    expect(await world.plugins.versions()).toEqual({});
    expect((await world.left()).blobs).toEqual([]);
  });

  it('may not bear a name of Troupe, nor take the place and the data of what a registry brought', async () => {
    await expect(load(await fileOf({ id: 'dev.troupe.text-toolkit' }))).rejects.toMatchObject({ code: 'plugins/bad-signature' });
    await publish({ id: ID, network: ['api.example.com'] });
    await world.install(ID);
    await expect(load(await fileOf({ id: ID, version: '9.0.0' }))).rejects.toMatchObject({ code: 'plugins/already-installed' });
    expect(await here()).toMatchObject({ version: '1.0.0', sideLoaded: false });
  });

  it('has none of the grants that a publisher got for a plugin of that name', async () => {
    await publish({ id: ID, network: ['api.example.com'], folders: ['data'] });
    await world.install(ID);
    await world.plugins.grantFolder({ id: ID, key: 'data', path: folder });
    await world.uninstall(ID, true);
    const events = await load(await fileOf({ id: ID, network: ['api.example.com'], folders: ['data'] }));
    const asked = events.find((event) => event.type === 'consent_requested');
    expect(asked?.items[0]?.added).toContain('network:api.example.com');
    expect((await world.plugins.folders({ id: ID })).folders).toEqual([{ key: 'data', access: 'read', path: null }]);
  });

  it('finds nothing of what was kept for a publisher, who finds it again when it comes back', async () => {
    const { store } = world.test;
    const stored = (): Promise<string | undefined> => store.read('pluginStorageGet', { pluginId: ID, key: 'k' });
    const put = (value: string): Promise<null> => store.write('setPluginStorage', { pluginId: ID, key: 'k', value, quota: 100 });
    const secrets = parts.secrets;
    const configuration = { optional: [{ key: 'note', type: 'string' }] };
    const note = async (): Promise<unknown> => (await world.plugins.source.get(ID))?.config['note'];
    const enter = (text: string): Promise<unknown> => world.plugins.configure({ id: ID, set: { note: text }, reset: [], secrets: {} });
    await publish({ id: ID, folders: ['data'], configuration });
    await world.install(ID);
    const { publisherId = '' } = await world.plugins.source.get(ID) ?? {};
    await put('"of the publisher"');
    await secrets.set({ pluginId: ID, publisherId }, 'token', 'value');
    await enter('of the publisher');
    await world.plugins.grantFolder({ id: ID, key: 'data', path: folder });
    await world.uninstall(ID, true);
    expect(await stored()).toBeUndefined();
    await load(await fileOf({ id: ID, folders: ['data'], configuration }));
    expect(await note()).toBeUndefined();
    await enter('of nobody');
    expect([await stored(), (await here()).storedBytes, [...await secrets.keys({ pluginId: ID, publisherId: 'side-loaded' })]]).toEqual([undefined, 0, []]);
    await put('"of nobody"');
    await world.uninstall(ID, true);
    await world.install(ID);
    expect([await stored(), [...await secrets.keys({ pluginId: ID, publisherId })], (await world.plugins.folders({ id: ID })).folders[0]?.path]).toEqual(['"of the publisher"', ['token'], folder]);
    expect(await note()).toBe('of the publisher');
    await world.uninstall(ID, true);
    // Nothing but the publisher stands in the way: with what was kept noted as the unsigned one's, it is there.
    await load(await fileOf({ id: ID, configuration }));
    expect([await stored(), await note()]).toEqual(['"of nobody"', 'of nobody']);
    await world.uninstall(ID);
    await world.install(ID);
    expect(await stored()).toBeUndefined();
  });

  it('keeps what was entered and stored apart for each publisher, there and back, when its place is taken and given back', async () => {
    const { store } = world.test;
    const configuration = { optional: [{ key: 'note', type: 'string' }] };
    const fill = async (value: string): Promise<void> => {
      await world.plugins.configure({ id: ID, set: { note: value }, reset: [], secrets: {} });
      await store.write('setPluginStorage', { pluginId: ID, key: 'k', value: JSON.stringify(value), quota: 100 });
    };
    const held = async (): Promise<unknown[]> => [(await here()).version, (await world.plugins.source.get(ID))?.config['note'], await store.read('pluginStorageGet', { pluginId: ID, key: 'k' })];
    const back = async (): Promise<void> => { expect(outcome(await follow((await world.plugins.rollback({ id: ID })).operationId)).type).toBe('operation_finished'); };
    await load(await fileOf({ id: ID, configuration }));
    await fill('of nobody');
    await publish({ id: ID, version: '2.0.0', configuration });
    expect(outcome(await follow((await world.plugins.update({ id: ID, range: '2.0.0', grantAll: false })).operationId)).type).toBe('operation_finished');
    expect(await held()).toEqual(['2.0.0', undefined, undefined]);
    await fill('of the publisher');
    await back();
    expect(await held()).toEqual(['1.0.0', 'of nobody', '"of nobody"']);
    await back();
    expect(await held()).toEqual(['2.0.0', 'of the publisher', '"of the publisher"']);
  });

  it('is refused as hostile as anything else, and leaves nothing', async () => {
    const file = path.join(folder, 'bad.troupe');
    await writeFile(file, 'no archive');
    await expect(load(file)).rejects.toMatchObject({ code: 'plugins/bad-archive' });
    await expect(load(path.join(folder, 'nothing.troupe'))).rejects.toMatchObject({ code: 'plugins/bad-archive' });
    await expect(load(await fileOf({ id: ID, dependencies: ['com.acme.nowhere>=1'] })).then(outcome)).resolves.toMatchObject({ type: 'operation_failed', error: { code: 'plugins/no-version' } });
    await expect(load(await fileOf({ id: ID, appVersion: '>=9' })).then(outcome)).resolves.toMatchObject({ type: 'operation_failed', error: { code: 'plugins/incompatible' } });
    expect(await world.plugins.versions()).toEqual({});
    expect((await world.left()).plugins).toEqual([]);
    expect((await world.left()).blobs.filter((name) => name.endsWith('.taken'))).toEqual([]);
  });

  it('is replaced by the next file of that name, also of the same version', async () => {
    await load(await fileOf({ id: ID }));
    const first = (await here()).sha512;
    expect(outcome(await load(await fileOf({ id: ID, files: { 'CHANGELOG.md': '# Other' } })))).toMatchObject({ type: 'operation_finished' });
    expect((await here()).sha512).not.toBe(first);
    expect((await world.plugins.operations({ recent: true })).operations[0]).toMatchObject({ kind: 'update', state: 'finished' });
  });
});

describe('I9 an archive that a page was given', () => {
  const PART = 100;
  /** Sends an archive in parts and answers what the last was answered. */
  const give = async (bytes: Buffer, upload = 'one'): Promise<{ operationId: string | null; id: string | null }> => {
    let answer = null;
    for (let offset = 0; offset < bytes.length; offset += PART) answer = await world.plugins.uploadSideLoad({ upload, offset, base64: bytes.subarray(offset, offset + PART).toString('base64'), last: offset + PART >= bytes.length });
    return answer ?? { operationId: null, id: null };
  };
  const strays = async (): Promise<string[]> => (await world.left()).blobs.filter((name) => /\.(upload|taken)$/.test(name));

  it('comes in parts and is installed like any other, without a name of a file', async () => {
    const bytes = Buffer.from(await archiveOf({ id: ID, network: ['api.example.com'] }));
    expect(bytes.length).toBeGreaterThan(2 * PART);
    const { operationId, id } = await give(bytes);
    expect(id).toBe(ID);
    const events = await follow(operationId ?? '');
    expect(events.some(({ type }) => type === 'consent_requested')).toBe(true);
    expect([outcome(events).type, (await here()).sideLoaded, await strays()]).toEqual(['operation_finished', true, []]);
  });

  it('leaves nothing when a part is missing, another one takes its place, it is no archive, or nobody may bring one', async () => {
    const part = { base64: Buffer.from('no archive').toString('base64'), last: false };
    expect(await world.plugins.uploadSideLoad({ ...part, upload: 'one', offset: 0 })).toEqual({ operationId: null, id: null });
    expect(await strays()).toHaveLength(1);
    await expect(world.plugins.uploadSideLoad({ ...part, upload: 'one', offset: 11 })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await strays()).toEqual([]);
    await world.plugins.uploadSideLoad({ ...part, upload: 'one', offset: 0 });
    await world.plugins.uploadSideLoad({ ...part, upload: 'two', offset: 0 });
    await expect(world.plugins.uploadSideLoad({ ...part, upload: 'one', offset: 10 })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await strays()).toHaveLength(1);
    await expect(world.plugins.uploadSideLoad({ ...part, upload: 'two', offset: 10, last: true })).rejects.toMatchObject({ code: 'plugins/bad-archive' });
    expect(await strays()).toEqual([]);
    await world.plugins.uploadSideLoad({ ...part, upload: 'one', offset: 0 });
    developerMode = false;
    await expect(world.plugins.uploadSideLoad({ ...part, upload: 'one', offset: 10 })).rejects.toMatchObject({ code: 'plugins/developer-mode' });
    await expect(world.plugins.uploadSideLoad({ ...part, upload: 'one', offset: 0 })).rejects.toMatchObject({ code: 'plugins/developer-mode' });
    expect(await strays()).toEqual([]);
  });

  it('is refused as soon as it is larger than an archive may be', async () => {
    const base64 = Buffer.alloc(8 * 1024 * 1024).toString('base64');
    for (let offset = 0; offset < 48 * 1024 * 1024; offset += 8 * 1024 * 1024) await world.plugins.uploadSideLoad({ upload: 'one', offset, base64, last: false });
    await expect(world.plugins.uploadSideLoad({ upload: 'one', offset: 48 * 1024 * 1024, base64, last: false })).rejects.toMatchObject({ code: 'plugins/bad-archive', details: { reason: 'too-large' } });
    expect(await strays()).toEqual([]);
  });

  it('is swept at the next start when a crash cut it off', async () => {
    await writeFile(path.join(world.test.home.blobs, 'a.upload'), 'cut');
    await writeFile(path.join(world.test.home.blobs, 'b.taken'), 'cut');
    await world.plugins.recover();
    expect(await strays()).toEqual([]);
  });
});

describe('I9 a plugin from a folder', () => {
  it('is read again when it changes; what is broken is said and the last good version stays', async () => {
    const to = await writeFolder({ id: ID });
    expect(outcome(await load(to))).toMatchObject({ type: 'operation_finished' });
    expect(await here()).toMatchObject({ version: '1.0.0', developedIn: { path: to, problem: null } });

    await writeFile(path.join(to, 'plugin.yaml'), 'plugin: [');
    await vi.waitFor(async () => { expect((await here()).developedIn?.problem).toMatch(/plugin\.yaml/); }, { timeout: 10_000 });
    expect(await here()).toMatchObject({ version: '1.0.0', status: 'active' });

    await writeFile(path.join(to, 'plugin.yaml'), manifestOf({ id: ID, version: '1.1.0' }));
    await vi.waitFor(async () => { expect(await here()).toMatchObject({ version: '1.1.0', developedIn: { problem: null } }); }, { timeout: 10_000 });

    await writeFile(path.join(to, 'plugin.yaml'), manifestOf({ id: 'com.own.other' }));
    await vi.waitFor(async () => { expect((await here()).developedIn?.problem).toMatch(/com\.own\.other/); }, { timeout: 10_000 });
  });

  it('waits for consent when it asks for more, and is not followed once developer mode is off', async () => {
    const to = await writeFolder({ id: ID });
    await load(to);
    await writeFile(path.join(to, 'plugin.yaml'), manifestOf({ id: ID, version: '1.2.0', network: ['more.example.com'] }));
    await vi.waitFor(async () => { expect((await world.plugins.operations({ recent: false })).operations).toMatchObject([{ state: 'waiting_for_consent' }]); }, { timeout: 10_000 });
    expect((await here()).version).toBe('1.0.0');
    // The next save takes the place of what still waits.
    const [first] = (await world.plugins.operations({ recent: false })).operations;
    await writeFile(path.join(to, 'plugin.yaml'), manifestOf({ id: ID, version: '1.2.1', network: ['more.example.com'] }));
    await vi.waitFor(async () => { expect((await world.plugins.operations({ recent: false })).operations).toMatchObject([{ state: 'waiting_for_consent', id: expect.not.stringMatching(new RegExp(`^${first?.id ?? ''}$`)) as string }]); }, { timeout: 10_000 });
    const [waiting] = (await world.plugins.operations({ recent: false })).operations;
    await world.plugins.cancel({ operationId: waiting?.id ?? '' });
    await follow(waiting?.id ?? '');
    developerMode = false;
    await world.plugins.followFolders();
    await writeFile(path.join(to, 'plugin.yaml'), manifestOf({ id: ID, version: '1.3.0' }));
    developerMode = true;
    await world.plugins.followFolders();
    // Following again does not take what changed meanwhile; the next change does.
    await writeFile(path.join(to, 'plugin.yaml'), manifestOf({ id: ID, version: '1.4.0' }));
    await vi.waitFor(async () => { expect((await here()).version).toBe('1.4.0'); }, { timeout: 10_000 });
  });
});

describe('I9 a set from a lockfile', () => {
  it('brings exactly the versions and archives that it names, with why each is there, after saying what differs', async () => {
    await publish({ id: ID, dependencies: [`${BASE}>=1`] }, { id: BASE, version: '1.0.0' });
    await world.install(ID);
    const lockfile = await world.plugins.lockfile();
    await world.clear();
    await publish({ id: ID, dependencies: [`${BASE}>=1`] }, { id: BASE, version: '1.0.0' }, { id: BASE, version: '2.0.0' }, { id: 'com.acme.other' });
    await world.install('com.acme.other');
    expect(await world.plugins.compareSet({ lockfile })).toMatchObject({ changes: [{ id: BASE, from: null, to: '1.0.0' }, { id: ID, from: null, to: '1.0.0' }], others: ['com.acme.other'] });
    await follow((await world.plugins.installSet({ lockfile, grantAll: false })).operationId);
    expect(await world.plugins.versions()).toEqual({ [ID]: '1.0.0', [BASE]: '1.0.0', 'com.acme.other': '1.0.0' });
    expect(await world.plugins.get({ id: BASE })).toMatchObject({ reason: 'dependency' });
    expect((await world.plugins.compareSet({ lockfile })).changes).toEqual([]);
    await expect(world.plugins.installSet({ lockfile, grantAll: false })).rejects.toMatchObject({ code: 'plugins/already-installed' });
    // Another version that is here is changed to the one of the file.
    await follow((await world.plugins.update({ id: BASE, range: '2.0.0', grantAll: false })).operationId);
    expect((await world.plugins.compareSet({ lockfile })).changes).toMatchObject([{ id: BASE, from: '2.0.0', to: '1.0.0' }]);
    await follow((await world.plugins.installSet({ lockfile, grantAll: false })).operationId);
    expect(await world.plugins.versions()).toMatchObject({ [BASE]: '1.0.0' });
  });

  it('refuses another archive under the same version, a file that leaves something out, and what came from a file', async () => {
    await publish({ id: ID, dependencies: [`${BASE}>=1`] }, { id: BASE });
    await world.install(ID);
    const lockfile = await world.plugins.lockfile();
    const forged = lockfile.replace(/sha512: [0-9a-f]{8}/, 'sha512: 00000000');
    await expect(world.plugins.compareSet({ lockfile: forged })).rejects.toMatchObject({ code: 'plugins/digest-mismatch' });
    await world.clear();
    await expect(world.plugins.compareSet({ lockfile: forged })).rejects.toMatchObject({ code: 'plugins/digest-mismatch' });
    await expect(world.plugins.installSet({ lockfile: forged, grantAll: true })).rejects.toMatchObject({ code: 'plugins/digest-mismatch' });
    const [head = '', ...entries] = lockfile.split(/(?= {2}- id: )/);
    await expect(world.plugins.compareSet({ lockfile: head + (entries.find((entry) => entry.startsWith(`  - id: ${ID}`)) ?? '') })).rejects.toMatchObject({ code: 'plugins/conflict' });
    await expect(world.plugins.compareSet({ lockfile: lockfile.replaceAll('source: test', 'source: side-loaded') })).rejects.toMatchObject({ code: 'catalog/not-found' });
    await expect(world.plugins.compareSet({ lockfile: 'plugins: 7' })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(await world.plugins.versions()).toEqual({});
  });
});

describe('I1 an operation that ended is begun again by what the store has of it', () => {
  const last = async () => (await world.plugins.operations({ recent: true })).operations[0];
  const answer = (operationId: string, accept: boolean): Promise<OperationEventBody[]> => world.follow(operationId, (event) => {
    if (event.type === 'consent_requested') void world.plugins.consent({ operationId, accept, granted: [] });
  });

  it('a set as the same set, a plugin in the same range, an uninstallation with the same choice', async () => {
    await publish({ id: BASE }, { id: ID, network: ['a.example.com'], dependencies: [`${BASE}>=1`] }, { id: ID, version: '2.0.0', dependencies: [`${BASE}>=1`] });
    await world.install(ID, { range: '1.0.0' });
    const lockfile = await world.plugins.lockfile();
    await world.clear();
    await answer((await world.plugins.installSet({ lockfile, grantAll: false })).operationId, false);
    const refused = await last();
    expect(refused).toMatchObject({ asked: 'set', state: 'cancelled' });
    const again = await world.plugins.retry({ operationId: refused?.id ?? '' });
    expect(outcome(await answer(again.operationId, true))).toEqual({ type: 'operation_finished', pluginIds: [BASE, ID] });
    expect(await world.plugins.versions()).toEqual({ [BASE]: '1.0.0', [ID]: '1.0.0' });
    expect(await last()).toMatchObject({ id: again.operationId, asked: 'set' });
    await expect(world.plugins.retry({ operationId: again.operationId })).rejects.toMatchObject({ code: 'plugins/already-installed' });

    await world.uninstall(ID);
    await answer((await world.plugins.install({ id: ID, range: '1.0.0', grantAll: false })).operationId, false);
    await answer((await world.plugins.retry({ operationId: (await last())?.id ?? '' })).operationId, true);
    expect((await here()).version).toBe('1.0.0');
    expect(await last()).toMatchObject({ asked: 'plugin', kind: 'install' });
  });

  it('and not what was picked from this machine, nor what is not known', async () => {
    const { operationId } = await world.plugins.sideLoad({ path: await fileOf({ id: ID, network: ['a.example.com'] }), grantAll: false });
    const waiting = await world.plugins.retry({ operationId });
    expect(waiting).toEqual({ operationId });
    await answer(operationId, false);
    expect(await last()).toMatchObject({ asked: 'machine', state: 'cancelled' });
    await expect(world.plugins.retry({ operationId })).rejects.toMatchObject({ code: 'core/bad-input' });
    await expect(world.plugins.retry({ operationId: 'nothing' })).rejects.toMatchObject({ code: 'plugins/no-operation' });
  });
});
